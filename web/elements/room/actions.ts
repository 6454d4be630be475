// SPDX-License-Identifier: GPL-3.0-or-later

import type { ClientFrame } from '../../../src/rooms/protocol'
import { ask } from '../../lib/confirm'
import { copy } from '../../lib/copy'
import { icon } from '../../lib/icon'
import { singleKeys } from '../../lib/keys'
import { button } from '../../lib/parts'
import { words } from '../../lib/words'
import { type Choice, openActionMenu } from './action-menu'
import { type Answered, type Edited, tell } from './answering'
import { browserTimers as timers } from './connection'
import { fold, unfold } from './fold'
import { firstLine, tellsAll, writtenIn } from './written'

const say = words({
  react: ['Reaccionar', 'React'],
  reactTo: ['Reaccionar al mensaje de {name}', 'React to {name}’s message'],
  reactToMine: ['Reaccionar a mi mensaje', 'React to my message'],
  reply: ['Responder', 'Reply'],
  replyTo: ['Responder a {name}', 'Reply to {name}'],
  replyToMine: ['Responder a mi mensaje', 'Reply to my message'],
  more: ['Más acciones', 'More actions'],
  moreFor: ['Más acciones para el mensaje de {name}', 'More actions for {name}’s message'],
  moreForMine: ['Más acciones para mi mensaje', 'More actions for my message'],
  edit: ['Editar', 'Edit'],
  copy: ['Copiar el texto', 'Copy the text'],
  link: ['Copiar el enlace', 'Copy the link'],
  remove: ['Eliminar', 'Delete'],
  removeSure: ['¿Eliminar este mensaje para todos?', 'Delete this message for everyone?'],
  removeKey: ['Supr', 'Del'],
})

/**
 * A screen reader reads a new message as it stands in the log at that moment; the names of its buttons would be read with it. They come
 * after so many milliseconds, or with the pointer or the focus.
 */
const quiet = 1_000
/** So many milliseconds somebody waits for the text of a message. */
const patience = 8_000

interface ActionsOptions {
  room: HTMLElement
  main: HTMLElement
  scroller: HTMLElement
  itemOf: (id: string) => HTMLElement | null
  isOwn: (item: HTMLElement) => boolean
  /** False when there is no connection. */
  send: (frame: ClientFrame) => boolean
  /** Shows a message of this page and gives it the focus. */
  jump: (item: HTMLElement) => void
  /** It could not be sent now; the person is told. */
  offline: () => void
  signal: AbortSignal
}

