// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, createLimiter, type Events, Refusal, UniqueViolation, UnmetExpectation } from '../core'
import type { Item, NoticeKind, Order, Present, Room, RoomEvents, RoomLimits, Said, Who } from './model'
import type { Ring, Rings } from './ring'
import type { Store } from './store'

export interface Saying {
  room: Room
  person: Who & { role?: Present['role'] }
  /** The client's id for this message. */
  cid: string
  text: string
}

/** What a returning browser missed; `items` null: it can no longer be told. */
export interface CatchUp {
  epoch: string
  n: number
  items: Item[] | null
}

export interface LogPage {
  items: Item[]
  epoch: string
  n: number
  /** There are older ones. */
  more: boolean
}

interface Options {
  store: Store
  rings: Rings
  events: Events<RoomEvents>
  clock: Clock
  limits: RoomLimits
  voice: Voice
}

/** Who may speak now; moderation knows. Both refuse. */
export interface Voice {
  requireVoice(room: Room, person: Who): void
  /** Answers how to give the turn back when nothing came of it. */
  requireTurn(room: Room, person: Who & { role?: Present['role'] }): () => void
}

/** How far unread messages are counted. */
const mostUnread = 100

export type Talk = ReturnType<typeof createTalk>

/** What is said in rooms: one verb for socket, form and script alike, and the ways to hear it again. */
export function createTalk({ store, rings, events, clock, limits, voice }: Options) {
  const pace = createLimiter({
    clock,
    perSecond: limits.messagesPerSecond,
    burst: limits.messagesPerSecond === 0 ? 0 : limits.messageBurst,
  })

  /**
   * Says something. Resolves when it is durable (kept room) or remembered (ephemeral room), and everybody has been told. A `cid` this person
   * has used in this room answers with what it led to the first time. Refuses `invalid` (empty, too long), `throttled`, `missing`.
   */
  async function say({ room, person, cid, text }: Saying): Promise<Said> {
    const words = tidy(text)
    if (words === '') throw new Refusal('invalid', 'rooms.empty', { fields: { texto: 'rooms.empty' } })
    const over = codePoints(words) - limits.messageCharacters
    if (over > 0) throw new Refusal('invalid', 'rooms.tooLong', { values: { n: over }, fields: { texto: 'rooms.tooLong' } })
    const taken = pace.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: taken.retryAfter })
    const who = { id: person.id, name: person.name }
    let giveBack: () => void
    try {
      giveBack = voice.requireTurn(room, person)
    } catch (error) {
      // Whoever was heard before being silenced, and only missed the answer, gets the answer.
      const first = room.kept ? await store.items.byCid(room.id, who.id, cid) : rings.peek(room.id)?.byCid(who.id, cid)
      if (first) return first
      throw error
    }
    try {
      return await (room.kept ? sayKept(room, who, cid, words) : sayPassing(rings.of(room), who, cid, words))
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async function sayKept(room: Room, author: Who, cid: string, text: string): Promise<Said> {
    try {
      const said = await store.items.say({ room, author, cid, text, at: clock.now() })
      events.emit('changed', { room, item: said })
      return said
    } catch (error) {
      if (error instanceof UniqueViolation) {
        const first = await store.items.byCid(room.id, author.id, cid)
        if (first) return first
      }
      if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
      throw error
    }
  }

  function sayPassing(ring: Ring, author: Who, cid: string, text: string): Said {
    const first = ring.byCid(author.id, cid)
    if (first) return first
    const said = ring.add({
      kind: 'said',
      roomId: ring.room.id,
      at: clock.now(),
      author,
      cid,
      text,
      editedAt: null,
      removedBy: null,
    }) as Said
    events.emit('changed', { room: ring.room, item: said })
    return said
  }

  /** Changes or removes one's own message; `missing` for anybody else's, and for those already removed. */
  async function rewrite(room: Room, person: Who, id: string, change: { text: string } | 'remove'): Promise<Item> {
    if (change !== 'remove') voice.requireVoice(room, person)
    const n = Number(id)
    const words = change === 'remove' ? '' : tidy(change.text)
    if (change !== 'remove' && words === '') throw new Refusal('invalid', 'rooms.empty')
    const over = codePoints(words) - limits.messageCharacters
    if (over > 0) throw new Refusal('invalid', 'rooms.tooLong', { values: { n: over } })
    const taken = pace.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: taken.retryAfter })
    if (!Number.isSafeInteger(n)) throw new Refusal('missing', 'errors.missing')
    const text = change === 'remove' ? null : words
    return room.kept ? rewriteKept(room, person, n, text) : rewritePassing(rings.of(room), person, n, text)
  }

  async function rewriteKept(room: Room, person: Who, n: number, text: string | null): Promise<Item> {
    try {
      const item = await store.items.rewrite(room, n, person.id, text === null ? { removedBy: 'author' } : { text, editedAt: clock.now() })
      events.emit('changed', { room, item })
      return item
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
      throw error
    }
  }

  function rewritePassing(ring: Ring, person: Who, n: number, text: string | null): Item {
    const old = ring.byNumber(n)
    if (old?.kind !== 'said' || old.author.id !== person.id || old.removedBy) throw new Refusal('missing', 'errors.missing')
    const item = ring.replace(old, text === null ? { text: '', editedAt: null, removedBy: 'author' } : { text, editedAt: clock.now() })
    events.emit('changed', { room: ring.room, item })
    return item
  }

  return {
    say,
    edit: (room: Room, person: Who, id: string, text: string) => rewrite(room, person, id, { text }),
    remove: (room: Room, person: Who, id: string) => rewrite(room, person, id, 'remove'),

    /** Tells the log that somebody came or went. A kept room tells those present and forgets it: number 0. */
    note(room: Room, kind: NoticeKind, author: Who, others: number, order?: Order): void {
      const at = clock.now()
      const fresh = { kind, roomId: room.id, at, author: { id: author.id, name: author.name }, others, ...(order ? { order } : {}) }
      const item: Item = room.kept
        ? { ...fresh, id: `p${at.toString(36)}-${author.id}-${kind}`, n: 0, changed: 0 }
        : rings.of(room).add(fresh)
      events.emit('changed', { room, item })
    },

    /** Everything that changed after `since`, in the life of the room called `epoch`. */
    async since(room: Room, since: number | undefined, epoch: string | undefined): Promise<CatchUp> {
      const now = await position(room)
      if (since === undefined) return { ...now, items: [] }
      if ((epoch !== undefined && epoch !== now.epoch) || since > now.n) return { ...now, items: null }
      if (now.n - since > limits.catchUpChanges) return { ...now, items: null }
      if (!room.kept) return { ...now, items: rings.of(room).changedSince(since) }
      const items = await store.items.changedSince(room.id, since, limits.catchUpChanges + 1)
      return { ...now, n: Math.max(now.n, items.at(-1)?.changed ?? 0), items: items.length > limits.catchUpChanges ? null : items }
    },

    /** The newest page, or the one before number `before`. `n` is read first: what comes meanwhile is told again, never missed. */
    async page(room: Room, before?: number): Promise<LogPage> {
      const now = await position(room)
      const limit = limits.pageMessages
      const items = room.kept
        ? await store.items.page(room.id, { before, limit: limit + 1 })
        : rings.of(room).page({ before, limit: limit + 1 })
      return { ...now, items: items.slice(-limit), more: items.length > limit }
    },

    async unread(room: Room, personId: string, seen: number): Promise<number> {
      if (room.kept) return store.items.unread(room.id, personId, seen, mostUnread)
      return rings.peek(room.id)?.unread(personId, seen, mostUnread) ?? 0
    },

    async lastSaid(room: Room): Promise<Said | null> {
      return room.kept ? store.items.lastSaid(room.id) : null
    },
  }

  async function position(room: Room): Promise<{ epoch: string; n: number }> {
    if (!room.kept) {
      const { epoch, n } = rings.of(room)
      return { epoch, n }
    }
    const stored = await store.byId(room.id)
    if (!stored) throw new Refusal('missing', 'errors.missing')
    return { epoch: stored.epoch, n: stored.n }
  }
}

/** Line ends as one sign, no signs that steer terminals or end strings; line breaks and tabs stay. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff]/g, '')
    .toWellFormed()
    .trim()
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
