// SPDX-License-Identifier: GPL-3.0-or-later
import { browserTimers as timers } from './connection'

interface OlderOptions {
  room: HTMLElement
  scroller: HTMLElement
  /** Keeps what is being read where it is; answers the function that does so once the change is made. */
  hold: () => () => void
  /** Earlier items stand in the log now. */
  came: () => void
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
export function watchOlder({ room, scroller, hold, came, near, signal }: OlderOptions) {
  let release: (() => void) | null = null
  let refocus = false
  let asked = Number.NEGATIVE_INFINITY
  let cancel = () => {}

  document.addEventListener(
    'htmx:before:swap',
    ({ detail: { ctx } }) => {
      const { target } = ctx
      if (!(target instanceof Element) || target.id !== 'older' || !room.contains(target)) return
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
      came()
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