/** What can be done with a message: answer, react, edit, delete, copy. By pointer, by touch and by keyboard; the server decides what may. */
export function createActions({ room, main, scroller, itemOf, isOwn, send, jump, offline, signal }: ActionsOptions) {
  const me = room.dataset.me ?? ''
  const mayDelete = (item: HTMLElement) => isOwn(item) || (room.dataset.may ?? '').split(' ').includes('delete')

  /** What the server's markup cannot know: the buttons, which reactions are mine, what is too long to stand whole. */
  function tend(item: HTMLElement, is = { news: false }): void {
    const bubble = bubbleOf(item)
    if (!bubble) return
    for (const one of item.querySelectorAll<HTMLElement>('.reaction[data-who]')) {
      one.setAttribute('aria-pressed', String((one.dataset.who ?? '').split(' ').includes(me)))
    }
    for (const one of bubble.querySelectorAll<HTMLElement>(`.mention[data-person="${CSS.escape(me)}"]`)) one.dataset.me = ''
    fold(bubble)
    if (is.news) timers.after(quiet, () => offer(item))
    else offer(item)
  }

  function offer(item: HTMLElement): void {
    if (!item.querySelector(':scope > .msg__acts')) bubbleOf(item)?.after(buttons(item))
  }

  function buttons(item: HTMLElement): HTMLElement {
    const acts = document.createElement('div')
    acts.className = 'msg__acts'
    acts.setAttribute('aria-live', 'off')
    acts.append(
      small('react', 'smile-plus', say('react'), about(item, 'reactTo')),
      small('reply', 'reply', say('reply'), about(item, 'replyTo')),
      small('more', 'ellipsis', say('more'), about(item, 'moreFor')),
    )
    return acts
  }

  function about(item: HTMLElement, what: 'reactTo' | 'replyTo' | 'moreFor'): string {
    return isOwn(item) ? say(`${what}Mine`) : say(what, { name: nameOf(item) })
  }

  function choicesFor(item: HTMLElement): Choice[] {
    const choices: Choice[] = [
      { icon: 'copy', word: say('copy'), act: () => void copyText(item) },
      { icon: 'link', word: say('link'), act: () => void copy(linkTo(item), item) },
    ]
    if (mayEdit(item)) choices.unshift({ icon: 'pencil', word: say('edit'), key: 'E', act: () => void edit(item) })
    if (mayWrite()) choices.unshift({ icon: 'reply', word: say('reply'), key: 'R', act: () => answer(item) })
    if (mayDelete(item))
      choices.push({ icon: 'trash-2', word: say('remove'), key: say('removeKey'), danger: true, act: () => void remove(item) })
    return choices
  }

  function menu(item: HTMLElement, opener: HTMLElement, { whole }: { whole: boolean }): void {
    const { id } = item
    openActionMenu({
      main,
      opener,
      label: about(item, whole ? 'moreFor' : 'reactTo'),
      choices: whole ? choicesFor(item) : [],
      react: (emoji) => react(id.slice(2), emoji),
      back: () => itemOf(id.slice(2)) ?? scroller,
    })
  }

  const textOf = (item: HTMLElement) => {
    const bubble = bubbleOf(item)
    return bubble ? writtenIn(bubble) : ''
  }

  /** As it was written: the server is asked where the bubble tells less. Null when it does not answer. */
  async function wordsOf(item: HTMLElement): Promise<string | null> {
    const bubble = bubbleOf(item)
    if (!bubble || tellsAll(bubble)) return textOf(item)
    const answer = await fetch(`${room.dataset.page}/mensajes/${item.id.slice(2)}`, {
      cache: 'no-store',
      redirect: 'manual',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout?.(patience),
    }).catch(() => null)
    return answer?.ok ? ((await answer.json()) as { texto: string }).texto : null
  }

  async function copyText(item: HTMLElement): Promise<void> {
    await copy((await wordsOf(item)) ?? textOf(item), bubbleOf(item) ?? item)
  }

  const linkTo = ({ id }: HTMLElement) => new URL(`${room.dataset.page}?mensaje=${id.slice(2)}#${id}`, location.href).href

  /** Whoever is silent reads, copies and takes back; the box takes nothing. */
  const mayWrite = () => !main.querySelector('message-composer[closed]')

  function mayEdit(item: HTMLElement): boolean {
    return mayWrite() && isOwn(item) && textOf(item) !== ''
  }

  function answer(item: HTMLElement): void {
    const detail: Answered = { id: item.id.slice(2), name: nameOf(item), line: firstLine(textOf(item)) }
    tell(room, 'room-answer', detail)
  }

  async function edit(item: HTMLElement): Promise<void> {
    const texto = await wordsOf(item)
    if (texto === null) return offline()
    const detail: Edited = { id: item.id.slice(2), texto }
    tell(room, 'room-edit', detail)
  }

  async function remove(item: HTMLElement): Promise<void> {
    const id = item.id.slice(2)
    if (!(await ask({ title: say('removeSure'), text: firstLine(textOf(item)), yes: say('remove'), danger: true }))) return
    if (!send({ t: 'borrar', id })) offline()
    itemOf(id)?.focus({ preventScroll: true })
  }

  function react(id: string, emoji: string): void {
    if (!send({ t: 'reaccion', id, emoji })) offline()
  }

  function click(event: MouseEvent): void {
    const { target } = event
    const item = target instanceof Element ? target.closest<HTMLElement>('.msg[id^="m-"]') : null
    if (!item || !(target instanceof Element)) return
    const control = target.closest<HTMLElement>('[data-do]')
    if (control?.dataset.do === 'reply') answer(item)
    else if (control?.dataset.do === 'unfold') unfold(control)
    else if (control) menu(item, control, { whole: control.dataset.do === 'more' })
    const reaction = target.closest<HTMLElement>('.reaction')
    if (reaction?.dataset.emoji) react(item.id.slice(2), reaction.dataset.emoji)
    const quoted = itemOf(target.closest<HTMLElement>('.quote')?.dataset.quote ?? '')
    if (!quoted) return // on another page of the log: the link leads there
    event.preventDefault()
    jump(quoted)
  }

  /** The keys of a message that has the focus. */
  function key(event: KeyboardEvent): void {
    const item = event.target instanceof HTMLElement && event.target.matches('.msg[id^="m-"]') ? event.target : null
    if (!item || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (!singleKeys() || !bubbleOf(item)) return
    const act = keys[event.key.toLowerCase()]
    if (!act || (act.may && !act.may(item))) return // a letter for the composer
    event.preventDefault()
    act.run(item)
  }

  const keys: Record<string, { may?: (item: HTMLElement) => boolean; run: (item: HTMLElement) => void }> = {
    r: { may: mayWrite, run: answer },
    e: { may: mayEdit, run: (item) => void edit(item) },
    '+': { run: (item) => menu(item, item, { whole: false }) },
    delete: { may: mayDelete, run: (item) => void remove(item) },
    enter: { run: (item) => menu(item, item, { whole: true }) },
  }

  // The buttons of a message are stops of the Tab key while the focus is in it; the log stays one stop.
  const reach = (event: FocusEvent, at: '0' | '-1') => {
    const item = event.target instanceof Element ? event.target.closest('.msg') : null
    for (const one of item?.querySelectorAll('.msg__acts .btn') ?? []) one.setAttribute('tabindex', at)
  }
  const approach = ({ target }: Event) => {
    const item = target instanceof Element ? target.closest<HTMLElement>('.msg[id^="m-"]') : null
    if (item) offer(item)
  }
  scroller.addEventListener('pointerover', approach, { signal })
  scroller.addEventListener('focusin', approach, { signal })
  scroller.addEventListener('focusin', (event) => reach(event, '0'), { signal })
  scroller.addEventListener('focusout', (event) => reach(event, '-1'), { signal })
  scroller.addEventListener('click', click, { signal })
  scroller.addEventListener('keydown', key, { signal })

  return {
    tend,
    /** The newest of one's own messages goes into the composer. */
    editLast(): void {
      const last = [...scroller.querySelectorAll<HTMLElement>('.msg--own[id^="m-"]')].reverse().find(mayEdit)
      if (last) void edit(last)
    },
  }
}

function small(what: string, look: string, word: string, name: string): HTMLButtonElement {
  const made = button({ label: name, look: 'btn--quiet btn--icon btn--sm', icon: icon(look), iconOnly: true })
  made.title = word
  made.dataset.do = what
  made.tabIndex = -1
  if (what === 'more') made.classList.add('msg__more')
  return made
}

/** Null for what is gone. */
function bubbleOf(item: HTMLElement): HTMLElement | null {
  return item.querySelector<HTMLElement>(':scope > .msg__bubble:not(.msg__bubble--gone)')
}

const nameOf = (item: HTMLElement) => item.querySelector('.msg__author')?.textContent ?? ''
