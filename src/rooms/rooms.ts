// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, createEvents, createLimiter, createLine, type Database, type Log } from '../core'
import { createFirstRoom } from './door/first-room'
import { createInvitations } from './door/invitations'
import { createLobby, type Directory } from './door/lobby'
import { createExpiry } from './keeping/expiry'
import { createExport } from './keeping/export'
import { createHouseDays, type HouseDays } from './keeping/house-days'
import { createRetention } from './keeping/retention'
import { createElsewhere } from './live/elsewhere'
import { createHub } from './live/hub'
import { createLive, type Fault } from './live/live'
import { Presence } from './live/presence'
import type { NoticeKind, Order, OrderKind, Present, Room, RoomEvents, RoomLimits, Who } from './model'
import { createAdministration } from './order/administration'
import { createModeration, farewellWords, muteWords } from './order/moderation'
import { createSettings } from './order/settings-service'
import { createSearch } from './search/search'
import { createSearchIndex } from './search/search-index'
import { createService, type Hasher } from './service'
import { createStore } from './store'
import type { RoomsTables } from './tables'
import { createDress, type FileDesk } from './talk/dress'
import { createFileDesk } from './talk/file-desk'
import { callsSomebody, findMentions } from './talk/mentions'
import { createRevise } from './talk/revise'
import { createRings } from './talk/ring'
import { createTalk } from './talk/talk'

export interface RoomsOptions {
  database: Database<RoomsTables>
  clock: Clock
  log: Log
  audit: Audit
  limits: RoomLimits
  hasher: Hasher
  directory: Directory
  /** Left out: messages carry no files. */
  files?: FileDesk
  /** Makes a socket handler throw; tests only. */
  fault?: Fault
}

export type Rooms = Awaited<ReturnType<typeof createRooms>>

/** Up to so many comings (or goings) at once are told one by one. */
const toldOneByOne = 3

const noFiles: FileDesk = { known: async () => [] }

