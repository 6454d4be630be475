// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'

/** Who asks. Everybody signed in sees the general drop; what was brought to a room, its members and administrators. */
export interface Asker {
  id: string
  name: string
  role: 'administrator' | 'cliente' | 'usuario'
}

/** A room, as far as files know of it. */
export interface FileRoom {
  id: string
  code: string
  name: string
}

/** Rooms are built upon files, so the house hands in what files have to know of them. */
export interface RoomDesk {
  byCode(code: string): Promise<FileRoom | null>
  /** Those that are still there. */
  byIds(ids: readonly string[]): Promise<readonly FileRoom[]>
  /** Ids of the rooms this person belongs to. */
  idsOf(person: string): Promise<readonly string[]>
  isMember(room: string, person: string): Promise<boolean>
  /** Ids of the files that messages of this room carry. */
  carriedIn(room: string): Promise<readonly string[]>
}

/** A house without rooms. */
export const noRooms: RoomDesk = {
  byCode: async () => null,
  byIds: async () => [],
  idsOf: async () => [],
  isMember: async () => false,
  carriedIn: async () => [],
}

/** Ids of the rooms whose files somebody sees beside the general drop; null: all of them. */
export type Horizon = readonly string[] | null

interface Options {
  /** Asked for each time: rooms come after files. */
  rooms: () => RoomDesk
  isAdministrator(person: string): Promise<boolean>
}

export type Sight = ReturnType<typeof createSight>

/** No room has it: asked for a file that is not there, so that this takes as long as for one in a room of others. */
const nowhere = 'none'

/** Who sees which file. It is asked every time: whoever leaves a room, or is sent away, sees its files no more. */
export function createSight({ rooms, isAdministrator }: Options) {
  async function isIn(asker: Asker, room: string): Promise<boolean> {
    return asker.role === 'administrator' || rooms().isMember(room, asker.id)
  }

  return {
    /** `missing` for a file that is not there (any more) and for one that is not theirs to see: the same words after the same work. */
    async require<Row extends { room_id: string | null; state: string }>(asker: Asker, row: Row | undefined): Promise<Row> {
      const there = row && row.state !== 'deleted' ? row : undefined
      const room = there ? there.room_id : nowhere
      const inside = room === null || (await isIn(asker, room))
      if (!there || !inside) throw new Refusal('missing', 'errors.missing')
      return there
    },

    async horizon(asker: Asker): Promise<Horizon> {
      return asker.role === 'administrator' ? null : rooms().idsOf(asker.id)
    },

    /** The room of this code, if its files are theirs to see. */
    async room(asker: Asker, code: string): Promise<FileRoom & { member: boolean }> {
      const found = await rooms().byCode(code)
      const member = await rooms().isMember(found?.id ?? nowhere, asker.id)
      if (!found || (!member && asker.role !== 'administrator')) throw new Refusal('missing', 'errors.missing')
      return { ...found, member }
    },

    /** The room somebody brings a file to: only members do, administrators too. */
    async joined(person: string, code: string): Promise<FileRoom> {
      const found = await rooms().byCode(code)
      if (!found || !(await rooms().isMember(found.id, person))) throw new Refusal('missing', 'errors.missing')
      return found
    },

    /** Whether whoever made a direct link may still see the file: null is the general drop. */
    maySee: async (person: string, room: string | null): Promise<boolean> =>
      room === null || (await rooms().isMember(room, person)) || isAdministrator(person),

    mayBring: (person: string, room: string): Promise<boolean> => rooms().isMember(room, person),

    carriedIn: (room: string) => rooms().carriedIn(room),

    /** By their ids, for the lists that name them. */
    async named(ids: Iterable<string | null>): Promise<ReadonlyMap<string, FileRoom>> {
      const wanted = [...new Set([...ids].filter((id) => id !== null))]
      return wanted.length === 0 ? new Map() : new Map((await rooms().byIds(wanted)).map((room) => [room.id, room]))
    },
  }
}
