// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, type Events, type Limiter, Refusal, UniqueViolation, UnmetExpectation } from '../../core'
import {
  type Item,
  type Mention,
  type NoticeKind,
  type Order,
  type Present,
  plain,
  type Room,
  type RoomEvents,
  type RoomLimits,
  type Said,
  type Who,
} from '../model'
import type { Store } from '../store'
import type { Dress, FileDesk } from './dress'
import type { Ring, Rings } from './ring'
import type { Slice } from './store-items'
import { readNumber, readWords } from './words'

export interface Saying {
  room: Room
  person: Who & { role?: Present['role'] }
  /** The client's id for this message. */
  cid: string
  text: string
  /** The id of the message it answers. */
  replyTo?: string | undefined
  /** The id of a file of the general drop or of this room; then there may be no words. */
  fileId?: string | undefined
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
  /** There are newer ones. */
  newer: boolean
}

/** Which part of a log: the newest, what lies before or after a number, or both sides of a message. */
export interface Where {
  before?: number | undefined
  after?: number | undefined
  around?: string | undefined
}

interface Options {
  store: Store
  rings: Rings
  events: Events<RoomEvents>
  clock: Clock
  limits: RoomLimits
  voice: Voice
  pace: Limiter
  dress: Dress
  files: FileDesk
  mentionsIn(room: Room, words: string): Promise<readonly Mention[]>
}

