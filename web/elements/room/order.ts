// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'
import { tell } from './answering'

/** What those who keep order in a room do to its open pages: another name, silence, a farewell. */
export function createOrder({ main, unsent, signal }: { main: HTMLElement; unsent: () => boolean; signal: AbortSignal }) {
  let farewell = ''
  /** Where the room is now, when this page is no longer about it. */
  let moved = ''

  /** Another code or history is another page, taken as soon as nothing typed would be lost and no dialog be torn away. */
  function move(): void {
    if (moved && !unsent() && !document.querySelector('dialog[open]')) location.replace(moved)
  }
  document.addEventListener('close', move, { capture: true, signal })

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
    hear(frame: ServerFrame): void {
      if (frame.t === 'silencio') showSilence(main, frame.texto)
      else if (frame.t === 'adios') farewell = frame.texto ?? ''
      else if (frame.t === 'sala') {
        showTitle(main, frame.html)
        document.dispatchEvent(new Event('rooms-changed'))
        moved = frame.pagina ?? moved
      }
      move()
    },
  }
}

function showTitle(main: HTMLElement, html: string): void {
  const next = new DOMParser().parseFromString(html, 'text/html').getElementById('room-title')
  if (next) main.querySelector('#room-title')?.replaceWith(document.importNode(next, true))
}

function showSilence(main: HTMLElement, words: string | null): void {
  const notice = main.querySelector<HTMLElement>('#silencio')
  const text = notice?.querySelector('[data-silence]')
  if (!notice || !text) return
  text.textContent = words ?? ''
  notice.hidden = words === null
  main.querySelector('message-composer')?.toggleAttribute('closed', words !== null)
}
