// SPDX-License-Identifier: GPL-3.0-or-later

import { choices, rowFor } from './choices'
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
  reply: ['Responder', 'Reply'],
  edit: ['Editar un mensaje propio', 'Edit one’s own message'],
  editLast: ['Editar el último, con el cuadro vacío', 'Edit the last one, in an empty box'],
  react: ['Reaccionar', 'React'],
  remove: ['Eliminar', 'Delete'],
  drop: ['Dejar la respuesta o la edición', 'Drop the reply or the edit'],
  rooms: ['Ir a otra sala', 'Go to another room'],
  removeKey: ['Supr', 'Del'],
  single: ['Atajos de una sola tecla', 'Single-key shortcuts'],
  singleHint: [
    'Vale para este navegador. Se cambia también en el perfil.',
    'Applies to this browser. It can also be changed in the profile.',
  ],
  newest: ['Ir a lo más reciente', 'Go to the newest'],
  enter: ['Intro', 'Enter'],
  shiftEnter: ['Mayús+Intro', 'Shift+Enter'],
  end: ['Fin', 'End'],
})

/** Whether a single letter may be a command; everybody can turn that off, and then it is text. */
export const singleKeys = () => choices.is('keys')

/** `/` goes to the search, `?` shows what the keyboard can do. Only outside fields, and only where single keys are on. */
export function watchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (!singleKeys() || writing(event.target)) return
    if (event.key === '/') {
      const search = searchField()
      if (!search) return
      event.preventDefault()
      if (search instanceof HTMLInputElement) search.select()
      search.focus()
      if (search instanceof HTMLAnchorElement) search.click()
    } else if (event.key === '?') {
      event.preventDefault()
      showKeys()
    }
  })
}

/** The field of this page, or the link that leads to one: in a room it lies in the menu. */
function searchField(): HTMLElement | undefined {
  const fields = [...document.querySelectorAll<HTMLElement>('input[type="search"]')]
  return fields.find((input) => input.offsetParent) ?? document.querySelector<HTMLElement>('a[data-search]') ?? undefined
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
  body.append(list, rowFor('keys', say('single'), say('singleHint')))
  dialog.append(head, body)
  document.body.append(dialog)
  openDialog(dialog)
  dialog.addEventListener('close', () => dialog.remove())
}

function shortcuts(): [key: string, does: string][] {
  const everywhere: [string, string][] = [['?', say('help')]]
  if (searchField()) everywhere.unshift(['/', say('search')])
  if (document.querySelector('.side-room')) everywhere.push([`${apple ? '⌘' : 'Ctrl'} K`, say('rooms')])
  if (!document.querySelector('.talk')) return everywhere
  return [
    ...everywhere,
    [say('enter'), say('send')],
    [say('shiftEnter'), say('newLine')],
    ['↑', say('editLast')],
    ['Esc', say('drop')],
    ['↑ ↓', say('walk')],
    ['R', say('reply')],
    ['E', say('edit')],
    ['+', say('react')],
    [say('removeKey'), say('remove')],
    [say('end'), say('newest')],
  ]
}

const apple = /Mac|iP(?:hone|ad)/.test(navigator.platform)
