// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'
import { tell } from './answering'
import { renewMember, renewRights } from './renew'

interface OrderOptions {
  main: HTMLElement
  room: HTMLElement
  /** Something is typed or waits to be sent. */
  unsent: () => boolean
  signal: AbortSignal
}

/** What those who keep order in a room do to its open pages: another name, silence, a farewell. */
export function createOrder({ main, room, unsent, signal }: OrderOptions) {
  let farewell = ''
  /** Where the room is now, when this page is no longer about it. */
  let moved = ''

  /** Another code or history is another page, taken as soon as nothing typed would be lost and no dialog be torn away. */
  function move(): void {
    if (moved && !unsent() && !document.querySelector('dialog[open]')) location.replace(moved)
  }

  /** Whatever the page asks for until it is loaded anew, it asks for there. */
  function moveTo(page: string): void {
    room.dataset.page = moved = page
    move()
  }

  document.addEventListener('close', move, { capture: true, signal })

  /** The new title takes the place of the old one, and the rest of the page follows what it says. */
  function showTitle(html: string): void {
    const next = new DOMParser().parseFromString(html, 'text/html').getElementById('room-title')
    const old = main.querySelector<HTMLElement>('#room-title')
    if (!next || !old) return
    old.replaceWith(document.importNode(next, true))
    const { keep, owner, signs = '', log = '' } = next.dataset
    document.title = document.title.replace(/^(\(\d+\+?\) )?.*(?= · )/s, (_, count = '') => count + next.querySelector('h1')?.textContent)
    const tile = main.querySelector<HTMLElement>('.room__head .tile')
    if (tile) tile.textContent = signs
    room.querySelector('[role="log"]')?.setAttribute('aria-label', log)
    keeps(keep)
    if (owner !== old.dataset.owner && [owner, old.dataset.owner].includes(room.dataset.me)) void renewRights(main, room)
  }

  /** What is typed stays here for now; where it lies meanwhile, and how the room looks, changes at once. */
  function keeps(keep: string | undefined): void {
    if ((keep !== 'yes' && keep !== 'no') || keep === room.dataset.keep) return
    room.dataset.keep = keep
    moved ||= room.dataset.page ?? ''
    tell(main, 'room-keep', keep)
  }

  main.addEventListener(
    'click',
    ({ target }) => {
      const user = target instanceof Element && target.closest('[data-mention]')?.closest<HTMLElement>('.member')?.dataset.user
      if (!user) return
      tell(main, 'room-write', `@${user} `)
      main.querySelector<HTMLElement>('.composer__text')?.focus()
    },
    { signal },
  )

  return {
    /** What the server said when it sent this person away. */
    farewell: () => farewell,
    moveTo,
    /** What the page shows of the room, for the server to say what is no longer so. */
    shown(): { sello?: string; callada?: true } {
      const stamp = main.querySelector<HTMLElement>('#room-title')?.dataset.stamp
      const silent = main.querySelector<HTMLElement>('#silencio')?.hidden === false
      return { ...(stamp ? { sello: stamp } : {}), ...(silent ? { callada: true } : {}) }
    },
    hear(frame: ServerFrame): void {
      if (frame.t === 'silencio') showSilence(main, frame.texto)
      else if (frame.t === 'adios') farewell = frame.texto ?? ''
      else if (frame.t === 'sala') {
        showTitle(frame.html)
        document.dispatchEvent(new Event('rooms-changed'))
        if (frame.pagina) moveTo(frame.pagina)
      } else if (frame.t === 'callada') void renewMember(main, room, frame.persona, frame.hasta)
      move()
    },
  }
}

function showSilence(main: HTMLElement, words: string | null): void {
  const notice = main.querySelector<HTMLElement>('#silencio')
  const text = notice?.querySelector('[data-silence]')
  if (!notice || !text) return
  text.textContent = words ?? ''
  notice.hidden = words === null
  main.querySelector('message-composer')?.toggleAttribute('closed', words !== null)
}
