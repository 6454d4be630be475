// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'

/** `data-reveal="id"` shows and hides a password. It is hidden again before sending, so that browsers know it for a password. */
export function watchReveal(): void {
  on('click', '[data-reveal]', (control) => {
    const input = document.getElementById(control.dataset.reveal ?? '')
    if (!(input instanceof HTMLInputElement)) return
    const shown = input.type === 'text'
    input.type = shown ? 'password' : 'text'
    control.setAttribute('aria-pressed', String(!shown))
  })
  on('submit', 'form', (form) => {
    for (const control of form.querySelectorAll<HTMLElement>('[data-reveal][aria-pressed="true"]')) {
      const input = document.getElementById(control.dataset.reveal ?? '')
      if (input instanceof HTMLInputElement) input.type = 'password'
      control.setAttribute('aria-pressed', 'false')
    }
  })
}
