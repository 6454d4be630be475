// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Events, type Limiter, Refusal, UniqueViolation, UnmetExpectation } from '../../core'
import type { Item, Mention, Present, Room, RoomEvents, RoomLimits, Said, Who } from '../model'
import type { Store } from '../store'
import type { Dress } from './dress'
import { readEmoji } from './emoji'
import type { Ring, Rings } from './ring'
import type { Revision } from './store-revise'
import type { Voice } from './talk'
import { readNumber, readWords } from './words'

interface Options {
  store: Store
  rings: Rings
  events: Events<RoomEvents>
  clock: Clock
  limits: RoomLimits
  audit: Audit
  voice: Voice
  pace: Limiter
  dress: Dress
  mentionsIn(room: Room, words: string): Promise<readonly Mention[]>
}

/** Different emojis on one message. */
const mostKinds = 20
/** How often a reaction is tried anew when somebody was quicker. */
const tries = 3

export type Revise = ReturnType<typeof createRevise>

/** What becomes of a message after it was said: other words, a tombstone, reactions. Every change takes the next number of the room. */
export function createRevise({ store, rings, events, clock, limits, audit, voice, pace, dress, mentionsIn }: Options) {
  /** Changes the words of one's own message; `missing` for anybody else's, and for those already removed. */
  async function edit(room: Room, person: Who, id: string, text: string): Promise<Item> {
    voice.requireVoice(room, person)
    const n = readNumber(id)
    const old = await find(room, n)
    const words = readWords(text, limits, { optional: old?.fileId !== null })
    spend(person)
    if (old?.author.id !== person.id) throw missing()
    const mentions = await mentionsIn(room, words)
    return change(room, person, n, person.id, { text: words, editedAt: clock.now(), mentions })
  }

  /**
   * Removes a message: one's own, or anybody's for the owner of the room and administrators who belong to it. A tombstone stays; the text is
   * overwritten, and answers that quoted it are told anew. `missing` for everybody else.
   */
  async function remove(room: Room, person: Who & { role?: Present['role'] }, id: string, from: string | null = null): Promise<Item> {
    const n = readNumber(id)
    spend(person)
    const old = await find(room, n)
    if (!old) throw missing()
    if (old.author.id === person.id) return change(room, person, n, person.id, { removedBy: 'author', removedName: null })
    const removedBy = await authorityOf(room, person)
    if (!removedBy) throw missing()
    const item = await change(room, person, n, null, { removedBy, removedName: person.name })
    const detail = { n, author: old.author.name }
    await audit.record({ who: { id: person.id, name: person.name }, what: 'rooms.message-removed', target: room, from, detail })
    return item
  }

  /** The room's owner may have changed since this person came in: asked where it is written. */
  async function authorityOf(room: Room, person: Who & { role?: Present['role'] }): Promise<'owner' | 'administrator' | null> {
    if (person.role === 'administrator') return 'administrator'
    return (await store.byId(room.id))?.room.ownerId === person.id ? 'owner' : null
  }

  async function change(room: Room, person: Who, n: number, authorId: string | null, revision: Revision): Promise<Item> {
    const changed = room.kept
      ? await revisedKept(() => store.revised.revise(room, n, person.id, authorId, revision))
      : revisePassing(rings.of(room), n, authorId, revision)
    const [item, ...answers] = await asTheyAre(room, changed)
    for (const each of [item, ...answers]) if (each) events.emit('changed', { room, item: each })
    return item as Item
  }

  function revisePassing(ring: Ring, n: number, authorId: string | null, revision: Revision): Said[] {
    const old = ring.byNumber(n)
    if (old?.kind !== 'said' || old.removedBy || (authorId !== null && old.author.id !== authorId)) throw missing()
    const bare = { text: '', editedAt: null, mentions: [], reactions: [], fileId: null, file: null, replyTo: null, quote: null }
    const said = ring.replace(old, 'text' in revision ? revision : { ...bare, ...revision })
    return [said, ...ring.answering(said.id).map((answer) => ring.replace(answer, {}))]
  }

  /** Puts an emoji on a message, or takes one's own away again. `missing` on what is removed, `invalid`, `conflict` beyond 20 kinds. */
  async function react(room: Room, person: Who, id: string, typed: string): Promise<Item> {
    voice.requireVoice(room, person)
    const n = readNumber(id)
    const emoji = readEmoji(typed)
    if (!emoji) throw new Refusal('invalid', 'rooms.notAnEmoji')
    spend(person)
    const who = { id: person.id, name: person.name }
    const said = room.kept ? await reactKept(room, n, who, emoji) : reactPassing(rings.of(room), n, who, emoji)
    const [item] = await asTheyAre(room, [said])
    events.emit('changed', { room, item: item as Said })
    return item as Said
  }

  /** Dressed; what was removed meanwhile (in the same commit, perhaps) is told without its words, under whatever number. */
  async function asTheyAre(room: Room, said: readonly Said[]): Promise<Item[]> {
    const dressed = await dress(room, said)
    const now = await Promise.all(said.map(({ n }) => (room.kept ? store.items.byNumber(room.id, n) : rings.peek(room.id)?.byNumber(n))))
    return dressed.map((item, i) => {
      const other = now[i]
      return other?.kind === 'said' && other.removedBy ? { ...other, changed: item.changed } : item
    })
  }

  async function reactKept(room: Room, n: number, person: Who, emoji: string): Promise<Said> {
    for (let attempt = 1; ; attempt++) {
      if (!(await find(room, n))) throw missing()
      const there = (await store.revised.reactions(room.id, [n])).get(String(n)) ?? []
      const on = !isOn(there, emoji, person.id)
      if (on) requireKinds(there, emoji)
      try {
        return await store.revised.react(room, n, person, emoji, { on, kinds: mostKinds })
      } catch (error) {
        if (!(error instanceof UnmetExpectation || error instanceof UniqueViolation)) throw error
        // Taken away with its message, by leaving the room, or by the same person on another page.
        if (attempt === tries) throw missing()
      }
    }
  }

  function reactPassing(ring: Ring, n: number, person: Who, emoji: string): Said {
    const old = ring.byNumber(n)
    if (old?.kind !== 'said' || old.removedBy) throw missing()
    const { reactions } = old
    if (isOn(reactions, emoji, person.id)) {
      const others = reactions.map((one) =>
        one.emoji === emoji ? { emoji, people: one.people.filter(({ id }) => id !== person.id) } : one,
      )
      return ring.replace(old, { reactions: others.filter(({ people }) => people.length > 0) })
    }
    requireKinds(reactions, emoji)
    const known = reactions.some((one) => one.emoji === emoji)
    const joined = reactions.map((one) => (one.emoji === emoji ? { emoji, people: [...one.people, person] } : one))
    return ring.replace(old, { reactions: known ? joined : [...reactions, { emoji, people: [person] }] })
  }

  /** The message of this number, if it is one and still there. */
  async function find(room: Room, n: number): Promise<Said | null> {
    const item = room.kept ? await store.items.byNumber(room.id, n) : rings.peek(room.id)?.byNumber(n)
    return item?.kind === 'said' && item.removedBy === null ? item : null
  }

  function spend(person: Who): void {
    const taken = pace.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: taken.retryAfter })
  }

  return {
    edit,
    remove,
    react,
    find,

    /** A file changed: every message that carries it is told anew. */
    async fileChanged(fileId: string): Promise<void> {
      for (const { roomId, n } of await store.revised.carrying(fileId)) {
        const said = await store.revised.touch(roomId, n)
        const stored = said && (await store.byId(roomId))
        if (stored) await tell(stored.room, said)
      }
      for (const ring of rings.all()) {
        for (const { n } of ring.carrying(fileId)) {
          // As it is by now: it may have been changed, removed or forgotten while those before it were told.
          const said = ring.carrying(fileId).find((one) => one.n === n)
          if (said) await tell(ring.room, ring.replace(said, {}))
        }
      }
    },
  }

  async function tell(room: Room, said: Said): Promise<void> {
    const [item] = await asTheyAre(room, [said])
    events.emit('changed', { room, item: item as Said })
  }
}

function isOn(reactions: Said['reactions'], emoji: string, personId: string): boolean {
  return reactions.some((one) => one.emoji === emoji && one.people.some(({ id }) => id === personId))
}

function requireKinds(reactions: Said['reactions'], emoji: string): void {
  if (reactions.length >= mostKinds && !reactions.some((one) => one.emoji === emoji)) {
    throw new Refusal('conflict', 'rooms.tooManyReactions', { values: { n: mostKinds } })
  }
}

async function revisedKept(write: () => Promise<Said[]>): Promise<Said[]> {
  try {
    return await write()
  } catch (error) {
    throw error instanceof UnmetExpectation ? missing() : error
  }
}

function missing(): Refusal {
  return new Refusal('missing', 'rooms.messageGone')
}
