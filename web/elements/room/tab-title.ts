// SPDX-License-Identifier: GPL-3.0-or-later
import { levelOf } from '../../lib/news'
import { showUnread } from '../../lib/unread'

/** Counts for the tab: what is unread in the other rooms, as the side bar knows it, and what came here while one looked elsewhere. */
export function createTabTitle(roomId: string) {
  const total = document.querySelector<HTMLElement>('[data-unread-count]')
  const badge = () => document.querySelector(`.side-room[data-room="${CSS.escape(roomId)}"] .unread`)
  let here = numberIn(badge())
  let others = Math.max(0, numberIn(total) - here)
  let hidden = 0

  function show(): void {
    showUnread(others + here + (levelOf(roomId) === 'none' ? 0 : hidden))
  }

  return {
    /** So many came while the tab was hidden. */
    show(count: number): void {
      hidden = count
      show()
    },
    /** The side bar was asked for anew. */
    elsewhere(count: number): void {
      others = count
      show()
    },
    /** How much of this room the page found unread, also what it does not show. */
    get here(): number {
      return here
    },
    /** The person is here and reads. */
    seen(): void {
      if (here === 0) return
      here = 0
      show()
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

const numberIn = (element: Element | null) => Number(/\d+/.exec(element?.textContent ?? '')?.[0] ?? 0)
