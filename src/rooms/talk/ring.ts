// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, newId } from '../../core'
import type { Item, Notice, Room, Said } from '../model'
import type { Slice } from './store-items'

interface Limits {
  ephemeralMessages: number
  ephemeralAge: number
}

/** An item before it has a number. */
export type Fresh = Omit<Said, 'id' | 'n' | 'changed'> | Omit<Notice, 'id' | 'n' | 'changed'>

/**
 * What an ephemeral room remembers, in memory and nowhere else: the last messages, for some minutes. Its numbers begin anew with each
 * life of the ring, and `epoch` tells one life from another.
 */
export class Ring {
  readonly epoch = newId()
  /** The number of the last change. */
  n = 0
  /** By place, oldest first. */
  #items: Item[] = []
  /** When each was added, on the line that never jumps: a corrected clock neither wipes a room nor keeps a text for ever. */
  #born: number[] = []
  readonly #byCid = new Map<string, Said>()
  /** The highest number of a change that is no longer told. */
  #forgotten = 0

  constructor(
    readonly room: Room,
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  add(fresh: Fresh): Item {
    const n = ++this.n
    const item = { ...fresh, id: String(n), n, changed: n } as Item
    this.#items.push(item)
    this.#born.push(this.clock.monotonic())
    if (item.kind === 'said') this.#byCid.set(cidKey(item.author.id, item.cid), item)
    this.forget()
    return item
  }

  /** Puts a changed message in the place of the old one, under the next number. */
  replace(old: Said, change: Partial<Omit<Said, 'id' | 'n' | 'changed' | 'kind' | 'author' | 'cid'>>): Said {
    const said: Said = { ...old, ...change, changed: ++this.n }
    const place = this.#items.indexOf(old)
    if (place >= 0) this.#items[place] = said
    this.#byCid.set(cidKey(said.author.id, said.cid), said)
    return said
  }

  byCid(authorId: string, cid: string): Said | undefined {
    return this.#byCid.get(cidKey(authorId, cid))
  }

  byNumber(n: number): Item | undefined {
    return this.#items.find((item) => item.n === n)
  }

  /** The messages that answer this one. */
  answering(id: string): Said[] {
    return this.#items.filter((item): item is Said => item.kind === 'said' && item.replyTo === id && item.removedBy === null)
  }

  carrying(fileId: string): Said[] {
    return this.#items.filter((item): item is Said => item.kind === 'said' && item.fileId === fileId)
  }

  /** Ids of the files that its messages carry. */
  carried(): string[] {
    return this.#items.flatMap((item) => (item.kind === 'said' && item.fileId !== null ? item.fileId : []))
  }

  page({ before = Number.POSITIVE_INFINITY, after, limit }: Slice): Item[] {
    this.forget()
    if (after !== undefined) return this.#items.filter((item) => item.n > after).slice(0, limit)
    return this.#items.filter((item) => item.n < before).slice(-limit)
  }

  /** Every change after `since` in its order, or null when not all of them are remembered. */
  changedSince(since: number): Item[] | null {
    this.forget()
    if (since < this.#forgotten || since > this.n) return null
    return this.#items.filter((item) => item.changed > since).sort((a, b) => a.changed - b.changed)
  }

  unread(personId: string, seen: number, limit: number): number {
    let found = 0
    for (const item of this.#items) if (item.kind === 'said' && item.n > seen && item.author.id !== personId && ++found >= limit) break
    return found
  }

  called(personId: string, seen: number, limit: number): number {
    let found = 0
    for (const item of this.#items) {
      if (item.kind === 'said' && item.n > seen && item.mentions.some(({ id }) => id === personId) && ++found >= limit) break
    }
    return found
  }

  /** Lets go of what is too old or too much. */
  forget(): void {
    const oldest = this.clock.monotonic() - this.limits.ephemeralAge
    let gone = Math.max(0, this.#items.length - this.limits.ephemeralMessages)
    while (gone < this.#items.length && (this.#born[gone] as number) <= oldest) gone++
    // Nearly always one, for the one that came: `shift` moves nothing.
    for (; gone > 0; gone--) {
      this.#born.shift()
      const item = this.#items.shift() as Item
      this.#forgotten = Math.max(this.#forgotten, item.changed)
      if (item.kind === 'said') this.#byCid.delete(cidKey(item.author.id, item.cid))
    }
  }

  get size(): number {
    return this.#items.length
  }
}

function cidKey(authorId: string, cid: string): string {
  return `${authorId} ${cid}`
}

/** How often rings are looked over: a text goes within so long of its time. Milliseconds. */
const sweepEvery = 10_000

export interface Rings {
  /** The ring of a room, a new one where there is none. */
  of(room: Room): Ring
  /** Only if there is one. */
  peek(roomId: string): Ring | undefined
  all(): readonly Ring[]
  /** Nobody is left: everything is wiped unless somebody comes back in time. */
  abandon(roomId: string): void
  keep(roomId: string): void
  wipe(roomId: string): void
  wipeAll(): void
}

interface Options {
  clock: Clock
  limits: Limits & { ephemeralLinger: number }
  /** Whether somebody is connected to the room. */
  inhabited(roomId: string): boolean
  /** A life of the room is over: its numbers mean nothing in the next. */
  wiped(roomId: string): void
}

export function createRings({ clock, limits, inhabited, wiped }: Options): Rings {
  const rings = new Map<string, Ring>()
  const wipes = new Map<string, () => void>()

  function abandon(roomId: string): void {
    if (!rings.has(roomId)) return
    wipes.get(roomId)?.()
    wipes.set(
      roomId,
      clock.after(limits.ephemeralLinger, () => wipe(roomId)),
    )
  }

  function keep(roomId: string): void {
    wipes.get(roomId)?.()
    wipes.delete(roomId)
  }

  function wipe(roomId: string): void {
    keep(roomId)
    rings.delete(roomId)
    wiped(roomId)
  }

  clock.every(sweepEvery, () => {
    for (const ring of rings.values()) ring.forget()
  })

  return {
    of(room) {
      let ring = rings.get(room.id)
      if (!ring) {
        ring = new Ring(room, limits, clock)
        rings.set(room.id, ring)
      }
      // Somebody without a socket (a page without script) reads or writes: the time runs from now.
      if (!inhabited(room.id)) abandon(room.id)
      return ring
    },
    peek: (roomId) => rings.get(roomId),
    all: () => [...rings.values()],
    abandon,
    keep,
    wipe,
    wipeAll() {
      for (const roomId of [...rings.keys()]) wipe(roomId)
    },
  }
}
