// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, createEvents, type Database, type Log } from '../core'
import { createFirstRoom } from './first-room'
import { createHub } from './hub'
import { createLive, type Fault } from './live'
import { createLobby, type Directory } from './lobby'
import type { NoticeKind, Present, Room, RoomEvents, RoomLimits } from './model'
import { Presence } from './presence'
import { createRetention } from './retention'
import { createRings } from './ring'
import { createService, type Hasher } from './service'
import { createStore } from './store'
import type { RoomsTables } from './tables'
import { createTalk } from './talk'

export interface RoomsOptions {
  database: Database<RoomsTables>
  clock: Clock
  log: Log
  audit: Audit
  limits: RoomLimits
  hasher: Hasher
  directory: Directory
  /** Makes a socket handler throw; tests only. */
  fault?: Fault
}

export type Rooms = ReturnType<typeof createRooms>

/** Up to so many comings (or goings) at once are told one by one. */
const toldOneByOne = 3

/** Everything about rooms, put together: who may do what, what was said, who is there, and the sockets that hear of it. */
export function createRooms({ database, clock, log, audit, limits, hasher, directory, fault }: RoomsOptions) {
  const store = createStore(database)
  const events = createEvents<RoomEvents>(log)
  const rings = createRings({ clock, limits, inhabited: (roomId) => presence.has(roomId) })
  const presence: Presence = new Presence({ clock, grace: limits.presenceGrace, listener: { moved, inhabited, empty } })
  const talk = createTalk({ store, rings, events, clock, limits })
  const service = createService({ store, events, clock, audit, limits, hasher })
  const lobby = createLobby({ store, talk, presence, directory, clock, log })
  const hub = createHub({ presence, limits, log })
  const live = createLive({ hub, talk, lobby, presence, clock, limits, log, fault })
  const retention = createRetention({ store, clock, log })
  /** Became members of a kept room a moment ago: that they also connect is no news. */
  const newcomers = new Set<string>()

  events.on('changed', ({ room, item }) => {
    if (item.kind === 'added') newcomers.add(`${room.id} ${item.author.id}`)
    hub.tell(room, item)
  })
  events.on('removed', ({ room, personId }) => void hub.endMember(room, personId))
  events.on('closed', ({ room }) => {
    rings.wipe(room.id)
    lobby.forgetSeen(room.id)
    hub.endRoom(room.id)
  })

  function moved(room: Room, { came, went }: { came: readonly Present[]; went: readonly Present[] }): void {
    note(
      room,
      'joined',
      came.filter(({ id }) => !newcomers.delete(`${room.id} ${id}`)),
    )
    note(room, 'left', went)
    hub.tellWho(room.id)
  }

  function note(room: Room, kind: NoticeKind, people: readonly Present[]): void {
    const [first] = people
    if (!first) return
    if (people.length > toldOneByOne) talk.note(room, kind, first, people.length - 1)
    else for (const person of people) talk.note(room, kind, person, 0)
  }

  function inhabited(room: Room): void {
    rings.keep(room.id)
  }

  function empty(room: Room): void {
    if (newcomers.size > 0) for (const key of newcomers) if (key.startsWith(room.id)) newcomers.delete(key)
    rings.abandon(room.id)
  }

  return {
    ...service,
    /** Says something: one verb behind socket, form and script. */
    say: talk.say,
    edit: talk.edit,
    remove: talk.remove,
    page: talk.page,
    since: talk.since,
    lobby: lobby.of,
    sideRooms: lobby.sideRooms,
    members: lobby.members,
    seenBy: lobby.seenBy,
    sawUpTo: lobby.sawUpTo,
    /** For administration. */
    all: lobby.all,
    byId: lobby.byId,
    firstRoom: createFirstRoom({ store, clock, limits }),
    expire: retention.sweep,
    limits,
    hub,
    live,
    isConnected: (personId: string) => presence.isConnected(personId),
    get counts() {
      return { sockets: hub.sockets, people: presence.people }
    },
    /** An account is gone. */
    async forgetPerson(personId: string): Promise<void> {
      hub.endPerson(personId)
      await store.forget(personId)
    },
    /** Sends everybody away with 1012, wipes what was ephemeral, and writes down what was only in memory. */
    async stop(): Promise<void> {
      hub.endAll()
      rings.wipeAll()
      await lobby.flush()
    },
  }
}
