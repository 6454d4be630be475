// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, type Log, Refusal } from '../../core'
import type { SideRoom } from '../../views'
import type { Presence } from '../live/presence'
import type { Present, Room, Said } from '../model'
import type { Store } from '../store'
import type { Talk } from '../talk/talk'

/** Who people are now; the accounts know. Unknown ids are accounts that are gone. */
export interface Directory {
  peopleOf(ids: readonly string[]): Promise<readonly (Present & { username?: string })[]>
  /** Whether this account exists and is not paused. */
  isActive(id: string): Promise<boolean>
}

/** Somebody who belongs to a room; `username` is empty when the account is gone. */
export type Member = Present & { username: string; here: boolean }

/** A room as its member sees it in the lobby. */
export interface MyRoom {
  room: Room
  unread: number
  /** How many of the unread ones call this person. */
  mentions: number
  last: Said | null
  here: Present[]
}

export interface OpenRoom {
  room: Room
  here: number
}

export interface LobbyData {
  mine: MyRoom[]
  open: OpenRoom[]
  /** Different people who are here: connected to any room, and whoever looks. */
  online: number
}

/** A room as administrators see it: never what is said in it. */
export interface RoomSummary {
  room: Room
  members: number
  here: number
}

interface Options {
  store: Store
  talk: Talk
  presence: Presence
  directory: Directory
  clock: Clock
  log: Log
}

/** How often what people have seen goes to the disk, in milliseconds: a mark per message would wear out the card. */
const flushEvery = 60_000

export type Lobby = ReturnType<typeof createLobby>

/** Rooms as lists: mine, open ones, all; who belongs to one; what was seen. */
export function createLobby({ store, talk, presence, directory, clock, log }: Options) {
  /** The last number seen, by person and room, as far as the disk does not know it. */
  const seen = new Map<string, { roomId: string; personId: string; n: number; kept: boolean }>()

  clock.every(flushEvery, () => void flush())

  /** What cannot be written stays here and is written with the next; at the end it is no reason to fail. */
  async function flush(): Promise<void> {
    // Those of ephemeral rooms stay here as long as the ring does: there is no disk that knows them.
    const marks = [...seen].filter(([, { kept }]) => kept)
    if (marks.length === 0) return
    try {
      await store.markSeen(marks.map(([, mark]) => mark))
      for (const [key, mark] of marks) if (seen.get(key) === mark) seen.delete(key)
    } catch (error) {
      log.error({ err: error }, 'rooms.seen.failed')
    }
  }

  function seenBy(personId: string, room: { id: string; kept: boolean }, stored: number): number {
    return Math.max(room.kept ? stored : 0, seen.get(`${room.id} ${personId}`)?.n ?? 0)
  }

  async function news(room: Room, personId: string, stored: number): Promise<{ unread: number; mentions: number }> {
    const from = seenBy(personId, room, stored)
    const unread = await talk.unread(room, personId, from)
    return { unread, mentions: unread === 0 ? 0 : await talk.called(room, personId, from) }
  }

  async function mine(personId: string): Promise<MyRoom[]> {
    const found = await store.allOf(personId)
    const rooms = await Promise.all(
      found.map(async ({ room, seen: stored }) => ({
        room,
        ...(await news(room, personId, stored)),
        last: await talk.lastSaid(room),
        here: presence.who(room.id),
      })),
    )
    return rooms.sort(
      (a, b) => (b.last?.at ?? b.room.createdAt) - (a.last?.at ?? a.room.createdAt) || a.room.name.localeCompare(b.room.name),
    )
  }

  return {
    flush,
    mine,
    seenBy,

    async of(person: { id: string }): Promise<LobbyData> {
      const [rooms, open] = await Promise.all([mine(person.id), store.openTo(person.id)])
      return {
        mine: rooms,
        open: open.map(({ room }) => ({ room, here: presence.count(room.id) })),
        online: presence.people + (presence.isConnected(person.id) ? 0 : 1),
      }
    },

    /** For the side bar of every page. */
    async sideRooms(personId: string): Promise<SideRoom[]> {
      const found = await store.allOf(personId)
      const rooms = await Promise.all(
        found.map(async ({ room, seen: stored }) => ({
          id: room.id,
          code: room.code,
          name: room.name,
          kept: room.kept,
          ...(await news(room, personId, stored)),
        })),
      )
      return rooms.sort((a, b) => a.name.localeCompare(b.name))
    },

    /** Everybody who belongs to the room, in the order of names. */
    async members(room: Room): Promise<Member[]> {
      const members = await store.members(room.id)
      const known = new Map((await directory.peopleOf(members.map(({ personId }) => personId))).map((person) => [person.id, person]))
      const here = new Set(presence.who(room.id).map(({ id }) => id))
      return members
        .map(({ personId, name }) => {
          const person = known.get(personId) ?? { id: personId, name, role: 'usuario' as const, username: '' }
          return { id: person.id, name: person.name, role: person.role, username: person.username ?? '', here: here.has(personId) }
        })
        .sort((a, b) => a.name.localeCompare(b.name))
    },

    /** Those whose user name or one of whose names begins like this; everybody for nothing. Who is here comes first. */
    async membersLike(room: Room, typed: string): Promise<Member[]> {
      const like = plainly(typed)
      const all = await this.members(room)
      const fits = ({ name, username }: Member) => [username, name, ...name.split(' ')].some((one) => plainly(one).startsWith(like))
      return all.filter(fits).sort((a, b) => Number(b.here) - Number(a.here))
    },

    /** Notes that somebody has seen everything up to `n`. In memory; on the disk within a minute. */
    sawUpTo(room: Room, personId: string, n: number): void {
      const key = `${room.id} ${personId}`
      const known = seen.get(key)
      if (known && known.n >= n) return
      seen.set(key, { roomId: room.id, personId, n, kept: room.kept })
    },

    /** The room is wiped or closed: marks of that life mean nothing in the next. */
    forgetSeen(roomId: string): void {
      for (const [key, mark] of seen) if (mark.roomId === roomId) seen.delete(key)
    },

    /** For administration. */
    async all(): Promise<RoomSummary[]> {
      return (await store.all()).map(({ room, members }) => ({ room, members, here: presence.count(room.id) }))
    },

    async byId(id: string): Promise<Room> {
      const found = await store.byId(id)
      if (!found) throw new Refusal('missing', 'errors.missing')
      return found.room
    },
  }
}

/** Without accents and capitals. */
function plainly(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
