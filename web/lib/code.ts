// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'

const half = 4

/** Room and setup codes are shown while typing as they are printed: capitals, a dash in the middle of eight signs. */
export function watchRoomCodes(): void {
  on('input', 'input.input--code', (input: HTMLElement, event) => {
    if (!(input instanceof HTMLInputElement) || (event instanceof InputEvent && event.isComposing)) return
    const before = bare(input.value.slice(0, input.selectionStart ?? input.value.length)).length
    const shown = showCode(input.value)
    if (shown === input.value) return
    input.value = shown
    const place = shown.includes('-') && before > half ? before + 1 : before
    input.setSelectionRange(place, place)
  })
}

/** `r3vn8twb` → `R3VN-8TWB`; a chosen code of more than eight signs gets no dash. */
export function showCode(typed: string): string {
  const code = bare(typed)
  return code.length > half && code.length <= 2 * half ? `${code.slice(0, half)}-${code.slice(half)}` : code
}

function bare(typed: string): string {
  return typed.replace(/[^0-9a-z]/gi, '').toUpperCase()
}
