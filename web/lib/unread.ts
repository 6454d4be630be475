// SPDX-License-Identifier: GPL-3.0-or-later
import { choices } from './choices'

/** The hashed names of the tab's two icons; the build writes them in. They lie beside this script. */
declare const FAVICON_FILE: string
declare const FAVICON_UNREAD_FILE: string

/** As the server shows it. */
export const shownCount = (n: number) => (n > 99 ? '99+' : String(n))

/** Says in the tab how much was not read: `(4) Obra Los Laureles · PiChat`, and a dot on the icon. */
export function showUnread(unread: number): void {
  const count = choices.is('counter') ? unread : 0
  const title = document.title.replace(/^\(\d+\+?\) /, '')
  document.title = count > 0 ? `(${shownCount(count)}) ${title}` : title
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (link) link.href = new URL(count > 0 ? FAVICON_UNREAD_FILE : FAVICON_FILE, import.meta.url).pathname
}

/** The number beside *Salas*. */
export function showTotal(total: number): void {
  const count = document.querySelector<HTMLElement>('[data-unread-count]')
  const badge = count?.closest<HTMLElement>('[data-unread-total]')
  if (!count || !badge) return
  count.dataset.unreadCount = String(total)
  count.textContent = shownCount(total)
  badge.hidden = total === 0
}

/** The same as it stands there. */
export const totalShown = () => Number(document.querySelector<HTMLElement>('[data-unread-count]')?.dataset.unreadCount ?? 0)
