// SPDX-License-Identifier: GPL-3.0-or-later

const openMenus = () => document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')

/** A menu closes by Esc (the focus goes back to it), by a click elsewhere, and once something in it was chosen. */
export function watchMenus(): void {
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    for (const menu of openMenus()) {
      const chosen = target.closest('.menu__item') && menu.contains(target)
      if (!chosen && menu.contains(target)) continue
      // What is hidden cannot keep the focus.
      if (menu.contains(document.activeElement)) menu.querySelector('summary')?.focus({ preventScroll: true })
      menu.open = false
    }
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return
    for (const menu of openMenus()) {
      menu.open = false
      menu.querySelector('summary')?.focus()
      event.preventDefault()
    }
  })
}
