// SPDX-License-Identifier: GPL-3.0-or-later
import { CompiledQuery, type Kysely, type Selectable, sql } from 'kysely'
import type { Database } from '../../core'
import type { Said } from '../model'
import type { RoomItemTable, RoomsTables } from '../tables'
import { toItem } from '../talk/store-items'
import { forgetLateCids, settleCids } from '../talk/tables-items'
import { indexWords, numbersPerRoom } from '../talk/tables-messages'

interface Places {
  roomId: string
  from: number
  to: number
  limit: number
}

/** The index of words: filled room by room up to a number, asked room by room. */
export function searchStore(database: Database<RoomsTables>) {
  const read: Kysely<RoomsTables> = database.read

  return {
    /** Kept rooms with messages that are not in the index yet. */
    async behind(): Promise<string[]> {
      const rows = await read
        .selectFrom('rooms_now as rooms')
        .leftJoin('room_search', 'room_search.room_id', 'rooms.id')
        .select('rooms.id')
        .where('rooms.kept', '=', 1)
        .where((row) => row('rooms.number', '>', row.fn.coalesce('room_search.done', sql<number>`0`)))
        .execute()
      return rows.map(({ id }) => id)
    },

    /** How far a room's messages stand in the index, and its last number; null: no such room. */
    async standing(roomId: string): Promise<{ done: number; n: number; number: number | null } | null> {
      const row = await read
        .selectFrom('rooms_now as rooms')
        .leftJoin('room_search', 'room_search.room_id', 'rooms.id')
        .select(['rooms.number as n', 'room_search.done', 'room_search.number'])
        .where('rooms.id', '=', roomId)
        .executeTakeFirst()
      return row ? { n: row.n, done: row.done ?? 0, number: row.number } : null
    },

    /** Puts what was said up to this number into the index. Two at once do it once. */
    async fill(roomId: string, upTo: number): Promise<void> {
      await database.writeAll([
        read
          .insertInto('room_search')
          .values({ room_id: roomId, done: 0 })
          .onConflict((conflict) => conflict.column('room_id').doNothing()),
        CompiledQuery.raw(indexWords, [upTo, roomId]),
        CompiledQuery.raw(settleCids, [upTo, roomId]),
        CompiledQuery.raw(forgetLateCids, [upTo, roomId]),
        read
          .updateTable('room_search')
          .set((row) => ({ done: row.fn('max', ['done', row.val(upTo)]) }))
          .where('room_id', '=', roomId),
      ])
    },

    /** The newest messages of a room between two numbers, whatever they say. */
    async between({ roomId, from, to, limit }: Places): Promise<Said[]> {
      const rows = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('n', '>=', from)
        .where('n', '<=', to)
        .where('kind', '=', 'said')
        .where('removed_by', 'is', null)
        .orderBy('n', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => toItem(row) as Said)
    },

    /** The same of those that match. */
    async look({ roomId, match, from, to, limit }: Places & { match: string }): Promise<Said[]> {
      const standing = await this.standing(roomId)
      if (standing?.number == null) return []
      const base = standing.number * numbersPerRoom
      const { rows } = await sql<{ n: number }>`SELECT rowid - ${base} AS n FROM room_words
        WHERE room_words MATCH ${match} AND rowid BETWEEN ${base + from} AND ${base + Math.min(to, numbersPerRoom - 1)}
        ORDER BY rowid DESC LIMIT ${limit}`.execute(read)
      if (rows.length === 0) return []
      const found = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where(
          'n',
          'in',
          rows.map(({ n }) => n),
        )
        .orderBy('n', 'desc')
        .execute()
      return found
        .map((row: Selectable<RoomItemTable>) => toItem(row))
        .filter((item): item is Said => item.kind === 'said' && !item.removedBy)
    },

    /** The first number of a room whose message was said at `at` or later. The order is that of numbers; a clock that jumped is no reason to look at all of them. */
    async firstSince(roomId: string, at: number): Promise<number> {
      const { low, high } = await this.bounds(roomId)
      let from = low
      let to = high + 1
      while (from < to) {
        const middle = Math.floor((from + to) / 2)
        const row = await read
          .selectFrom('room_items')
          .select(['n', 'at'])
          .where('room_id', '=', roomId)
          .where('n', '>=', middle)
          .orderBy('n')
          .limit(1)
          .executeTakeFirst()
        if (!row || row.at >= at) to = middle
        else from = row.n + 1
      }
      return from
    },

    async bounds(roomId: string): Promise<{ low: number; high: number }> {
      const items = read.selectFrom('room_items').select('n').where('room_id', '=', roomId).limit(1)
      const [first, last] = await Promise.all([items.orderBy('n').executeTakeFirst(), items.orderBy('n', 'desc').executeTakeFirst()])
      return { low: first?.n ?? 1, high: last?.n ?? 0 }
    },
  }
}
