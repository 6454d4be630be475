// SPDX-License-Identifier: GPL-3.0-or-later
import { type Kysely, type Selectable, sql } from 'kysely'
import { type Compilable, type Database, expecting, type Guarded, UnmetExpectation } from '../../core'
import type { Mention, Quote, Reaction, Room, Said, Who } from '../model'
import type { RoomItemTable, RoomsTables } from '../tables'
import { toItem } from './store-items'

/** What becomes of a message: other words, or none. */
export type Revision =
  | { text: string; editedAt: number; mentions: readonly Mention[] }
  | { removedBy: NonNullable<Said['removedBy']>; removedName: string | null }

/** One row of `room_items`, as `returning *` gives it. */
type Row = Selectable<RoomItemTable>

/**
 * Up to so many messages in the index, the words of a removed one leave its file at once, which takes some 40 ms there and more the longer the
 * lists of words with the same beginning are. Beyond, they leave the results at once and the file when it is merged: single words without
 * order, and no longer the text.
 */
const carefulUpTo = 20_000

/** A list of ids is part of a statement, and those are not endless. */
const mostCarried = 5_000

/** Messages after they were said: changed, removed, reacted to. Every change is one transaction. */
export function reviseStore(database: Database<RoomsTables>) {
  const read: Kysely<RoomsTables> = database.read

  /** The room's next `more + 1` numbers, as long as this person belongs to it. */
  function takeNumbers(roomId: string, personId: string | null, more = sql<number>`0`): Guarded {
    const member =
      personId === null ? sql`1` : sql`EXISTS (SELECT 1 FROM room_members WHERE room_id = ${roomId} AND person_id = ${personId})`
    return expecting(
      sql`UPDATE rooms SET n = (SELECT number FROM rooms_now WHERE id = ${roomId}) + 1 + ${more} WHERE id = ${roomId} AND kept = 1 AND ${member}`.compile(
        read,
      ),
    )
  }

  /** Whether words are taken out of the index's file at once, when they are in it at all. */
  function carefully(roomId: string, n: number): Compilable {
    return sql`INSERT INTO room_words (room_words, rank) SELECT 'secure-delete', coalesce(sum(done), 0) <= ${carefulUpTo}
      FROM room_search HAVING EXISTS (SELECT 1 FROM room_search WHERE room_id = ${roomId} AND done >= ${n})`.compile(read)
  }

  /** Told which index: left alone, SQLite reads the whole room. */
  const answers = (roomId: string, n: number) =>
    sql`room_items INDEXED BY room_items_replies WHERE room_id = ${roomId} AND reply_to = ${n} AND removed_by IS NULL`
  const lastNumber = (roomId: string) => sql<number>`(SELECT n FROM rooms WHERE id = ${roomId})`

  return {
    /**
     * Changes or removes a message under the room's next number, and every answer to it, which quotes it, under one of the following.
     * Null as `authorId`: anybody's. `UnmetExpectation`: no such message (any more), or no member.
     */
    async revise(room: Room, n: number, personId: string, authorId: string | null, revision: Revision): Promise<Said[]> {
      const count = sql<number>`(SELECT count(*) FROM ${answers(room.id, n)})`
      const set =
        'text' in revision
          ? sql`text = ${revision.text}, edited_at = ${revision.editedAt}, mentions = ${revision.mentions.length > 0 ? JSON.stringify(revision.mentions) : null}`
          : sql`text = '', edited_at = NULL, mentions = NULL, file_id = NULL, reply_to = NULL,
              removed_by = ${revision.removedBy}, removed_name = ${revision.removedName}`
      const author = authorId === null ? sql`1` : sql`author_id = ${authorId}`
      const change = sql<Row>`UPDATE room_items SET ${set}, changed = ${lastNumber(room.id)} - ${count}
        WHERE room_id = ${room.id} AND n = ${n} AND kind = 'said' AND removed_by IS NULL AND ${author} RETURNING *`
      const quoting = sql<Row>`UPDATE room_items SET changed = ${lastNumber(room.id)} - place.after
        FROM (SELECT n, row_number() OVER (ORDER BY n DESC) - 1 AS after FROM ${answers(room.id, n)}) AS place
        WHERE room_items.room_id = ${room.id} AND room_items.n = place.n RETURNING *`
      const mentions = 'text' in revision ? revision.mentions : []
      const [, , changed, quoters] = await database.writeAll([
        carefully(room.id, n),
        takeNumbers(room.id, personId, count),
        expecting(change.compile(read)),
        quoting.compile(read),
        read.deleteFrom('room_mentions').where('room_id', '=', room.id).where('n', '=', n),
        ...[...new Set(mentions.map(({ id }) => id))].map((person_id) =>
          read.insertInto('room_mentions').values({ room_id: room.id, n, person_id }),
        ),
        ...('text' in revision ? [] : [read.deleteFrom('room_reactions').where('room_id', '=', room.id).where('n', '=', n)]),
      ])
      return [...changed, ...quoters.sort((a, b) => a.changed - b.changed)].map((row) => toItem(row) as Said)
    },

    /** Puts an emoji on a message or takes it away. `UnmetExpectation`, `UniqueViolation`: somebody (or the same person) was quicker. */
    async react(room: Room, n: number, person: Who, emoji: string, { on, kinds }: { on: boolean; kinds: number }): Promise<Said> {
      const mine = read
        .deleteFrom('room_reactions')
        .where('room_id', '=', room.id)
        .where('n', '=', n)
        .where('emoji', '=', emoji)
        .where('person_id', '=', person.id)
      const there = sql`(SELECT count(DISTINCT emoji) FROM room_reactions WHERE room_id = ${room.id} AND n = ${n} AND emoji <> ${emoji})`
      const add = sql`INSERT INTO room_reactions (room_id, n, emoji, person_id, person_name, since)
        SELECT ${room.id}, ${n}, ${emoji}, ${person.id}, ${person.name}, n FROM rooms WHERE id = ${room.id} AND ${there} < ${kinds}`.compile(
        read,
      )
      const [, , [row]] = await database.writeAll([
        takeNumbers(room.id, person.id),
        expecting(on ? add : mine),
        expecting(touched(room.id, n)),
      ])
      return toItem(row as Row) as Said
    },

    /** A message shows something that is another now (its file): it takes the next number. Null when it is gone, alone or with its room. */
    async touch(roomId: string, n: number): Promise<Said | null> {
      try {
        const [, [row]] = await database.writeAll([takeNumbers(roomId, null), touched(roomId, n)])
        return row ? (toItem(row as Row) as Said) : null
      } catch (error) {
        if (error instanceof UnmetExpectation) return null
        throw error
      }
    },

    /** Messages that carry a file. */
    async carrying(fileId: string): Promise<{ roomId: string; n: number }[]> {
      const rows = await read
        .selectFrom('room_items')
        .select(['room_id', 'n'])
        .where('file_id', '=', fileId)
        .orderBy('room_id')
        .orderBy('n')
        .execute()
      return rows.map((row) => ({ roomId: row.room_id, n: row.n }))
    },

    /** Ids of the files that messages of a room carry, those of the latest messages where there are very many. */
    async carriedIn(roomId: string): Promise<string[]> {
      // Told which index, as above: messages with a file are few among the others.
      const { rows } = await sql<{ id: string }>`SELECT file_id AS id FROM room_items INDEXED BY room_items_carried
        WHERE room_id = ${roomId} AND file_id IS NOT NULL ORDER BY n DESC LIMIT ${mostCarried}`.execute(read)
      return rows.map(({ id }) => id)
    },

    async quotes(roomId: string, numbers: readonly number[]): Promise<Map<string, Quote>> {
      if (numbers.length === 0) return new Map()
      const rows = await read
        .selectFrom('room_items')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('n', 'in', numbers)
        .where('kind', '=', 'said')
        .execute()
      return new Map(rows.map((row) => [String(row.n), toItem(row) as Said]))
    },

    async reactions(roomId: string, numbers: readonly number[]): Promise<Map<string, Reaction[]>> {
      if (numbers.length === 0) return new Map()
      const rows = await read
        .selectFrom('room_reactions')
        .selectAll()
        .where('room_id', '=', roomId)
        .where('n', 'in', numbers)
        .orderBy('since')
        .execute()
      const found = new Map<string, Map<string, Who[]>>()
      for (const row of rows) {
        const ofMessage = found.get(String(row.n)) ?? new Map<string, Who[]>()
        found.set(String(row.n), ofMessage)
        const people = ofMessage.get(row.emoji) ?? []
        ofMessage.set(row.emoji, people)
        people.push({ id: row.person_id, name: row.person_name })
      }
      return new Map([...found].map(([id, emojis]) => [id, [...emojis].map(([emoji, people]) => ({ emoji, people }))]))
    },

    /** How often this person was called after `seen`; counting ends at `limit`. */
    async called(roomId: string, personId: string, seen: number, limit: number): Promise<number> {
      const rows = await read
        .selectFrom('room_mentions')
        .select('n')
        .where('room_id', '=', roomId)
        .where('person_id', '=', personId)
        .where('n', '>', seen)
        .limit(limit)
        .execute()
      return rows.length
    },
  }

  function touched(roomId: string, n: number): Compilable<Row> {
    return sql<Row>`UPDATE room_items SET changed = ${lastNumber(roomId)}
      WHERE room_id = ${roomId} AND n = ${n} AND kind = 'said' AND removed_by IS NULL RETURNING *`.compile(read)
  }
}
