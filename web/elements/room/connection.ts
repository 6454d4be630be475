// SPDX-License-Identifier: GPL-3.0-or-later
import type { ClientFrame, ServerFrame } from '../../../src/rooms/protocol'
import { backoff } from '../../lib/backoff'

/** Why the socket stays closed until the person does something. */
export type Stop = 'session' | 'removed' | 'closed' | 'limit'

export type Link =
  | { is: 'connecting' }
  | { is: 'open' }
  /** `until` on the monotonic line: when the next attempt begins. */
  | { is: 'waiting'; until: number }
  | { is: 'stopped'; why: Stop }

/** What is used of a WebSocket. */
export interface Wire {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(text: string): void
  close(): void
}

/** What is used of time; a test moves it by hand. */
export interface Timers {
  monotonic(): number
  after(ms: number, run: () => void): () => void
}

/** The browser's own time. */
export const browserTimers: Timers = {
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

interface ConnectionOptions {
  open: () => Wire
  timers: Timers
  random?: () => number
  /** The first frame of every socket, and the question that shows whether a silent one still lives: the answer is never empty. */
  hello: () => ClientFrame
  onFrame: (frame: ServerFrame) => void
  onLink: (link: Link) => void
  /**
   * A socket that is refused at the door says nothing of why. Asks the page itself: a reason to stop, null to go on trying, or `moved` when
   * `open` leads elsewhere now, where there is nothing to wait for.
   */
  ask?: () => Promise<Stop | 'moved' | null>
}

const second = 1_000
/** The server answers within milliseconds on a network; a Pi under load within seconds. */
const patience = { opening: 10 * second, answer: 8 * second, doubted: 4 * second }
/** A dead Wi-Fi closes nothing: after so much silence the other end is asked. Routers forget a connection after a minute or more. */
const silence = 25 * second
/** An office must be back within 15 s of a restart, so no wait is longer than this. */
const longestWait = 10 * second
/** The server closed because of what this page did; repeating it at once would only repeat the reason. */
const penance = 30 * second
/** Shorter than this it was no success: a server that takes a socket and drops it is not asked in a tight circle. */
const lasting = 5 * second
const refusalsPerQuestion = 2

const stops: Record<number, Stop> = { 4401: 'session', 4403: 'removed', 4404: 'closed', 4429: 'limit' }
const penanceCodes = new Set([1008, 1009])

/** Keeps one socket alive: opens it, notices when it is dead, comes back with jitter, and stops when the server says so. */
export function createConnection({ open, timers, random = Math.random, hello, onFrame, onLink, ask }: ConnectionOptions) {
  const waits = backoff({ first: 500, longest: longestWait, random })
  let link: Link = { is: 'stopped', why: 'limit' }
  let wire: Wire | null = null
  let openedAt = 0
  let heardAt = 0
  let refusals = 0
  let over = false
  let cancelTimer = () => {}

  function move(next: Link): void {
    link = next
    onLink(next)
  }

  function after(ms: number, run: () => void): void {
    cancelTimer()
    cancelTimer = timers.after(ms, run)
  }

  function attempt(): void {
    drop()
    if (over) return
    const mine = open()
    wire = mine
    move({ is: 'connecting' })
    after(patience.opening, () => lost(null))
    mine.onopen = () => {
      openedAt = heardAt = timers.monotonic()
      refusals = 0
      mine.send(JSON.stringify(hello()))
      move({ is: 'open' })
      after(patience.answer, () => lost(null))
    }
    mine.onmessage = ({ data }) => {
      heardAt = timers.monotonic()
      after(silence, question)
      onFrame(JSON.parse(String(data)) as ServerFrame)
    }
    mine.onclose = ({ code }) => lost(code)
  }

  /** Still there? The answer to the first frame comes always; without one the socket is given up. */
  function question(limit = patience.answer): void {
    if (link.is !== 'open') return
    after(limit, () => lost(null))
    wire?.send(JSON.stringify(hello()))
  }

  function drop(): void {
    cancelTimer()
    if (!wire) return
    wire.onopen = wire.onmessage = wire.onclose = null
    wire.close()
    wire = null
  }

  function lost(code: number | null): void {
    const wasOpen = link.is === 'open'
    drop()
    const why = code === null ? undefined : stops[code]
    if (why) {
      move({ is: 'stopped', why })
      return
    }
    if (wasOpen && timers.monotonic() - openedAt >= lasting) waits.reset()
    if (!wasOpen && ++refusals % refusalsPerQuestion === 0) void askWhy()
    const wait = code !== null && penanceCodes.has(code) ? penance : waits.next()
    move({ is: 'waiting', until: timers.monotonic() + wait })
    after(wait, attempt)
  }

  async function askWhy(): Promise<void> {
    const why = await ask?.().catch(() => null)
    if (!why || over || link.is === 'open' || link.is === 'stopped') return
    if (why === 'moved') return now()
    drop()
    move({ is: 'stopped', why })
  }

  /**
   * The network or the person is back: no waiting. An open socket that was silent for a while has to prove itself, soon; `doubted`, when
   * the network itself came or went, in any case. A refusal now says more than one while the network was away: it is asked about at once.
   */
  function now({ doubted = false } = {}): void {
    if (link.is === 'waiting' || (link.is === 'stopped' && link.why === 'limit')) {
      refusals = refusalsPerQuestion - 1
      attempt()
    } else if (link.is === 'open' && (doubted || timers.monotonic() - heardAt > lasting)) question(patience.doubted)
  }

  return {
    get link(): Link {
      return link
    },
    start: attempt,
    /** False when there is no open socket: the frame was not sent. */
    send(frame: ClientFrame): boolean {
      if (link.is !== 'open' || !wire) return false
      wire.send(JSON.stringify(frame))
      return true
    },
    now,
    /** Gives the socket up and comes back after a wait. */
    restart(): void {
      if (link.is === 'open' || link.is === 'connecting') lost(null)
    },
    end(): void {
      over = true
      drop()
    },
  }
}

export type Connection = ReturnType<typeof createConnection>