/** Everything about rooms, put together: who may do what, what was said, who is there, and the sockets that hear of it. */
export async function createRooms({ database, clock, log, audit, limits: given, hasher, directory, files = noFiles, fault }: RoomsOptions) {
  const houseDays = await createHouseDays({ database, audit, limits: given })
  const limits = within(given, houseDays)
  const store = createStore(database, limits)
  const line = createLine({ clock, known: await store.order.timeMark(), store: store.order.setTimeMark, write: database.write })
  const events = createEvents<RoomEvents>(log)
  const rings = createRings({ clock, limits, inhabited: (roomId) => presence.has(roomId), wiped: (roomId) => lobby.forgetSeen(roomId) })
  const presence: Presence = new Presence({ clock, grace: limits.presenceGrace, listener: { moved, inhabited, empty } })
  const saying = {
    store,
    rings,
    events,
    clock,
    limits,
    pace: createLimiter({
      clock,
      perSecond: limits.messagesPerSecond,
      burst: limits.messagesPerSecond === 0 ? 0 : limits.messageBurst,
    }),
    dress: createDress({ store, rings, files }),
    mentionsIn: async (room: Room, words: string) => (callsSomebody(words) ? findMentions(words, await lobby.members(room)) : []),
    voice: {
      requireVoice: (room: Room, person: Who) => moderation.requireVoice(room, person),
      requireTurn: (room: Room, person: Present) => moderation.requireTurn(room, person),
    },
  }
  const talk = createTalk({ ...saying, files })
  const revise = createRevise({ ...saying, audit })
  const index = createSearchIndex({ store, clock, log })
  const search = createSearch({ store, index, clock, membersOf: (room) => lobby.members(room), perSecond: limits.searchesPerSecond })
  const invitations = createInvitations({ store, clock, line, audit })
  const service = createService({ store, events, clock, audit, limits, hasher, invitations })
  const lobby = createLobby({ store, talk, presence, directory, clock, log })
  const hub = createHub({ presence, limits, log })
  const membersOf = async (roomId: string) => (await store.members(roomId)).map(({ personId }) => personId)
  const elsewhere = createElsewhere({ hub, membersOf, clock, log })
  const moderation = await createModeration({
    store,
    events,
    clock,
    line,
    audit,
    note: noteOrder,
    told(roomId, personId, mute) {
      hub.tellPerson(roomId, personId, (locale) => ({ t: 'silencio', texto: mute && muteWords(locale, mute) }))
      hub.tellKeepers(roomId, { t: 'callada', persona: personId, hasta: mute?.until ?? null })
    },
  })
  const settings = createSettings({ store, events, clock, line, audit, limits, hasher, directory, note: noteOrder })
  const live = createLive({ hub, talk, revise, lobby, presence, clock, limits, log, moderation, fault })
  const retention = createRetention({ store, clock, log })
  const expiry = createExpiry({ store, clock, line, log, close: service.expire })
  /** Became members of a kept room a moment ago: that they also connect is no news. */
  const newcomers = new Set<string>()

  events.on('changed', ({ room, item }) => {
    if (item.kind === 'added') newcomers.add(`${room.id} ${item.author.id}`)
    if (item.kind === 'said' && room.kept && item.n === item.changed) index.add(room.id)
    hub.tell(room, item)
    elsewhere.said(room, item)
  })
  events.on('removed', ({ room, personId, farewell }) => {
    hub.endMember(room, personId, farewell && ((locale) => farewellWords(locale, farewell)))
  })
  events.on('altered', ({ room, was }) => {
    if (room.kept !== was.kept) {
      rings.wipe(room.id)
      lobby.forgetSeen(room.id)
    }
    hub.alter(room, { address: room.code !== was.code || room.kept !== was.kept })
  })
  events.on('erased', ({ room }) => hub.tellGap(room.id))
  events.on('closed', ({ room }) => {
    rings.wipe(room.id)
    lobby.forgetSeen(room.id)
    moderation.forgetRoom(room.id)
    hub.endRoom(room.id)
  })

  function noteOrder(room: Room, kind: OrderKind, author: Who, order: Order): void {
    talk.note(room, kind, author, 0, order)
  }

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

  const exported = createExport({ store, dress: saying.dress, audit, clock })

  return {
    ...service,
    /** Says something: one verb behind socket, form and script. */
    say: talk.say,
    edit: revise.edit,
    remove: revise.remove,
    react: revise.react,
    message: revise.find,
    /** Looks for words in the kept rooms of one person. */
    search,
    exported,
    /** Brings everything that was said into the index of words. */
    fillIndex: index.fill,
    /** A file that messages may carry is another now. */
    fileChanged: revise.fileChanged,
    page: talk.page,
    since: talk.since,
    lobby: lobby.of,
    sideRooms: lobby.sideRooms,
    members: lobby.members,
    /** This person has loaded a page of the room. */
    reads: (room: Room, { id, name, role, username }: Required<Present>) => presence.read(room.id, { id, name, role, username }),
    membersLike: lobby.membersLike,
    seenBy: lobby.seenBy,
    sawUpTo: lobby.sawUpTo,
    /** For administration. */
    all: lobby.all,
    byId: lobby.byId,
    /** For the files: whose room is whose. */
    fileDesk: createFileDesk({ store, rings }),
    firstRoom: createFirstRoom({ store, clock, limits }),
    /** Name, lock, pace, end, password, code, owner, history. */
    settings,
    moderation,
    administration: createAdministration({ store, rings, presence, directory, settings, service, houseDays, exported, events }),
    invitations,
    /** Erases what kept rooms have kept long enough. */
    sweep: retention.sweep,
    /** Closes the rooms whose time is over. */
    closeEnded: expiry.look,
    limits,
    /** Whether an antivirus looks at what is uploaded. */
    scanning: files.scanning === true,
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
      elsewhere.stop()
      rings.wipeAll()
      await lobby.flush()
      moderation.stop()
      expiry.stop()
      index.stop()
      await line.stop()
    },
  }
}

/** The limits as they are now: an administrator may shorten the memory of all rooms while the house runs. */
function within(limits: RoomLimits, houseDays: HouseDays): RoomLimits {
  return {
    ...limits,
    get keptDays() {
      return Math.min(limits.keptDays, houseDays.most)
    },
    get keptDaysMaximum() {
      return houseDays.most
    },
  }
}
