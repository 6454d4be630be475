// SPDX-License-Identifier: GPL-3.0-or-later
import { on, onContent } from './delegate'

/**
 * `data-reveal="id"` shows and hides a password; the button is hidden in pages without script. What was shown is hidden again
 * before sending, so that browsers know it for a password.
 */
export function watchReveal(): void {
  onContent(() => {
    for (const control of document.querySelectorAll<HTMLElement>('[data-reveal][hidden]')) control.hidden = false
  })
  on('click', '[data-reveal]', (control) => set(control, control.getAttribute('aria-pressed') !== 'true'))
  on('submit', 'form', (form) => {
    for (const control of form.querySelectorAll<HTMLElement>('[data-reveal][aria-pressed="true"]')) set(control, false)
  })
}

function set(control: HTMLElement, shown: boolean): void {
  const input = document.getElementById(control.dataset.reveal ?? '')
  if (!(input instanceof HTMLInputElement)) return
  input.type = shown ? 'text' : 'password'
  control.setAttribute('aria-pressed', String(shown))
}
