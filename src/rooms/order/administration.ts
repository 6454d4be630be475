// SPDX-License-Identifier: GPL-3.0-or-later
import { type Events, Refusal } from '../../core'
import type { Directory } from '../door/lobby'
import type { Exported } from '../keeping/export'
import type { HouseDays } from '../keeping/house-days'
import type { Presence } from '../live/presence'
import type { Present, Room, RoomEvents } from '../model'
import type { RoomService } from '../service'
import type { Store } from '../store'
import type { Rings } from '../talk/ring'
import type { SettingsService } from './settings-service'

/** A room as administrators see it: never what is said in it. */
export interface RoomRow {
  room: Room
  /** Who looks after it; null when that account is gone. */
  owner: string | null
  members: number
  here: number
  /** Epoch ms; its making when nothing is known. */
  lastActivity: number
}

interface Options {
  store: Store
  rings: Pick<Rings, 'peek'>
  presence: Presence
  directory: Directory
  settings: SettingsService
  service: Pick<RoomService, 'close'>
  houseDays: HouseDays
  exported: Exported
  events: Events<RoomEvents>
}

/** What administrators may do about any room without being in it. Of what is said in private rooms none of it shows anything. */
export function createAdministration({ store, rings, presence, directory, settings, service, houseDays, exported, events }: Options) {
  async function find(id: string): Promise<Room> {
    const found = await store.byId(id)
    if (!found) throw new Refusal('missing', 'errors.missing')
    return found.room
  }

  async function list(): Promise<RoomRow[]> {
    const [all, stored] = await Promise.all([store.all(), store.order.lastActivity()])
    const owners = [...new Set(all.flatMap(({ room }) => room.ownerId ?? []))]
    const names = new Map((await directory.peopleOf(owners)).map(({ id, name }) => [id, name]))
    return all.map(({ room, members }) => ({
      room,
      owner: names.get(room.ownerId ?? '') ?? null,
      members,
      here: presence.count(room.id),
      lastActivity: (room.kept ? stored.get(room.id) : rings.peek(room.id)?.page({ limit: 1 }).at(-1)?.at) ?? room.createdAt,
    }))
  }

  return {
    list,
    find,
    row: async (id: string): Promise<RoomRow | undefined> => (await list()).find(({ room }) => room.id === id),
    messages: (room: Room): Promise<number> => (room.kept ? store.order.messages(room.id) : Promise.resolve(0)),
    connections: (room: Room): number => presence.count(room.id),

    renewCode: async (by: Present, id: string, from: string) => settings.renewCode(by, await find(id), from),
    setLocked: async (by: Present, id: string, locked: boolean, from: string) => settings.setLocked(by, await find(id), locked, from),
    erase: async (by: Present, id: string, from: string) => settings.eraseMessages(by, await find(id), from),

    /** How long all rooms remember at most. */
    houseDays: houseDays as Omit<HouseDays, 'set'>,

    /** Says it; open pages hear of it. Refuses `invalid`. */
    async setHouseDays(by: Present, typed: string, from: string): Promise<void> {
      const was = new Map((await store.all()).map(({ room }) => [room.id, room]))
      await houseDays.set(by, typed, from)
      for (const { room } of await store.all()) {
        const before = was.get(room.id)
        if (before && before.days !== room.days && presence.has(room.id)) events.emit('altered', { room, was: before })
      }
    },

    /** What a group room holds. Refuses `forbidden` a private room of which one is no member: whoever reads there is seen there. */
    async exported(by: Present, id: string, from: string, format: string) {
      const room = await find(id)
      if (room.kind === 'privada' && !(await store.isMember(room.id, by.id))) throw new Refusal('forbidden', 'rooms.exportPrivate')
      return { room, ...(await exported(by, room, from, format)) }
    },

    /** Asks for the room's name, as it is written: what goes does not come back. Refuses `invalid`. */
    async remove(by: Present, id: string, typed: string, from: string): Promise<void> {
      const room = await find(id)
      if (typed.normalize('NFC').trim() !== room.name) {
        throw new Refusal('invalid', 'rooms.nameDiffers', { fields: { nombre: 'rooms.nameDiffers' } })
      }
      await service.close(by, room, from)
    },
  }
}
