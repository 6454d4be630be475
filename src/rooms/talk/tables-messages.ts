// SPDX-License-Identifier: GPL-3.0-or-later
import type { Generated } from 'kysely'
import type { Migration } from '../../core'

/** One person's emoji on one message. */
export interface RoomReactionTable {
  room_id: string
  n: number
  emoji: string
  person_id: string
  /** The name of that day. */
  person_name: string
  /** The number of the change: the order in which emojis came. */
  since: number
}

/** Who is called in a message, for the counters. */
export interface RoomMentionTable {
  room_id: string
  n: number
  person_id: string
}

/** How far each room's messages stand in the index of words, and the number of the room there. */
export interface RoomSearchTable {
  number: Generated<number>
  room_id: string
  done: number
}

/** The index of words (FTS5, without the texts): a row is `number of the room × 2³² + number of the message`. */
export interface RoomWordsTable {
  rowid: number
  words: string
}

export interface MessageTables {
  room_reactions: RoomReactionTable
  room_mentions: RoomMentionTable
  room_search: RoomSearchTable
  room_words: RoomWordsTable
}

/** Private use: no word of a language has it, so a term that begins with it is a person. */
export const personSign = '\ue000'
export const numbersPerRoom = 2 ** 32

/** What stands in the index for a message of a table called `row`. Taking it out needs exactly the same text. */
const words = (row: string) => `${row}.text || ' ' || char(${personSign.codePointAt(0)}) || ${row}.author_id`
const place = `number * ${numbersPerRoom}`
const isIndexed = 'OLD.n <= (SELECT done FROM room_search WHERE room_id = OLD.room_id)'
const forget = `INSERT INTO room_words (room_words, rowid, words)
  SELECT 'delete', ${place} + OLD.n, ${words('OLD')} FROM room_search WHERE room_id = OLD.room_id AND OLD.text <> ''`

/** Puts the messages of a room after number `?` and up to `?` into the index; the room is the third. */
export const indexWords = `INSERT INTO room_words (rowid, words)
  SELECT s.${place} + i.n, ${words('i')} FROM room_items AS i JOIN room_search AS s ON s.room_id = i.room_id
  WHERE i.n > s.done AND i.n <= ? AND i.room_id = ? AND i.kind = 'said' AND i.text <> ''`

export const messageTriggers = [
  `CREATE TRIGGER room_words_removed AFTER DELETE ON room_items WHEN OLD.kind = 'said' AND OLD.text <> '' AND ${isIndexed}
   BEGIN ${forget}; END`,
  `CREATE TRIGGER room_words_changed AFTER UPDATE OF text ON room_items
   WHEN OLD.kind = 'said' AND OLD.text <> NEW.text AND ${isIndexed}
   BEGIN
     ${forget};
     INSERT INTO room_words (rowid, words) SELECT ${place} + NEW.n, ${words('NEW')}
       FROM room_search WHERE room_id = NEW.room_id AND NEW.text <> '';
   END`,
] as const

/**
 * Replies, reactions, mentions, files and search. A plain message costs nothing more: its words enter the index later, many at a time. What is changed or removed leaves the index in the same transaction, whoever changes it: triggers see to that, and
 * `secure-delete` takes the words out of the file and not only out of the results.
 */
export const messageMigrations: Migration[] = [
  {
    name: '0201-rooms-messages',
    up: [
      'ALTER TABLE room_items ADD COLUMN reply_to INTEGER',
      'ALTER TABLE room_items ADD COLUMN file_id TEXT',
      'ALTER TABLE room_items ADD COLUMN mentions TEXT',
      'ALTER TABLE room_items ADD COLUMN removed_name TEXT',
      'CREATE INDEX room_items_replies ON room_items (room_id, reply_to) WHERE reply_to IS NOT NULL',
      'CREATE INDEX room_items_file ON room_items (file_id) WHERE file_id IS NOT NULL',
      `CREATE TABLE room_reactions (
        room_id TEXT NOT NULL, n INTEGER NOT NULL, emoji TEXT NOT NULL, person_id TEXT NOT NULL, person_name TEXT NOT NULL,
        since INTEGER NOT NULL, PRIMARY KEY (room_id, n, emoji, person_id),
        FOREIGN KEY (room_id, n) REFERENCES room_items (room_id, n) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE room_mentions (
        room_id TEXT NOT NULL, n INTEGER NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (room_id, n, person_id),
        FOREIGN KEY (room_id, n) REFERENCES room_items (room_id, n) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX room_mentions_person ON room_mentions (room_id, person_id, n)',
      'CREATE TABLE room_search (number INTEGER PRIMARY KEY AUTOINCREMENT, room_id TEXT NOT NULL UNIQUE, done INTEGER NOT NULL) STRICT',
      `CREATE VIRTUAL TABLE room_words USING fts5(
        words, content='', detail=none, columnsize=0, prefix='2 3 4 5', tokenize='unicode61 remove_diacritics 2'
      )`,
      `INSERT INTO room_words (room_words, rank) VALUES ('secure-delete', 1)`,
      ...messageTriggers,
    ],
  },
]
