// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'

let opener: HTMLElement | null = null

/** `data-drawer="id"` opens and closes a panel that stands beside the page only on wide screens. */
export function watchDrawers(): void {
  on('click', '[data-drawer]', (control) => {
    const panel = document.getElementById(control.dataset.drawer ?? '')
    if (!panel) return
    const open = !panel.hasAttribute('data-open')
    if (open) opener = control
    set(panel, open)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || document.querySelector('dialog[open], details.menu[open]')) return
    const panel = document.querySelector<HTMLElement>('.members[data-open]')
    if (panel) set(panel, false)
  })
}

function set(panel: HTMLElement, open: boolean): void {
  panel.toggleAttribute('data-open', open)
  document.querySelector('.scrim')?.toggleAttribute('data-open', open)
  for (const control of document.querySelectorAll(`[aria-controls="${CSS.escape(panel.id)}"]`)) {
    control.setAttribute('aria-expanded', String(open))
  }
  if (open) panel.querySelector<HTMLElement>('button, a')?.focus()
  else if (opener?.isConnected) opener.focus()
}