/** A message before it has a number; what it quotes as it was read. */
type FreshSaid = Omit<Said, 'kind' | 'id' | 'roomId' | 'n' | 'changed' | 'editedAt' | 'removedBy' | 'quote'> & { quote: Said | null }

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
export function createTalk({ store, rings, events, clock, limits, voice, pace, dress, files, mentionsIn }: Options) {
  /**
   * Says something. Resolves when it is durable (kept room) or remembered (ephemeral room), and everybody has been told. A `cid` this person
   * has used in this room answers with what it led to the first time. Refuses `invalid` (empty, too long, answers what is gone), `throttled`,
   * `missing`.
   */
  async function say({ room, person, cid, text, replyTo, fileId }: Saying): Promise<Said> {
    const words = readWords(text, limits, { optional: fileId !== undefined })
    const taken = pace.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: taken.retryAfter })
    const author = { id: person.id, name: person.name }
    let giveBack = () => {}
    try {
      giveBack = voice.requireTurn(room, person)
      const fresh = { author, cid, text: words, at: clock.now(), ...(await attached(room, words, { replyTo, fileId })) }
      return await (room.kept ? sayKept(room, fresh) : sayPassing(rings.of(room), fresh))
    } catch (error) {
      giveBack()
      // Whoever was heard before (and silenced since, or answered what is gone by now) and only missed the answer gets the answer.
      const first = error instanceof Refusal ? await heard(room, person.id, cid) : undefined
      if (first) return first
      throw error
    }
  }

  async function heard(room: Room, personId: string, cid: string): Promise<Said | null | undefined> {
    return room.kept ? store.items.byCid(room.id, personId, cid) : rings.peek(room.id)?.byCid(personId, cid)
  }

  /** What a message brings along, looked up before it is written: between the commit and telling everybody nothing may wait. */
  async function attached(room: Room, words: string, { replyTo, fileId }: Pick<Saying, 'replyTo' | 'fileId'>) {
    const mentions = await mentionsIn(room, words)
    if (replyTo === undefined && fileId === undefined) return { ...plain, mentions, quote: null }
    const answered = replyTo === undefined ? null : await find(room, replyTo)
    if (replyTo !== undefined && !answered) throw new Refusal('invalid', 'rooms.messageGone')
    const [file] = fileId === undefined ? [] : await files.known([fileId])
    // Of the general drop, or of this room: those of other rooms are as if they were not there.
    const isHere = file && file.state !== 'deleted' && (file.room === null || file.room === room.id)
    if (fileId !== undefined && !isHere) throw new Refusal('invalid', 'rooms.fileGone')
    return { ...plain, mentions, replyTo: answered?.id ?? null, quote: answered, fileId: file?.id ?? null, file: file ?? null }
  }

  async function find(room: Room, id: string): Promise<Said | null> {
    const n = readNumber(id)
    const item = room.kept ? await store.items.byNumber(room.id, n) : rings.of(room).byNumber(n)
    return item?.kind === 'said' && !item.removedBy ? item : null
  }

  async function sayKept(room: Room, fresh: FreshSaid): Promise<Said> {
    try {
      const { quote, file } = fresh
      const said = await store.items.say({ ...fresh, room, answered: quote })
      const item = quote || file ? { ...said, quote, file } : said
      events.emit('changed', { room, item })
      return item
    } catch (error) {
      if (error instanceof UniqueViolation) {
        const first = await store.items.byCid(room.id, fresh.author.id, fresh.cid)
        if (first) return first
      }
      if (error instanceof UnmetExpectation) {
        const quote = fresh.replyTo === null ? null : await find(room, fresh.replyTo)
        if (fresh.replyTo !== null && !quote) throw new Refusal('invalid', 'rooms.messageGone')
        if (quote && quote.editedAt !== fresh.quote?.editedAt) return await sayKept(room, { ...fresh, quote })
        throw new Refusal('missing', 'errors.missing')
      }
      throw error
    }
  }

  function sayPassing(ring: Ring, fresh: FreshSaid): Said {
    const first = ring.byCid(fresh.author.id, fresh.cid)
    if (first) return first
    const said = ring.add({ ...fresh, kind: 'said', roomId: ring.room.id, editedAt: null, removedBy: null }) as Said
    events.emit('changed', { room: ring.room, item: said })
    return said
  }

  return {
    say,

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
      if (!room.kept) {
        const remembered = rings.of(room).changedSince(since)
        return { ...now, items: remembered && (await dress(room, remembered)) }
      }
      const items = await store.items.changedSince(room.id, since, limits.catchUpChanges + 1)
      return { ...now, items: items.length > limits.catchUpChanges ? null : await dress(room, items) }
    },

    /** One page of the log. `n` is read first: what comes meanwhile is told again, never missed. `missing`: `around` something unknown. */
    async page(room: Room, where: Where = {}): Promise<LogPage> {
      const now = await position(room)
      const found = where.around === undefined ? await side(room, where) : await bothSides(room, where.around)
      return { ...now, ...found, items: await dress(room, found.items) }
    },

    async unread(room: Room, personId: string, seen: number): Promise<number> {
      if (room.kept) return store.items.unread(room.id, personId, seen, mostUnread)
      return rings.peek(room.id)?.unread(personId, seen, mostUnread) ?? 0
    },

    /** How often somebody was called since. */
    async called(room: Room, personId: string, seen: number): Promise<number> {
      if (room.kept) return store.revised.called(room.id, personId, seen, mostUnread)
      return rings.peek(room.id)?.called(personId, seen, mostUnread) ?? 0
    },

    async lastSaid(room: Room): Promise<Said | null> {
      return room.kept ? store.items.lastSaid(room.id) : null
    },
  }

  function slice(room: Room, where: Omit<Slice, 'limit'>, limit: number): Promise<Item[]> | Item[] {
    return room.kept ? store.items.page(room.id, { ...where, limit }) : rings.of(room).page({ ...where, limit })
  }

  async function side(room: Room, { before, after }: Where) {
    const limit = limits.pageMessages
    const items = await slice(room, { before, after }, limit + 1)
    if (after === undefined) {
      const newer = before !== undefined && (await slice(room, { after: before - 1 }, 1)).length > 0
      return { items: items.slice(-limit), more: items.length > limit, newer }
    }
    return { items: items.slice(0, limit), more: (await slice(room, { before: after + 1 }, 1)).length > 0, newer: items.length > limit }
  }

  async function bothSides(room: Room, id: string) {
    const n = readNumber(id)
    const half = Math.ceil(limits.pageMessages / 2)
    const [older, newer] = await Promise.all([slice(room, { before: n + 1 }, half + 1), slice(room, { after: n }, half + 1)])
    if (older.at(-1)?.n !== n) throw new Refusal('missing', 'errors.missing')
    return { items: [...older.slice(-half), ...newer.slice(0, half)], more: older.length > half, newer: newer.length > half }
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
