// SPDX-License-Identifier: GPL-3.0-or-later
import { type Kysely, type Selectable, sql } from 'kysely'
import { type Compilable, type Database, expecting, prepared } from '../../core'
import { type Item, type Mention, type Notice, type Order, plain, type Room, type Said, type StoredNotice, type Who } from '../model'
import type { RoomItemTable, RoomsTables } from '../tables'

interface NewSaid {
  room: Room
  author: Who
  cid: string
  text: string
  at: number
  /** What it answers, as it was read before. */
  answered: Pick<Said, 'n' | 'editedAt'> | null
  fileId: string | null
  mentions: readonly Mention[]
}

export interface Slice {
  before?: number | undefined
  after?: number | undefined
  limit: number
}

/** What kept rooms remember, by number. Everything comes bare: `dress` adds quotes, reactions and files. */
export function itemStore(database: Database<RoomsTables>) {
  const read: Kysely<RoomsTables> = database.read

  /** One row, as long as the person belongs to the room and the room keeps what is said: what was on its way when that ended is not stored. */
  const mayWrite = prepared(['room', 'person'], ({ room, person }) =>
    read
      .selectFrom('room_members')
      .innerJoin('rooms', 'rooms.id', 'room_members.room_id')
      .select('rooms.kept')
      .where('room_members.room_id', '=', room)
      .where('room_members.person_id', '=', person)
      .where('rooms.kept', '=', 1),
  )

  /**
   * A row under the room's next number. Values and no `SELECT`: reading the table that it writes into, SQLite puts aside what it read first,
   * and that takes three times as long as everything else.
   */
  const insertion = prepared(
    ['room', 'kind', 'author', 'name', 'cid', 'text', 'at', 'replyTo', 'fileId', 'mentions'],
    ({ room, kind, author, name, cid, text, at, replyTo, fileId, mentions }) => {
      const next = sql<number>`(SELECT number + 1 FROM rooms_now WHERE id = ${room})`
      return read
        .insertInto('room_items')
        .values({
          room_id: room,
          n: next,
          changed: next,
          kind,
          author_id: author,
          author_name: name,
          cid,
          text,
          at,
          reply_to: replyTo,
          file_id: fileId,
          mentions,
        })
        .returning('n')
    },
  )

  const noticing = prepared(['room', 'kind', 'author', 'name', 'text', 'at'], ({ room, kind, author, name, text, at }) =>
    read
      .insertInto('room_items')
      .columns(['room_id', 'n', 'changed', 'kind', 'author_id', 'author_name', 'text', 'at'])
      .expression(
        read
          .selectFrom('rooms_now')
          .select((row) => [
            'id',
            row('number', '+', 1).as('n'),
            row('number', '+', 1).as('changed'),
            row.val<RoomItemTable['kind']>(kind).as('kind'),
            row.val<string>(author).as('author_id'),
            row.val<string>(name).as('author_name'),
            row.val<string>(text).as('text'),
            row.val<number>(at).as('at'),
          ])
          .where('id', '=', room)
          .where('kept', '=', 1),
      )
      .returning('n'),
  )

  const secureDelete = (on: boolean) => sql`INSERT INTO room_words (room_words, rank) VALUES ('secure-delete', ${on ? 1 : 0})`.compile(read)

  /** Who is called in the message that just took its number. */
  function mentionRows(mentions: readonly Mention[], roomId: string): Compilable[] {
    return [...new Set(mentions.map(({ id }) => id))].map((personId) =>
      read
        .insertInto('room_mentions')
        .columns(['room_id', 'n', 'person_id'])
        .expression(
          read
            .selectFrom('rooms_now')
            .select((row) => ['id', 'number', row.val<string>(personId).as('person_id')])
            .where('id', '=', roomId),
        ),
    )
  }

  /** What is answered still says the same when the answer is written: otherwise nobody would take its old words out of the quote again. */
  const stillSaid = (roomId: string, { n, editedAt }: Pick<Said, 'n' | 'editedAt'>) =>
    read
      .selectFrom('room_items')
      .select('n')
      .where('room_id', '=', roomId)
      .where('n', '=', n)
      .where('removed_by', 'is', null)
      .where('edited_at', 'is', editedAt)

  return {
    /** Durable when it resolves. `UniqueViolation`: said before. `UnmetExpectation`: no room, no member of it, or what it answers changed. */
    async say({ room, author, cid, text, at, answered, fileId, mentions }: NewSaid): Promise<Said> {
      const replyTo = answered?.n ?? null
      const called = mentions.length > 0 ? JSON.stringify(mentions) : null
      const values = { room: room.id, kind: 'said', author: author.id, name: author.name, cid, text, at, replyTo, fileId, mentions: called }
      const [, [row]] = await database.writeAll([
        expecting(mayWrite({ room: room.id, person: author.id })),
        insertion(values),
        ...(answered ? [expecting(stillSaid(room.id, answered))] : []),
        ...mentionRows(mentions, room.id),
      ])
      const n = (row as { n: number }).n
      const said = { kind: 'said' as const, id: String(n), roomId: room.id, n, changed: n, at, author, cid, text, editedAt: null }
      return { ...plain, ...said, removedBy: null, replyTo: replyTo === null ? null : String(replyTo), fileId, mentions }
    },

    /** A notice as a statement, which answers its number; none of a room that keeps nothing (any more). */
    notice(roomId: string, kind: StoredNotice, author: Who, at: number, order?: Order): Compilable<{ n: number }> {
      const text = order ? JSON.stringify(order) : ''
      return noticing({ room: roomId, kind, author: author.id, name: author.name, text, at })
    },

    /** Among those whose ids are settled, or else among the few since. */
    async byCid(roomId: string, authorId: string, cid: string): Promise<Said | null> {
      const settled = read
        .selectFrom('room_cids')
        .select('n')
        .where('room_id', '=', roomId)
        .where('author_id', '=', authorId)
        .where('cid', '=', cid)
      const done = sql<number>`coalesce((SELECT done FROM room_search WHERE room_id = ${roomId}), 0)`
      const known = await settled.executeTakeFirst()
      const items = read.selectFrom('room_items').selectAll().where('room_id', '=', roomId)
      const row = await (known
        ? items.where('n', '=', known.n)
        : items.where('n', '>', done).where('author_id', '=', authorId).where('cid', '=', cid)
      ).executeTakeFirst()
      const item = row ? toItem(row) : null
      return item?.kind === 'said' ? item : null
    },

    async byNumber(roomId: string, n: number): Promise<Item | null> {
      const row = await read.selectFrom('room_items').selectAll().where('room_id', '=', roomId).where('n', '=', n).executeTakeFirst()
      return row ? toItem(row) : null
    },

    /** The last `limit` items with numbers below `before`, or the first ones above `after`; oldest first. */
    async page(roomId: string, { before, after, limit }: Slice): Promise<Item[]> {
      const items = read.selectFrom('room_items').selectAll().where('room_id', '=', roomId).limit(limit)
      if (after !== undefined) return (await items.where('n', '>', after).orderBy('n').execute()).map(toItem)
      const rows = await (before === undefined ? items : items.where('n', '<', before)).orderBy('n', 'desc').execute()
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

    /** Moves items stamped from `since` up to, not including, `until` by `ms`: the clock that stamped them was wrong by as much. */
    async restamp(since: number, until: number, ms: number): Promise<number> {
      const query = read
        .updateTable('room_items')
        .set({ at: sql<number>`at + ${ms}` })
        .where('at', '>=', since)
        .where('at', '<', until)
      return (await database.write(query)).changes
    },

    /** Items stamped before `time` are of no age that anybody knows: from now on they are of `now`. */
    async restampBefore(time: number, now: number): Promise<number> {
      return (await database.write(read.updateTable('room_items').set({ at: now }).where('at', '<', time))).changes
    },

    /** Deletes the oldest items of a room said before `cutoff` (and not after number `upTo`), at most `limit`; answers how many. */
    async expire(roomId: string, cutoff: number, limit: number, upTo: number = Number.MAX_SAFE_INTEGER): Promise<number> {
      const oldest = read.selectFrom('room_items').select(['n', 'at']).where('room_id', '=', roomId).orderBy('n').limit(limit).as('oldest')
      // One at a time, words are taken out of the index's file at once; by the hundred that takes a second, and merging does it later.
      const [, { changes }] = await database.writeAll([
        secureDelete(false),
        read
          .deleteFrom('room_items')
          .where('room_id', '=', roomId)
          .where('n', 'in', read.selectFrom(oldest).select('oldest.n').where('oldest.at', '<', cutoff).where('oldest.n', '<=', upTo)),
        secureDelete(true),
      ])
      return changes
    },
  }
}

export function toItem(row: Selectable<RoomItemTable>): Item {
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
    removedName: row.removed_name,
    replyTo: row.reply_to === null ? null : String(row.reply_to),
    quote: null,
    reactions: [],
    mentions: row.mentions === null ? [] : (JSON.parse(row.mentions) as Mention[]),
    fileId: row.file_id,
    file: null,
  } satisfies Said
}
