// SPDX-License-Identifier: GPL-3.0-or-later
import htmx from 'htmx.org'
import { icon } from '../../lib/icon'
import { browserTimers as timers } from './connection'
import { say } from './phrases'

interface OlderOptions {
  room: HTMLElement
  scroller: HTMLElement
  /** Keeps what is being read where it is; answers the function that does so once the change is made. */
  hold: () => () => void
  /** More are being asked for. */
  asked: (edge: 'older' | 'newer') => void
  /** Earlier items stand in the log now. */
  cameOlder: () => void
  cameNewer: () => void
  /** Whether the beginning is still in sight, or nearly. */
  near: () => boolean
  signal: AbortSignal
}

/** Scrolling up asks for earlier messages this often at most, in milliseconds. */
const pause = 1_500
/** How long old messages that are put in are not read aloud, in milliseconds: they are not news. */
const hush = 1_000

/**
 * Earlier messages come by htmx, which puts them where their link stood. Here they are asked for by scrolling too, what is read stays in
 * its place, and the focus is not lost with the link.
 */
export function watchOlder({ room, scroller, hold, asked: askedFor, cameOlder, cameNewer, near, signal }: OlderOptions) {
  let release: (() => void) | null = null
  let newer = false
  let refocus = false
  let asked = Number.NEGATIVE_INFINITY
  let cancel = () => {}

  const edge = (target: unknown) =>
    target instanceof Element && (target.id === 'older' || target.id === 'newer') && room.contains(target) ? target : null

  document.addEventListener(
    'htmx:before:request',
    ({ detail: { ctx } }) => {
      const target = edge(ctx.target)
      if (target) askedFor(target.id === 'newer' ? 'newer' : 'older')
    },
    { signal },
  )
  document.addEventListener(
    'htmx:before:swap',
    ({ detail: { ctx } }) => {
      const target = edge(ctx.target)
      if (!target) return
      newer = target.id === 'newer'
      release = hold()
      refocus = target.contains(document.activeElement)
      scroller.setAttribute('aria-live', 'off')
    },
    { signal },
  )
  document.addEventListener(
    'htmx:after:swap',
    () => {
      if (!release) return
      if (newer) cameNewer()
      else cameOlder()
      release()
      release = null
      if (refocus) scroller.focus({ preventScroll: true })
      timers.after(hush, () => scroller.removeAttribute('aria-live'))
    },
    { signal },
  )

  function want(): void {
    const rest = asked + pause - timers.monotonic()
    cancel()
    if (rest > 0) {
      // Whoever waits at the beginning scrolls no further, and still wants them.
      cancel = timers.after(rest, () => !signal.aborted && near() && want())
      return
    }
    asked = timers.monotonic()
    olderLink(room)?.click()
  }

  return {
    /** Asks for earlier messages, if there are any. */
    want,
  }
}

export function olderLink(room: HTMLElement): HTMLElement | null {
  return room.querySelector<HTMLElement>('#older a, #older button')
}

/** Where the server's link to earlier messages has gone, or there never was one: what stood there was let go of. */
export function offerOlder(room: HTMLElement, inner: HTMLElement, floor: number): void {
  const address = `${room.dataset.page}?antes=${floor}`
  const link = document.createElement('a')
  link.className = 'btn btn--sm'
  link.href = address
  link.setAttribute('hx-get', address)
  link.setAttribute('hx-target', '#older')
  link.setAttribute('hx-swap', 'outerHTML')
  link.append(icon('history', { small: true }), say('earlier'))
  const place = document.createElement('div')
  place.className = 'center'
  place.id = 'older'
  place.append(link)
  inner.querySelector(':scope > #older, :scope > [data-kind="note"]')?.remove()
  inner.prepend(place)
  htmx.process(place)
}
