// SPDX-License-Identifier: GPL-3.0-or-later
import type { Kysely, Selectable } from 'kysely'
import { type Compilable, type Database, expecting } from '../core'
import type { Item, Notice, Order, Room, Said, StoredNotice, Who } from './model'
import { prepared } from './prepared'
import type { RoomItemTable, RoomsTables } from './tables'

interface NewSaid {
  room: Room
  author: Who
  cid: string
  text: string
  at: number
}

/** What kept rooms remember, by number. */
export function itemStore(database: Database<RoomsTables>) {
  const read: Kysely<RoomsTables> = database.read

  /** The room's next number. Nothing changes when the person is no member (any more). */
  const takeNumber = prepared(['room', 'person'], ({ room, person }) =>
    read
      .updateTable('rooms')
      .set((row) => ({ n: row('n', '+', 1) }))
      .where('id', '=', room)
      .where('kept', '=', 1)
      .where((row) =>
        row.exists(row.selectFrom('room_members').select('room_id').where('room_id', '=', room).where('person_id', '=', person)),
      ),
  )

  /** A row that gets the number just taken. */
  const insertion = prepared(['room', 'kind', 'author', 'name', 'cid', 'text', 'at'], ({ room, kind, author, name, cid, text, at }) =>
    read
      .insertInto('room_items')
      .columns(['room_id', 'n', 'changed', 'kind', 'author_id', 'author_name', 'cid', 'text', 'at'])
      .expression(
        read
          .selectFrom('rooms')
          .select((row) => [
            'rooms.id',
            'rooms.n',
            'rooms.n as changed',
            row.val<RoomItemTable['kind']>(kind).as('kind'),
            row.val<string>(author).as('author_id'),
            row.val<string>(name).as('author_name'),
            row.val<string | null>(cid).as('cid'),
            row.val<string>(text).as('text'),
            row.val<number>(at).as('at'),
          ])
          .where('rooms.id', '=', room)
          // What was on its way when the room became ephemeral is not stored.
          .where('rooms.kept', '=', 1),
      )
      .returning('n'),
  )

  return {
    /** Durable when it resolves. `UniqueViolation`: said before. `UnmetExpectation`: no room, or no member of it. */
    async say({ room, author, cid, text, at }: NewSaid): Promise<Said> {
      const [, [row]] = await database.writeAll([
        expecting(takeNumber({ room: room.id, person: author.id })),
        expecting(insertion({ room: room.id, kind: 'said', author: author.id, name: author.name, cid, text, at })),
      ])
      const n = (row as { n: number }).n
      return { kind: 'said', id: String(n), roomId: room.id, n, changed: n, at, author, cid, text, editedAt: null, removedBy: null }
    },

    /** A notice as statements: the first takes the room's next number and answers it, the second stores the notice under it. */
    notice(
      roomId: string,
      kind: StoredNotice,
      author: Who,
      at: number,
      order?: Order,
    ): [Compilable<{ n: number }>, Compilable<{ n: number }>] {
      const text = order ? JSON.stringify(order) : ''
      const next = read
        .updateTable('rooms')
        .set((row) => ({ n: row('n', '+', 1) }))
        .where('id', '=', roomId)
        .where('kept', '=', 1)
        .returning('n')
      return [next, insertion({ room: roomId, kind, author: author.id, name: author.name, cid: null, text, at })]
    },

    async byCid(roomId: string, authorId: string, cid: string): Promise<Said | null> {
      const row = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('author_id', '=', authorId)
        .where('cid', '=', cid)
        .executeTakeFirst()
      const item = row ? toItem(row) : null
      return item?.kind === 'said' ? item : null
    },

    async byNumber(roomId: string, n: number): Promise<Item | null> {
      const row = await read.selectFrom('room_items').selectAll().where('room_id', '=', roomId).where('n', '=', n).executeTakeFirst()
      return row ? toItem(row) : null
    },

    /** The last `limit` items with numbers below `before`, oldest first. */
    async page(roomId: string, { before, limit }: { before?: number | undefined; limit: number }): Promise<Item[]> {
      let query = read.selectFrom('room_items').selectAll().where('room_id', '=', roomId)
      if (before !== undefined) query = query.where('n', '<', before)
      const rows = await query.orderBy('n', 'desc').limit(limit).execute()
      return rows.reverse().map(toItem)
    },

    /** What changed after `since`, in the order of changes; at most `limit`. Two indexes: new items by place, edits by `changed`. */
    async changedSince(roomId: string, since: number, limit: number): Promise<Item[]> {
      const fresh = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('n', '>', since)
        .orderBy('n')
        .limit(limit)
        .execute()
      const edited = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('changed', '>', since)
        .whereRef('changed', '<>', 'n')
        .where('n', '<=', since)
        .orderBy('changed')
        .limit(limit)
        .execute()
      return [...fresh, ...edited].map(toItem).sort((a, b) => a.changed - b.changed)
    },

    /** How many messages of others came after `seen`; counting ends at `limit`. */
    async unread(roomId: string, personId: string, seen: number, limit: number): Promise<number> {
      const rows = await read
        .selectFrom('room_items')
        .select('n')
        .where('room_id', '=', roomId)
        .where('n', '>', seen)
        .where('kind', '=', 'said')
        .where('author_id', '<>', personId)
        .limit(limit)
        .execute()
      return rows.length
    },

    async lastSaid(roomId: string): Promise<Said | null> {
      const row = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('kind', '=', 'said')
        .orderBy('n', 'desc')
        .limit(1)
        .executeTakeFirst()
      const item = row ? toItem(row) : null
      return item?.kind === 'said' ? item : null
    },

    /** Changes a message of `authorId` under the room's next number. `UnmetExpectation`: there is no such message (any more). */
    async rewrite(
      room: Room,
      n: number,
      authorId: string,
      set: { text: string; editedAt: number } | { removedBy: 'author' },
    ): Promise<Item> {
      const values = 'text' in set ? { text: set.text, edited_at: set.editedAt } : { text: '', edited_at: null, removed_by: set.removedBy }
      const change = read
        .updateTable('room_items')
        .set((row) => ({ ...values, changed: row.selectFrom('rooms').select('rooms.n').where('rooms.id', '=', room.id) }))
        .where('room_id', '=', room.id)
        .where('n', '=', n)
        .where('kind', '=', 'said')
        .where('author_id', '=', authorId)
        .where('removed_by', 'is', null)
        .returningAll()
      const [, [row]] = await database.writeAll([expecting(takeNumber({ room: room.id, person: authorId })), expecting(change)])
      return toItem(row as Selectable<RoomItemTable>)
    },

    /** Deletes the oldest items of a room said before `cutoff` (and not after number `upTo`), at most `limit`; answers how many. */
    async expire(roomId: string, cutoff: number, limit: number, upTo: number = Number.MAX_SAFE_INTEGER): Promise<number> {
      const oldest = read.selectFrom('room_items').select(['n', 'at']).where('room_id', '=', roomId).orderBy('n').limit(limit).as('oldest')
      const { changes } = await database.write(
        read
          .deleteFrom('room_items')
          .where('room_id', '=', roomId)
          .where('n', 'in', read.selectFrom(oldest).select('oldest.n').where('oldest.at', '<', cutoff).where('oldest.n', '<=', upTo)),
      )
      return changes
    },
  }
}

function toItem(row: Selectable<RoomItemTable>): Item {
  const { room_id: roomId, n, changed, at } = row
  const shared = { id: String(n), roomId, n, changed, at, author: { id: row.author_id, name: row.author_name } }
  if (row.kind !== 'said') {
    const order = row.text === '' ? {} : { order: JSON.parse(row.text) as Order }
    return { ...shared, kind: row.kind, others: 0, ...order } satisfies Notice
  }
  return {
    ...shared,
    kind: 'said',
    cid: row.cid ?? '',
    text: row.text,
    editedAt: row.edited_at,
    removedBy: row.removed_by,
  } satisfies Said
}
