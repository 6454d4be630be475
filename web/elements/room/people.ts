// SPDX-License-Identifier: GPL-3.0-or-later
import htmx from 'htmx.org'
import type { Quien } from '../../../src/rooms/protocol'
import { text } from '../../lib/parts'
import { stampOf } from './log-view'
import { phrase, say } from './phrases'

/** The list of people beside the log: who is in the room now, who is out. Lines are moved, so that an open menu stays open. */
export function showPeople(main: HTMLElement, room: HTMLElement, present: readonly Quien[]): void {
  const here = main.querySelector<HTMLElement>('#here')
  const out = main.querySelector<HTMLElement>('#out')
  if (!here) return
  const wanted = new Map(present.map((quien) => [quien.id, quien]))

  for (const line of here.querySelectorAll<HTMLElement>(':scope > [data-person]')) {
    if (wanted.has(line.dataset.person ?? '')) continue
    mark(room, line, 'off', out)
  }
  for (const quien of present) {
    const known = main.querySelector<HTMLElement>(
      `#here > [data-person="${CSS.escape(quien.id)}"], #out > [data-person="${CSS.escape(quien.id)}"]`,
    )
    const line = known ?? make(room, quien)
    if (known?.parentElement === here) continue
    mark(room, line, 'here', here, quien)
    if (!known) htmx.process(line) // in its place: htmx passes over what is not in the page
  }
  countPeople(main)
}

/** Somebody belongs to the room no longer. */
export function dropPerson(main: HTMLElement, id: string): void {
  main.querySelector(`#here > [data-person="${CSS.escape(id)}"], #out > [data-person="${CSS.escape(id)}"]`)?.remove()
  countPeople(main)
}

/** Without connection nobody knows who is here: the list says so instead of showing what was. */
export function doubtPeople(main: HTMLElement, doubt: boolean): void {
  const list = main.querySelector<HTMLElement>('#personas')
  if (!list || list.hasAttribute('data-doubt') === doubt) return
  list.toggleAttribute('data-doubt', doubt)
  list.querySelector('.members__doubt')?.remove()
  if (doubt) list.querySelector('.members__head')?.after(text('p', 'members__doubt', say('doubt')))
}

/** The figures beside the list. */
export function countPeople(main: HTMLElement): void {
  write(main, '[data-people-count], [data-here-count]', main.querySelector('#here')?.childElementCount ?? 0)
  const out = main.querySelector('#out')?.childElementCount ?? 0
  write(main, '[data-out-count]', out)
  const heading = main.querySelector<HTMLElement>('[data-out-count]')?.closest<HTMLElement>('.members__group')
  if (heading) heading.hidden = out === 0
}

function mark(room: HTMLElement, line: HTMLElement, is: 'here' | 'off', list: HTMLElement | null, quien?: Quien): void {
  const presence = line.querySelector<HTMLElement>('.presence')
  if (presence) presence.dataset.is = is
  const role = quien?.rol ?? line.dataset.role
  const sub = line.querySelector('.member__sub')
  if (sub && role && line.dataset.muted === undefined)
    sub.textContent = `${phrase(room, roleWord(role))}${line.dataset.person === room.dataset.me ? phrase(room, 'meToo') : ''}`
  if (!list) {
    line.remove()
    return
  }
  const name = nameOf(line)
  const next = [...list.children].find((other) => nameOf(other).localeCompare(name) > 0)
  list.insertBefore(line, next ?? null)
}

function make(room: HTMLElement, { id, nombre, usuario, rol, tono, siglas }: Quien): HTMLElement {
  const line = stampOf(room, 'tpl-member')
  line.dataset.person = id
  line.dataset.user = usuario
  line.dataset.role = rol
  const avatar = line.querySelector<HTMLElement>('.avatar')
  if (avatar) {
    avatar.dataset.tone = String(tono)
    const signs = avatar.querySelector('[data-signs]')
    if (signs) signs.textContent = siglas
  }
  const name = line.querySelector('.member__name')
  if (name) name.textContent = nombre
  const menu = line.querySelector<HTMLElement>('.menu')
  if (menu) fillMenu(menu, id, nombre)
  return line
}

/** The menu of the template is nobody's; a name goes in as text, never as markup. */
function fillMenu(menu: HTMLElement, id: string, name: string): void {
  for (const element of [menu, ...menu.querySelectorAll('*')]) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll('__id__', encodeURIComponent(id)).replaceAll('__name__', name)
    }
    if (element.childElementCount === 0) element.textContent = (element.textContent ?? '').replaceAll('__name__', name)
  }
}

/** `cliente` → `roleCliente` */
const roleWord = (role: string) => `role${role.charAt(0).toUpperCase()}${role.slice(1)}`
const nameOf = (line: Element) => line.querySelector('.member__name')?.textContent ?? ''

function write(main: HTMLElement, selector: string, count: number): void {
  for (const place of main.querySelectorAll(selector)) place.textContent = String(count)
}
