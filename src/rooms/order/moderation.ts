// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Events, type Line, Refusal, UnmetExpectation } from '../../core'
import { type Locale, translator } from '../../i18n'
import type { Ban, Mute, Notice, Order, OrderKind, Present, Room, RoomEvents, Who } from '../model'
import type { Store } from '../store'
import { mayOrder, mayOrderAbout, readReason } from './order'

/** How long people are silenced: what the form offers, in minutes. */
export const muteMinutes = [10, 60] as const
const minute = 60_000
/** How often ends are looked for besides their own timers: the line may have learned how long the box was off. */
const lookEvery = 15_000

interface Options {
  store: Store
  events: Events<RoomEvents>
  clock: Clock
  line: Line
  audit: Audit
  /** Tells the log of an ephemeral room, which remembers in memory alone. */
  note(room: Room, kind: OrderKind, author: Who, order: Order): void
  /** Tells the open pages of somebody, and of those who keep order, that writing is over for a while, or possible again (null). */
  told(roomId: string, personId: string, mute: Mute | null): void
}

export type Moderation = Awaited<ReturnType<typeof createModeration>>

/** Sending away, silencing, shutting out. By account, so it works for many people behind one address. */
export async function createModeration({ store, events, clock, line, audit, note, told }: Options) {
  const mutes = new Map<string, Mute>()
  /** When somebody last said something in a slow room, on the line that never jumps. */
  const spoke = new Map<string, number>()
  for (const mute of await store.order.mutes()) if (mute.endsOnLine > line.now()) remember(mute)

  const cancel = clock.every(lookEvery, () => {
    for (const mute of mutes.values()) end(mute)
    for (const [key, at] of spoke) if (clock.monotonic() - at > longestSlow) spoke.delete(key)
  })

  function remember(mute: Mute): void {
    mutes.set(keyOf(mute.roomId, mute.personId), mute)
    clock.after(mute.endsOnLine - line.now(), () => end(mute))
  }

  function end(mute: Mute): void {
    const key = keyOf(mute.roomId, mute.personId)
    if (mutes.get(key) !== mute || line.now() < mute.endsOnLine) return
    mutes.delete(key)
    told(mute.roomId, mute.personId, null)
  }

  function muteOf(roomId: string, personId: string): Mute | null {
    const mute = mutes.get(keyOf(roomId, personId))
    if (!mute) return null
    if (line.now() < mute.endsOnLine) return mute
    end(mute)
    return null
  }

  /** The member somebody wants to act upon, and why; refuses `forbidden` and `missing`. */
  function check(person: Present, room: Room, other: Present, typed: string | undefined, required: boolean): string {
    if (!mayOrderAbout(person, room, other)) throw new Refusal('forbidden', mayOrder(person, room) ? 'rooms.notThem' : 'rooms.onlyOwner')
    return readReason(typed, { required })
  }

  const entry = (who: Present, what: string, room: Room, from: string, detail: Record<string, string | number>) =>
    audit.statement({ who, what, target: room, from, detail })

  /** Ends the membership; open pages hear of it with the reason. */
  async function sendAway(person: Present, room: Room, other: Present, typed: string, from: string, ban: boolean): Promise<void> {
    const reason = check(person, room, other, typed, true)
    const at = clock.now()
    const also = [entry(person, ban ? 'rooms.banned' : 'rooms.removed', room, from, { person: other.id, name: other.name, reason })]
    if (ban) also.push(store.order.ban(room.id, { person: other, reason, by: person.name, at }))
    const order = { by: person.name, reason }
    try {
      const notice = await store.removeMember(room, other, { at, order, also })
      events.emit('removed', { room, personId: other.id, farewell: { reason, byOwner: isOwnerAlone(person) } })
      tell(room, notice, other, 'removed', order)
    } catch (error) {
      if (!(error instanceof UnmetExpectation)) throw error
      // Whoever is no member any more can still be kept from coming back.
      if (!ban) throw new Refusal('missing', 'errors.missing')
      await store.order.write(also)
    }
  }

  function tell(room: Room, notice: Notice | null, other: Who, kind: OrderKind, order: Order): void {
    if (notice) events.emit('changed', { room, item: notice })
    else note(room, kind, other, order)
  }

  return {
    muteOf,

    /** The others of this room who are silenced now, by id. */
    mutedIn: (roomId: string): Map<string, number> =>
      new Map([...mutes.values()].filter((mute) => mute.roomId === roomId).map(({ personId, until }) => [personId, until])),

    /** Refuses `forbidden` while somebody is silenced. */
    requireVoice(room: Room, person: Who): void {
      const mute = muteOf(room.id, person.id)
      // Every language here writes times alike.
      if (mute) throw new Refusal('forbidden', mutePhrase(mute), { values: { t: translator('es').format.time(mute.until) } })
    },

    /** Refuses `forbidden` (silenced) and `throttled` (a slow room, whose keepers may always speak). Answers how to take it back. */
    requireTurn(room: Room, person: Who & { role?: Present['role'] }): () => void {
      this.requireVoice(room, person)
      if (room.slow === 0 || room.ownerId === person.id || person.role === 'administrator') return () => {}
      const key = keyOf(room.id, person.id)
      const before = spoke.get(key)
      const wait = before === undefined ? 0 : before + room.slow * 1_000 - clock.monotonic()
      if (wait > 0) throw new Refusal('throttled', 'rooms.slowDown', { retryAfter: Math.ceil(wait / 1_000) })
      spoke.set(key, clock.monotonic())
      return () => void (before === undefined ? spoke.delete(key) : spoke.set(key, before))
    },

    remove: (person: Present, room: Room, other: Present, reason: string, from: string) =>
      sendAway(person, room, other, reason, from, false),
    ban: (person: Present, room: Room, other: Present, reason: string, from: string) => sendAway(person, room, other, reason, from, true),

    async unban(person: Present, room: Room, personId: string, from: string): Promise<void> {
      if (!mayOrder(person, room)) throw new Refusal('forbidden', 'rooms.onlyOwner')
      try {
        await store.order.write([store.order.unban(room.id, personId), entry(person, 'rooms.unbanned', room, from, { person: personId })])
      } catch (error) {
        if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
        throw error
      }
    },

    bans: (room: Room): Promise<Ban[]> => store.order.bans(room.id),

    async mute(person: Present, room: Room, other: Present, minutes: number, typed: string | undefined, from: string): Promise<Mute> {
      const reason = check(person, room, other, typed, false)
      const lasts = minutes * minute
      const until = clock.now() + lasts
      const mute: Mute = { roomId: room.id, personId: other.id, until, endsOnLine: line.now() + lasts, byOwner: isOwnerAlone(person) }
      const order = { by: person.name, until, ...(reason ? { reason } : {}) }
      const detail = { person: other.id, name: other.name, minutes, ...(reason ? { reason } : {}) }
      const statements = [
        store.order.mute({ ...mute, reason, by: person.name }),
        line.mark(),
        entry(person, 'rooms.muted', room, from, detail),
      ]
      const notice = await store.changeWithNotice(room, { kind: 'muted', person: other, at: clock.now(), order }, statements)
      remember(mute)
      told(room.id, other.id, mute)
      tell(room, notice, other, 'muted', order)
      return mute
    },

    async unmute(person: Present, room: Room, other: Present, from: string): Promise<void> {
      check(person, room, other, undefined, false)
      await store.order.write([
        store.order.unmute(room.id, other.id),
        entry(person, 'rooms.unmuted', room, from, { person: other.id, name: other.name }),
      ])
      if (mutes.delete(keyOf(room.id, other.id))) told(room.id, other.id, null)
    },

    forgetRoom(roomId: string): void {
      for (const [key, mute] of mutes) if (mute.roomId === roomId) mutes.delete(key)
      for (const key of spoke.keys()) if (key.startsWith(`${roomId} `)) spoke.delete(key)
    },

    stop: cancel,
  }
}

/** What the person reads in place of the composer. */
export function muteWords(locale: Locale, mute: Mute): string {
  const t = translator(locale)
  return t(mutePhrase(mute), { t: t.format.time(mute.until) })
}

const mutePhrase = ({ byOwner }: Mute) => (byOwner ? 'rooms.mutedByOwner' : 'rooms.mutedUntil')

/** What whoever is sent away reads in place of the room. */
export function farewellWords(locale: Locale, { reason, byOwner }: { reason: string; byOwner: boolean }): string {
  return translator(locale)(byOwner ? 'rooms.removedByOwner' : 'rooms.youWereRemoved', { reason })
}

/** Whoever may keep order and is no administrator owns the room. */
const isOwnerAlone = ({ role }: Present) => role !== 'administrator'

/** Milliseconds after which nobody needs to remember when somebody spoke. */
const longestSlow = 3_600_000

const keyOf = (roomId: string, personId: string) => `${roomId} ${personId}`
