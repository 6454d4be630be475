// SPDX-License-Identifier: GPL-3.0-or-later
import type { Kysely, Selectable } from 'kysely'
import { type Compilable, type Database, expecting, first, type Guarded, prepared } from '../core'
import type { Membership, Notice, Order, Room, RoomLimits, StoredNotice, Who } from './model'
import { orderStore } from './order/store-order'
import { searchStore } from './search/store-search'
import type { RoomsTables } from './tables'
import { itemStore } from './talk/store-items'
import { reviseStore } from './talk/store-revise'
import type { RoomNowView } from './talk/tables-items'

/** A room as stored, with what never leaves the service. */
export interface StoredRoom {
  room: Room
  passwordHash: string | null
  /** Which life of the room the numbers belong to. */
  epoch: string
  /** The number of the last stored change. */
  n: number
}

export interface NewRoom {
  room: Room
  passwordHash: string | null
  epoch: string
  owner: Who
}

const removedAtOnce = 500

export type Store = ReturnType<typeof createStore>

/** SQL and nothing else: rooms and who belongs to them. What was said is in `items`. */
export function createStore(database: Database<RoomsTables>, limits: Pick<RoomLimits, 'keptDaysMaximum'>) {
  const read: Kysely<RoomsTables> = database.read
  const items = itemStore(database)

  const mine = prepared(['code', 'person'], ({ code, person }) =>
    read
      .selectFrom('rooms_now as rooms')
      .innerJoin('room_members', 'room_members.room_id', 'rooms.id')
      .selectAll('rooms')
      .select('room_members.seen')
      .where('rooms.code', '=', code)
      .where('room_members.person_id', '=', person),
  )

  /** A maximum that was lowered holds for rooms that were made before, too. */
  function toStored(row: Selectable<RoomNowView>): StoredRoom {
    const room: Room = {
      id: row.id,
      code: row.code,
      name: row.name,
      kind: row.kind,
      kept: row.kept === 1,
      days: Math.min(row.days, limits.keptDaysMaximum),
      ownerId: row.owner_id,
      hasPassword: row.password_hash !== null,
      createdAt: row.created_at,
      locked: row.locked === 1,
      slow: row.slow,
      endsAt: row.ends_at,
    }
    return { room, passwordHash: row.password_hash, epoch: row.epoch, n: row.number }
  }

  /** Writes a change together with the notice of it, which only a kept room remembers. */
  async function changeWithNotice(
    room: Room,
    { kind, person, at, order }: { kind: StoredNotice; person: Who; at: number; order?: Order },
    change: readonly (Guarded | Compilable)[],
  ): Promise<Notice | null> {
    if (!room.kept) {
      await database.writeAll(change)
      return null
    }
    const [[row]] = await database.writeAll([items.notice(room.id, kind, person, at, order), ...change])
    if (!row) return null
    const { n } = row as { n: number }
    const author = { id: person.id, name: person.name }
    return { id: String(n), roomId: room.id, n, changed: n, at, kind, author, others: 0, ...(order ? { order } : {}) } satisfies Notice
  }

  return {
    items,
    revised: reviseStore(database),
    search: searchStore(database),
    order: orderStore(database),
    changeWithNotice,

    async byCode(code: string): Promise<StoredRoom | null> {
      const row = await read.selectFrom('rooms_now').selectAll().where('code', '=', code).executeTakeFirst()
      return row ? toStored(row) : null
    },

    async byId(id: string): Promise<StoredRoom | null> {
      const row = await read.selectFrom('rooms_now').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toStored(row) : null
    },

    /** The room of this code, if this person belongs to it: the query is the permission. */
    async mine(personId: string, code: string): Promise<(StoredRoom & { seen: number }) | null> {
      const row = await first(read, mine({ code, person: personId }))
      return row ? { ...toStored(row), seen: row.seen } : null
    },

    async allOf(personId: string): Promise<(StoredRoom & { seen: number })[]> {
      const rows = await read
        .selectFrom('room_members')
        .innerJoin('rooms_now as rooms', 'rooms.id', 'room_members.room_id')
        .selectAll('rooms')
        .select('room_members.seen')
        .where('room_members.person_id', '=', personId)
        .execute()
      return rows.map((row) => ({ ...toStored(row), seen: row.seen }))
    },

    /** Group rooms this person does not belong to yet, and is not banned from. */
    async openTo(personId: string): Promise<StoredRoom[]> {
      const rows = await read
        .selectFrom('rooms_now as rooms')
        .selectAll()
        .where('kind', '=', 'grupal')
        .where('id', 'not in', (mine) => mine.selectFrom('room_members').select('room_id').where('person_id', '=', personId))
        .where('id', 'not in', (bans) => bans.selectFrom('room_bans').select('room_id').where('person_id', '=', personId))
        .orderBy('name')
        .limit(200)
        .execute()
      return rows.map(toStored)
    },

    async all(): Promise<(StoredRoom & { members: number })[]> {
      const rows = await read
        .selectFrom('rooms_now as rooms')
        .selectAll()
        .select((row) =>
          row
            .selectFrom('room_members')
            .whereRef('room_members.room_id', '=', 'rooms.id')
            .select((count) => count.fn.countAll<number>().as('members'))
            .as('members'),
        )
        .orderBy('name')
        .execute()
      return rows.map((row) => ({ ...toStored(row), members: row.members ?? 0 }))
    },

    async members(roomId: string): Promise<(Membership & { name: string })[]> {
      const rows = await read.selectFrom('room_members').selectAll().where('room_id', '=', roomId).orderBy('name').execute()
      return rows.map((row) => ({ personId: row.person_id, roomId: row.room_id, since: row.since, name: row.name }))
    },

    async isMember(roomId: string, personId: string): Promise<boolean> {
      const found = await read
        .selectFrom('room_members')
        .select('room_id')
        .where('room_id', '=', roomId)
        .where('person_id', '=', personId)
        .executeTakeFirst()
      return found !== undefined
    },

    async roomIdsOf(personId: string): Promise<string[]> {
      const rows = await read.selectFrom('room_members').select('room_id').where('person_id', '=', personId).execute()
      return rows.map(({ room_id }) => room_id)
    },

    async ownedBy(personId: string): Promise<number> {
      const row = await read
        .selectFrom('rooms_now as rooms')
        .select((count) => count.fn.countAll<number>().as('rooms'))
        .where('owner_id', '=', personId)
        .executeTakeFirstOrThrow()
      return row.rooms
    },

    async groupNameTaken(key: string): Promise<boolean> {
      const row = await read.selectFrom('rooms').select('id').where('kind', '=', 'grupal').where('name_key', '=', key).executeTakeFirst()
      return row !== undefined
    },

    /** A room and its owner's membership, as statements to stand in a transaction with others. */
    creation({ room, passwordHash, epoch, owner }: NewRoom): Compilable[] {
      return [
        read.insertInto('rooms').values({
          id: room.id,
          code: room.code,
          name: room.name,
          name_key: nameKey(room.name),
          kind: room.kind,
          kept: room.kept ? 1 : 0,
          days: room.days,
          password_hash: passwordHash,
          owner_id: room.ownerId,
          epoch,
          n: 0,
          created_at: room.createdAt,
          locked: 0,
          slow: 0,
          ends_at: null,
          ends_on_line: null,
        }),
        read.insertInto('room_members').values({ room_id: room.id, person_id: owner.id, name: owner.name, since: room.createdAt, seen: 0 }),
      ]
    },

    async create(given: NewRoom, also: readonly (Guarded | Compilable)[]): Promise<void> {
      await database.writeAll([...this.creation(given), ...also])
    },

    /**
     * Answers the notice a kept room remembers. Refuses with `UnmetExpectation` when the room is full, locked or gone, or the person is
     * banned from it, with `UniqueViolation` when the person is already in. `also` belongs to the same transaction.
     */
    async addMember(
      room: Room,
      person: Who,
      { at, limit, also }: { at: number; limit: number; also: readonly (Guarded | Compilable)[] },
    ): Promise<Notice | null> {
      const seat = read
        .insertInto('room_members')
        .columns(['room_id', 'person_id', 'name', 'since', 'seen'])
        .expression(
          read
            .selectFrom('rooms_now as rooms')
            .select((row) => [
              'rooms.id',
              row.val(person.id).as('p'),
              row.val(person.name).as('name'),
              row.val(at).as('since'),
              'rooms.number',
            ])
            .where('rooms.id', '=', room.id)
            .where('rooms.locked', '=', 0)
            .where((row) =>
              row.not(
                row.exists(row.selectFrom('room_bans').select('room_id').where('room_id', '=', room.id).where('person_id', '=', person.id)),
              ),
            )
            .where((row) =>
              row(
                row
                  .selectFrom('room_members as m')
                  .select((count) => count.fn.countAll<number>().as('members'))
                  .where('m.room_id', '=', room.id),
                '<',
                limit,
              ),
            ),
        )
      return changeWithNotice(room, { kind: 'added', person, at }, [expecting(seat), ...also])
    },

    /** Answers the notice a kept room remembers. Refuses with `UnmetExpectation` when the person is no member. */
    async removeMember(
      room: Room,
      person: Who,
      { at, order, also }: { at: number; order?: Order; also: readonly (Guarded | Compilable)[] },
    ): Promise<Notice | null> {
      const seat = read.deleteFrom('room_members').where('room_id', '=', room.id).where('person_id', '=', person.id)
      const notice = { person, at, ...(order ? { kind: 'removed' as const, order } : { kind: 'gone' as const }) }
      return changeWithNotice(room, notice, [expecting(seat), ...also])
    },

    /** The room with its members and everything said in it. */
    async remove(roomId: string, audit: Compilable): Promise<void> {
      // A long history goes in pieces: the writer answers everybody else in between.
      while ((await items.expire(roomId, Number.MAX_SAFE_INTEGER, removedAtOnce)) === removedAtOnce);
      await database.writeAll([expecting(read.deleteFrom('rooms').where('id', '=', roomId)), audit])
    },

    /** An account is gone: so are its memberships; its rooms stay, without owner. */
    async forget(personId: string): Promise<void> {
      await database.writeAll([
        read.deleteFrom('room_members').where('person_id', '=', personId),
        read.deleteFrom('room_mutes').where('person_id', '=', personId),
        read.deleteFrom('room_bans').where('person_id', '=', personId),
        read.updateTable('rooms').set({ owner_id: null }).where('owner_id', '=', personId),
      ])
    },

    async markSeen(marks: readonly { roomId: string; personId: string; n: number }[]): Promise<void> {
      await database.writeAll(
        marks.map(({ roomId, personId, n }) =>
          read
            .updateTable('room_members')
            .set((row) => ({ seen: row.fn('min', [row.val(n), row.selectFrom('rooms_now').select('number').where('id', '=', roomId)]) }))
            .where('room_id', '=', roomId)
            .where('person_id', '=', personId)
            .where('seen', '<', n),
        ),
      )
    },
  }
}

/** Two names are the same when they look the same. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
