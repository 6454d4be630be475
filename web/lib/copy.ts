// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'
import { toast } from './toast'
import { words } from './words'

const say = words({
  copied: ['Copiado', 'Copied'],
  selected: ['No se pudo copiar. El texto quedó seleccionado: usa Ctrl+C.', 'Could not copy. The text is selected: use Ctrl+C.'],
})

/**
 * `data-copy="text"` copies its text, `data-copy-from="id"` the value or text of another element; `data-copy-say` is said then. Plain http on a network is
 * no secure context and has no clipboard: there the old command is used, and when that fails too the text stays selected.
 */
export function watchCopyButtons(): void {
  on('click', '[data-copy], [data-copy-from]', (control) => {
    const from = document.getElementById(control.dataset.copyFrom ?? '')
    const value = control.dataset.copy ?? (from instanceof HTMLInputElement ? from.value : (from?.textContent ?? '').trim())
    void copy(value, from ?? control, control.dataset.copySay)
  })
}

/** Copies a text and says so. `shown` is where it can be read and selected when copying is not possible. */
export async function copy(value: string, shown: HTMLElement, done = say('copied')): Promise<void> {
  if ((await byClipboard(value)) || byCommand(value, shown)) toast(done, { icon: 'copy' })
  else {
    select(shown)
    toast(say('selected'), { icon: 'circle-alert' })
  }
}

async function byClipboard(value: string): Promise<boolean> {
  if (!window.isSecureContext || !navigator.clipboard) return false
  return navigator.clipboard.writeText(value).then(
    () => true,
    () => false,
  )
}

function byCommand(value: string, shown: HTMLElement): boolean {
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = value
  area.readOnly = true
  area.className = 'vh'
  // Inside an open dialog nothing outside it can be selected.
  const around = shown.closest('dialog') ?? document.body
  around.append(area)
  area.select()
  let done = false
  try {
    done = document.execCommand('copy')
  } catch {
    // Some browsers throw where others answer false.
  }
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}

function select(shown: HTMLElement): void {
  if (shown instanceof HTMLInputElement) {
    shown.focus()
    shown.select()
  } else getSelection()?.selectAllChildren(shown)
}
