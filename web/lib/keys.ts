// SPDX-License-Identifier: GPL-3.0-or-later

import { openDialog } from './dialog'
import { icon } from './icon'
import { button, text } from './parts'
import { words } from './words'

const say = words({
  title: ['Atajos de teclado', 'Keyboard shortcuts'],
  close: ['Cerrar', 'Close'],
  search: ['Buscar', 'Search'],
  help: ['Mostrar esta lista', 'Show this list'],
  send: ['Enviar', 'Send'],
  newLine: ['Otra línea', 'New line'],
  walk: ['Recorrer los mensajes', 'Walk through the messages'],
  newest: ['Ir a lo más reciente', 'Go to the newest'],
  enter: ['Intro', 'Enter'],
  shiftEnter: ['Mayús+Intro', 'Shift+Enter'],
  end: ['Fin', 'End'],
})

/** `/` goes to the search, `?` shows what the keyboard can do. Only outside fields; `data-keys="off"` on the page turns both off. */
export function watchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (document.documentElement.dataset.keys === 'off' || writing(event.target)) return
    if (event.key === '/') {
      const search = searchField()
      if (!search) return
      event.preventDefault()
      search.focus()
      search.select()
    } else if (event.key === '?') {
      event.preventDefault()
      showKeys()
    }
  })
}

function searchField(): HTMLInputElement | undefined {
  return [...document.querySelectorAll<HTMLInputElement>('input[type="search"]')].find((input) => input.offsetParent)
}

/** True where a letter is text and not a command. */
export function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, dialog[open] *'))
}

function showKeys(): void {
  if (document.querySelector('dialog[open]')) return
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  dialog.setAttribute('aria-labelledby', 'keys-title')
  const head = text('div', 'dialog__head', '')
  const heading = text('h2', '', say('title'))
  heading.id = 'keys-title'
  const close = button({ label: say('close'), look: 'btn--quiet btn--icon', icon: icon('x'), iconOnly: true })
  close.dataset.close = ''
  head.append(heading, close)
  const list = text('dl', 'keys', '')
  for (const [key, does] of shortcuts()) list.append(text('dt', 'mono', key), text('dd', '', does))
  const body = text('div', 'dialog__body', '')
  body.append(list)
  dialog.append(head, body)
  document.body.append(dialog)
  openDialog(dialog)
  dialog.addEventListener('close', () => dialog.remove())
}

function shortcuts(): [key: string, does: string][] {
  const everywhere: [string, string][] = [['?', say('help')]]
  if (searchField()) everywhere.unshift(['/', say('search')])
  if (!document.querySelector('.talk')) return everywhere
  return [
    ...everywhere,
    [say('enter'), say('send')],
    [say('shiftEnter'), say('newLine')],
    ['↑ ↓', say('walk')],
    [say('end'), say('newest')],
  ]
}
