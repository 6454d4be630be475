// SPDX-License-Identifier: GPL-3.0-or-later
import { openDialog } from './dialog'
import { icon } from './icon'
import { button, text } from './parts'
import { plain, words } from './words'

const say = words({
  title: ['Ir a otra sala', 'Go to another room'],
  filter: ['Nombre de la sala', 'Name of the room'],
  none: ['Ninguna sala se llama así.', 'No room has that name.'],
  close: ['Cerrar', 'Close'],
})

/** Ctrl or ⌘ with K opens a list of my rooms; a few letters and Enter lead into one. */
export function watchSwitcher(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return
    if (document.querySelector('dialog[open]') || rooms().length === 0) return
    event.preventDefault()
    open()
  })
}

const rooms = () => [...document.querySelectorAll<HTMLAnchorElement>('.side__rooms .side-room')]

function open(): void {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog switcher'
  dialog.setAttribute('aria-labelledby', 'switcher-title')
  const head = text('div', 'dialog__head', '')
  const heading = text('h2', '', say('title'))
  heading.id = 'switcher-title'
  const close = button({ label: say('close'), look: 'btn--quiet btn--icon', icon: icon('x'), iconOnly: true })
  close.dataset.close = ''
  head.append(heading, close)

  const field = document.createElement('input')
  field.className = 'input'
  field.type = 'text'
  field.autocomplete = 'off'
  field.spellcheck = false
  field.setAttribute('role', 'combobox')
  field.setAttribute('aria-label', say('filter'))
  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-expanded', 'true')
  field.setAttribute('aria-controls', 'switcher-list')
  const list = text('ul', 'switcher__list', '')
  list.id = 'switcher-list'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', say('title'))
  const none = text('p', 'card__text', say('none'))
  none.setAttribute('role', 'status')
  const body = text('div', 'dialog__body', '')
  body.append(field, list, none)
  dialog.append(head, body)
  document.body.append(dialog)

  let chosen = 0
  const show = () => {
    const wanted = plain(field.value)
    const found = rooms().filter((room) => plain(nameOf(room)).includes(wanted))
    list.replaceChildren(...found.map(option))
    none.hidden = found.length > 0
    choose(0)
  }
  const choose = (index: number) => {
    const { length } = list.children
    chosen = length === 0 ? 0 : (index + length) % length
    for (const [at, one] of [...list.children].entries()) one.setAttribute('aria-selected', String(at === chosen))
    list.children[chosen]?.scrollIntoView({ block: 'nearest' })
    if (length > 0) field.setAttribute('aria-activedescendant', `switcher-${chosen}`)
    else field.removeAttribute('aria-activedescendant')
  }
  const go = (one: Element | undefined) => {
    const path = one instanceof HTMLElement ? one.dataset.path : undefined
    if (path) location.assign(path)
  }
  field.addEventListener('input', show)
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'ArrowDown') choose(chosen + 1)
    else if (event.key === 'ArrowUp') choose(chosen - 1)
    else if (event.key === 'Enter') go(list.children[chosen])
    else return
    event.preventDefault()
  })
  list.addEventListener('click', ({ target }) => go(target instanceof Element ? (target.closest('[data-path]') ?? undefined) : undefined))
  openDialog(dialog)
  show()
  field.focus()
  dialog.addEventListener('close', () => dialog.remove())
}

function option(room: HTMLAnchorElement, index: number): HTMLElement {
  const one = text('li', 'complete__option', '')
  one.id = `switcher-${index}`
  one.setAttribute('role', 'option')
  one.dataset.path = room.getAttribute('href') ?? ''
  one.append(...[...room.children].map((part) => part.cloneNode(true)))
  return one
}

const nameOf = (room: Element) => room.querySelector('.truncate')?.textContent ?? ''
