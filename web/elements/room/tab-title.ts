// SPDX-License-Identifier: GPL-3.0-or-later
import { levelOf } from '../../lib/news'
import { showTotal, showUnread, totalShown } from '../../lib/unread'

/** Counts for the tab: what is unread in the other rooms, as the side bar knows it, and what came here while one looked elsewhere. */
export function createTabTitle(roomId: string) {
  const side = () => document.querySelector<HTMLElement>(`.side-room[data-room="${CSS.escape(roomId)}"]`)
  let here = Number(side()?.dataset.unread ?? 0)
  let others = Math.max(0, totalShown() - here)
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
      side()?.removeAttribute('data-unread')
      side()?.querySelector('.unread')?.remove()
      showTotal(others)
    },
  }
}
