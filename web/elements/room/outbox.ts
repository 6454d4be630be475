// SPDX-License-Identifier: GPL-3.0-or-later
import type { ClientFrame, ServerFrame } from '../../../src/rooms/protocol'
import type { Answered } from './answering'
import type { Timers } from './connection'

/** A message that the server has not acknowledged. */
export interface Pending {
  readonly cid: string
  readonly texto: string
  /** When it was written, by this browser's clock. */
  readonly at: number
  readonly answered?: Answered
  /** The id of an uploaded file that goes with it. */
  readonly archivo?: string
  /** Why it was refused; undefined while it waits or is under way. */
  readonly refused?: string
  /** It has to wait its turn, longer than a moment: the room goes slowly. */
  readonly held?: true
}

/** Where pending messages lie. */
export interface Shelf {
  load(): Pending[]
  put(pending: Pending): void
  drop(cid: string): void
}

export interface OutboxOptions {
  shelf: Shelf
  timers: Timers
  /** False when nothing was sent. */
  send: (frame: ClientFrame) => boolean
  /** One was added, was refused, waits again, or was given up by the person. */
  changed: (cid: string) => void
  /** The server takes it too slowly to be alive. */
  stuck: () => void
}

const second = 1_000
/** A commit waits for the disk; a card that is full of work takes seconds. */
const patience = 15 * second
/** Shorter waits are nobody's business. */
const moment = 2 * second
/** Refusals that pass by themselves, and how long to rest when the server does not say. */
const rests: Record<string, number> = { throttled: 1 * second, busy: 3 * second }

/**
 * Sends what was written, in its order, one after the other: when one has to wait, none passes it. Each keeps its id, so that sending
 * it again after a break is not saying it twice.
 */
export function createOutbox({ shelf: first, timers, send, changed, stuck }: OutboxOptions) {
  let shelf = first
  const waiting = new Map(shelf.load().map((pending) => [pending.cid, pending]))
  let open = false
  let underWay: string | null = null
  let resting = false
  let cancelTimer = () => {}

  function next(): void {
    if (!open || underWay || resting) return
    const pending = [...waiting.values()].find(({ refused }) => refused === undefined)
    if (!pending) return
    if (!send(frameOf(pending))) return
    underWay = pending.cid
    cancelTimer = timers.after(patience, stuck)
  }

  function settle(cid: string): void {
    if (underWay !== cid) return
    underWay = null
    cancelTimer()
  }

  function forget(cid: string): boolean {
    settle(cid)
    shelf.drop(cid)
    return waiting.delete(cid)
  }

  function hold(pending: Pending): void {
    waiting.set(pending.cid, { ...pending, held: true }) // not stored: a reload asks anew
    changed(pending.cid)
  }

  function keep(pending: Pending): void {
    waiting.set(pending.cid, pending)
    shelf.put(pending)
  }

  return {
    get all(): readonly Pending[] {
      return [...waiting.values()]
    },
    find: (cid: string) => waiting.get(cid),

    add(pending: Pending): void {
      if (waiting.has(pending.cid)) return
      // A clock that was set back must not change the order after a reload.
      const last = Math.max(0, ...[...waiting.values()].map(({ at }) => at))
      keep({ ...pending, at: Math.max(pending.at, last + 1) })
      changed(pending.cid)
      next()
    },

    /** The server has it: never sent again. */
    acknowledged(cid: string): void {
      forget(cid)
      next()
    },

    /** Too fast and too busy pass by themselves; every other refusal is for the person to judge. */
    refused({ cid, error, message, espera }: Extract<ServerFrame, { t: 'no' }>): void {
      const pending = cid === undefined ? undefined : waiting.get(cid)
      if (!pending) return
      settle(pending.cid)
      const rest = rests[error]
      if (rest !== undefined) {
        const wait = (espera ?? 0) * second || rest
        resting = true
        cancelTimer = timers.after(wait, () => {
          resting = false
          next()
        })
        if (wait > moment) hold(pending)
        return
      }
      // An answer to what is gone is refused as invalid; sent again it goes without its quote.
      keep({ ...(error === 'invalid' ? unquoted(pending) : pending), refused: message })
      changed(pending.cid)
      next()
    },

    /** What was answered is gone: what waits goes without its quote, and keeps none of its words. */
    unquote(id: string): void {
      for (const pending of waiting.values()) {
        if (pending.answered?.id !== id) continue
        keep(unquoted(pending))
        changed(pending.cid)
      }
    },

    retry(cid: string): void {
      const pending = waiting.get(cid)
      if (pending?.refused === undefined) return
      const { refused: _, ...again } = pending
      keep(again)
      changed(cid)
      next()
    },

    discard(cid: string): void {
      if (forget(cid)) changed(cid)
      next()
    },

    /** The room keeps nothing: what waits, another page's words included, leaves the disk and waits in memory. */
    pass(): void {
      for (const pending of shelf.load()) {
        shelf.drop(pending.cid)
        if (waiting.has(pending.cid)) continue
        waiting.set(pending.cid, pending)
        changed(pending.cid)
      }
      shelf = memoryShelf()
      next()
    },

    /** The socket is open and has caught up. */
    opened(): void {
      open = true
      next()
    },

    /** Whether what was under way arrived is not known; it is sent again with the same id. */
    closed(): void {
      open = resting = false
      underWay = null
      cancelTimer()
    },
  }
}

export type Outbox = ReturnType<typeof createOutbox>

function frameOf({ cid, texto, answered, archivo }: Pending): ClientFrame {
  return { t: 'decir', cid, texto, ...(answered ? { respuestaA: answered.id } : {}), ...(archivo === undefined ? {} : { archivo }) }
}

function unquoted({ answered: _, ...rest }: Pending): Pending {
  return rest
}

/** For ephemeral rooms: what is written there never touches a disk, the browser's included. */
export function memoryShelf(): Shelf {
  return { load: () => [], put() {}, drop() {} }
}

/** A browser that forbids its storage keeps messages as long as the page stands. */
export function browserShelf(name: string): Shelf {
  try {
    return storedShelf(window.localStorage, name)
  } catch {
    return memoryShelf()
  }
}

/** For kept rooms: survives a reload. An entry for each message, because two tabs of one person write side by side. */
export function storedShelf(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>, name: string): Shelf {
  const keyOf = (cid: string) => `${name}:${cid}`
  return {
    load() {
      const found: Pending[] = []
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i)
        const pending = key?.startsWith(`${name}:`) ? read(storage.getItem(key)) : null
        if (pending) found.push(pending)
      }
      return found.sort((a, b) => a.at - b.at || (a.cid < b.cid ? -1 : 1))
    },
    // A full or forbidden storage leaves the message in memory: it is sent all the same.
    put: (pending) => attempt(() => storage.setItem(keyOf(pending.cid), JSON.stringify(pending))),
    drop: (cid) => attempt(() => storage.removeItem(keyOf(cid))),
  }
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}

function read(text: string | null): Pending | null {
  try {
    const { cid, texto, at, refused, answered, archivo }: Partial<Pending> = JSON.parse(text ?? 'null') ?? {}
    if (typeof cid !== 'string' || typeof texto !== 'string' || typeof at !== 'number') return null
    return {
      cid,
      texto,
      at,
      ...(typeof refused === 'string' ? { refused } : {}),
      ...(typeof answered?.id === 'string'
        ? { answered: { id: answered.id, name: String(answered.name), line: String(answered.line) } }
        : {}),
      ...(typeof archivo === 'string' ? { archivo } : {}),
    }
  } catch {
    return null
  }
}
