// SPDX-License-Identifier: GPL-3.0-or-later
import { announce } from './news'
import { text } from './parts'
import { toast } from './toast'
import { shownCount, showTotal, showUnread } from './unread'
import { words } from './words'

const say = words({
  newIn: ['Hay mensajes nuevos en {room}.', 'New messages in {room}.'],
  mentionIn: ['Hay una mención nueva en {room}.', 'A new mention in {room}.'],
  go: ['Ir', 'Go'],
  unread: [' sin leer', ' unread'],
})

/**
 * How often the side bar is asked for anew, in milliseconds. A hidden tab has no hurry, and a room's page hears over its socket what is said
 * elsewhere: there it only sets right what was miscounted.
 */
const pace = { visible: 20_000, told: 60_000 }
/** A room that is not in the list yet, or has another name: asked for soon, but not by everybody at once. */
const soon = 3_000

interface Counted {
  unread: number
  mentions: number
}

/** What a room's page heard of another room. */
interface Elsewhere extends Counted {
  room: string
}

let timer = 0

/** Keeps the side bar's counters true, and says when something came in another room. */
export function watchSideRooms(): void {
  reveal(document.querySelector('.side__rooms ul'))
  document.addEventListener('visibilitychange', () => schedule(document.visibilityState === 'visible' ? 0 : pace.told))
  document.addEventListener('said-elsewhere', ({ detail }) => count(detail))
  document.addEventListener('rooms-changed', () => schedule(Math.random() * soon))
  window.addEventListener('pageshow', ({ persisted }) => persisted && schedule(0))
  schedule(pace.visible)
}

/** The open room is in sight, however many stand above it. */
function reveal(list: Element | null): void {
  list?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
}

function schedule(wait: number): void {
  window.clearTimeout(timer)
  timer = window.setTimeout(() => void refresh(), wait)
}

async function refresh(): Promise<void> {
  const nav = document.querySelector<HTMLElement>('.side__rooms')
  if (nav) {
    const next = await ask().catch(() => null)
    if (next && nav.isConnected) take(nav, next)
  }
  schedule(document.visibilityState === 'visible' && !document.querySelector('room-live') ? pace.visible : pace.told)
}

/** The same list with more in one of its rooms. */
function count({ room: id, unread, mentions }: Elsewhere): void {
  const nav = document.querySelector<HTMLElement>('.side__rooms')
  const next = nav?.cloneNode(true)
  if (!nav || !(next instanceof HTMLElement)) return
  const room = next.querySelector<HTMLElement>(`.side-room[data-room="${CSS.escape(id)}"]`)
  if (!room) {
    schedule(Math.random() * soon)
    return
  }
  const before = countOf(room)
  const calls = before.mentions + mentions
  if (calls > 0) room.dataset.mentions = String(calls)
  room.dataset.unread = String(before.unread + unread)
  const badge = room.querySelector('.unread') ?? room.appendChild(text('span', 'unread', ''))
  badge.replaceChildren(`${calls > 0 ? '@ ' : ''}${shownCount(before.unread + unread)}`, text('span', 'vh', say('unread')))
  take(nav, next)
}

async function ask(): Promise<HTMLElement | null> {
  const open = document.querySelector<HTMLElement>('.side-room[aria-current]')?.dataset.room
  const answer = await fetch(`/salas/lateral${open ? `?sala=${encodeURIComponent(open)}` : ''}`, {
    cache: 'no-store',
    redirect: 'manual',
    headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial', Accept: 'text/html' },
  })
  if (!answer.ok) return null
  const made = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.side__rooms')
  return made instanceof HTMLElement ? document.importNode(made, true) : null
}

function take(nav: HTMLElement, next: HTMLElement): void {
  const before = countsOf(nav)
  // What comes into the open room is counted by the room itself.
  const open = next.querySelector<HTMLElement>('.side-room[aria-current]')
  const here = nav.querySelector('.side-room[aria-current] .unread')
  if (open && !here) {
    open.querySelector('.unread')?.remove()
    open.removeAttribute('data-unread')
  }
  // Nothing is swapped away under a finger or the focus.
  if (nav.innerHTML !== next.innerHTML && !nav.matches(':focus-within, :hover')) {
    const top = nav.querySelector('ul')?.scrollTop ?? 0
    nav.replaceWith(next)
    const list = next.querySelector('ul')
    list?.scrollTo(0, top)
    reveal(list)
  }
  showTotals(next)
  for (const room of next.querySelectorAll<HTMLElement>('.side-room:not([aria-current])')) tellOf(room, before)
}

function tellOf(room: HTMLElement, before: Map<string, Counted>): void {
  const id = room.dataset.room ?? ''
  const now = countOf(room)
  const known = before.get(id)
  if (!known || now.unread <= known.unread) return
  const mention = now.mentions > known.mentions
  const name = room.querySelector('.truncate')?.textContent ?? ''
  const path = room.getAttribute('href') ?? '/salas'
  const sentence = say(mention ? 'mentionIn' : 'newIn', { room: name })
  if (!announce({ room: id, mention, title: name, body: sentence, path })) return
  toast(sentence, { icon: mention ? 'at-sign' : 'messages-square', action: { label: say('go'), act: () => location.assign(path) } })
}

function countsOf(nav: HTMLElement): Map<string, Counted> {
  return new Map([...nav.querySelectorAll<HTMLElement>('.side-room')].map((room) => [room.dataset.room ?? '', countOf(room)]))
}

function countOf(room: HTMLElement): Counted {
  return {
    unread: Number(room.dataset.unread ?? 0),
    mentions: Number(room.dataset.mentions ?? room.querySelector<HTMLElement>('[data-mentions]')?.dataset.mentions ?? 0),
  }
}

/** The number beside *Salas* and in the tab's title. */
function showTotals(nav: HTMLElement): void {
  const counts = [...nav.querySelectorAll<HTMLElement>('.side-room')].map((room) => ({
    open: room.hasAttribute('aria-current'),
    ...countOf(room),
  }))
  const total = sum(counts)
  showTotal(total)
  // An open room counts for the tab by itself: what came while one looked elsewhere is not in the side bar.
  if (!document.querySelector('room-live')) showUnread(total)
  else document.dispatchEvent(new CustomEvent('unread-elsewhere', { detail: sum(counts.filter(({ open }) => !open)) }))
}

const sum = (counts: readonly Counted[]) => counts.reduce((all, { unread }) => all + unread, 0)

declare global {
  interface DocumentEventMap {
    /** How much is unread in the rooms that are not open here. */
    'unread-elsewhere': CustomEvent<number>
    /** Something was said in another room. */
    'said-elsewhere': CustomEvent<Elsewhere>
    /** A room has another name, or is new. */
    'rooms-changed': Event
  }
}
