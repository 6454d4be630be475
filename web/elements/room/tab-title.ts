// SPDX-License-Identifier: GPL-3.0-or-later
import { showUnread } from '../../lib/unread'

/** Counts for the tab: what is unread in the other rooms, as the page came, and what came here while one looked elsewhere. */
export function createTabTitle(roomId: string) {
  const total = document.querySelector<HTMLElement>('[data-unread-count]')
  const badge = () => document.querySelector(`.side-room[data-room="${CSS.escape(roomId)}"] .unread`)
  let here = Number.parseInt(badge()?.textContent ?? '', 10) || 0
  const others = Math.max(0, (Number.parseInt(total?.textContent ?? '', 10) || 0) - here)

  function show(hidden: number): void {
    showUnread(others + here + hidden)
  }

  return {
    show,
    /** How much of this room the page found unread, also what it does not show. */
    get here(): number {
      return here
    },
    /** The person is here and reads. */
    seen(): void {
      if (here === 0) return
      here = 0
      show(0)
      const side = badge()
      side?.closest('.side-room')?.removeAttribute('data-unread')
      side?.remove()
      if (total) {
        total.textContent = String(others)
        const around = total.closest<HTMLElement>('[data-unread-total]')
        if (around) around.hidden = others === 0
      }
    },
  }
}
