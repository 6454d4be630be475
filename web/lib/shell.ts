// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A room's page has only the styles and scripts of a room. Where htmx has put another page in its place (`HX-Location`), that page is loaded
 * whole, with its own.
 */
export function watchShell(): void {
  document.addEventListener('htmx:after:swap', () => {
    if (!document.querySelector('main.room, link[href*="/pages-"]')) location.reload()
  })
}
