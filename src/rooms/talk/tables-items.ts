// SPDX-License-Identifier: GPL-3.0-or-later
import type { Migration } from '../../core'
import type { RoomTable } from '../tables'
import { messageTriggers } from './tables-messages'

/** A room, and the number of the last change in it: that of the row, or of a message that was said since. */
export type RoomNowView = RoomTable & { number: number }

/** Which message an id of a browser led to; complete up to `done` of `room_search`. */
export interface RoomCidTable {
  room_id: string
  author_id: string
  cid: string
  n: number
}

export interface ItemTables {
  rooms_now: RoomNowView
  room_cids: RoomCidTable
}

const columns = `room_id, n, changed, kind, author_id, author_name, cid, text, at, edited_at, removed_by, reply_to, file_id, mentions, removed_name`

/** Puts the ids of the messages of a room after `done` and up to number `?` where they stay; the room is the second. */
export const settleCids = `INSERT OR IGNORE INTO room_cids (room_id, author_id, cid, n)
  SELECT i.room_id, i.author_id, i.cid, i.n FROM room_items AS i JOIN room_search AS s ON s.room_id = i.room_id
  WHERE i.n > s.done AND i.n <= ? AND i.room_id = ? AND i.cid IS NOT NULL`

export const forgetLateCids = 'DELETE FROM temp.room_cids_late WHERE n <= ? AND room_id = ?'

/**
 * A message by itself touches two pages of the card: the end of the table, where rows lie in the order in which they came, and its place in
 * its room. Two more are saved:
 *
 * The number of the room is not written with each message. It is that of the last row, unless something else happened since: `rooms_now`.
 *
 * That nothing is said twice is decided by two unique keys. Messages that are in the index of words have their ids in `room_cids`; those
 * since then, a few hundred, in a table in the writer's memory, which is made anew from `room_items` whenever the file is opened.
 */
export const itemMigrations: Migration[] = [
  {
    name: '0220-rooms-items',
    up: [
      `CREATE TABLE room_items_appended (
        room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, n INTEGER NOT NULL, changed INTEGER NOT NULL, kind TEXT NOT NULL,
        author_id TEXT NOT NULL, author_name TEXT NOT NULL, cid TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, edited_at INTEGER,
        removed_by TEXT, reply_to INTEGER, file_id TEXT, mentions TEXT, removed_name TEXT, UNIQUE (room_id, n)
      ) STRICT`,
      `INSERT INTO room_items_appended (${columns}) SELECT ${columns} FROM room_items ORDER BY at`,
      'DROP TABLE room_items',
      'ALTER TABLE room_items_appended RENAME TO room_items',
      'CREATE UNIQUE INDEX room_items_changed ON room_items (room_id, changed) WHERE changed <> n',
      'CREATE INDEX room_items_replies ON room_items (room_id, reply_to) WHERE reply_to IS NOT NULL',
      'CREATE INDEX room_items_file ON room_items (file_id) WHERE file_id IS NOT NULL',
      ...messageTriggers,
      `CREATE TABLE room_cids (
        room_id TEXT NOT NULL, author_id TEXT NOT NULL, cid TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (room_id, author_id, cid)
      ) STRICT, WITHOUT ROWID`,
      `INSERT INTO room_cids (room_id, author_id, cid, n)
        SELECT i.room_id, i.author_id, i.cid, i.n FROM room_items AS i JOIN room_search AS s ON s.room_id = i.room_id
        WHERE i.n <= s.done AND i.cid IS NOT NULL`,
      `CREATE TRIGGER room_cids_removed AFTER DELETE ON room_items WHEN OLD.cid IS NOT NULL
       BEGIN DELETE FROM room_cids WHERE room_id = OLD.room_id AND author_id = OLD.author_id AND cid = OLD.cid; END`,
      // A number is never given twice, though the message that had it last is gone.
      `CREATE TRIGGER room_numbers AFTER DELETE ON room_items
       BEGIN UPDATE rooms SET n = OLD.n WHERE id = OLD.room_id AND n < OLD.n; END`,
      `CREATE VIEW rooms_now AS SELECT r.*,
        max(r.n, coalesce((SELECT max(i.n) FROM room_items AS i WHERE i.room_id = r.id), 0)) AS number FROM rooms AS r`,
    ],
    session: [
      `CREATE TEMP TABLE room_cids_late (
        room_id TEXT NOT NULL, author_id TEXT NOT NULL, cid TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (room_id, author_id, cid)
      ) WITHOUT ROWID`,
      // The order of the tables is that in which they are read: a few rooms, then the end of each.
      `INSERT INTO temp.room_cids_late (room_id, author_id, cid, n)
        SELECT i.room_id, i.author_id, i.cid, i.n FROM main.rooms AS r LEFT JOIN main.room_search AS s ON s.room_id = r.id
        CROSS JOIN main.room_items AS i WHERE i.room_id = r.id AND i.n > coalesce(s.done, 0) AND i.cid IS NOT NULL`,
      `CREATE TEMP TRIGGER room_said_once BEFORE INSERT ON main.room_items WHEN NEW.cid IS NOT NULL
       BEGIN
         SELECT RAISE(ABORT, 'UNIQUE constraint failed: room_items.room_id, room_items.author_id, room_items.cid')
           FROM room_cids WHERE room_id = NEW.room_id AND author_id = NEW.author_id AND cid = NEW.cid;
         INSERT INTO room_cids_late (room_id, author_id, cid, n) VALUES (NEW.room_id, NEW.author_id, NEW.cid, NEW.n);
       END`,
      `CREATE TEMP TRIGGER room_cids_late_removed AFTER DELETE ON main.room_items WHEN OLD.cid IS NOT NULL
       BEGIN DELETE FROM room_cids_late WHERE room_id = OLD.room_id AND author_id = OLD.author_id AND cid = OLD.cid; END`,
    ],
  },
  {
    name: '0221-rooms-carried-files',
    // Messages with a file are few among the others: the list of a room's files reads these alone.
    up: ['CREATE INDEX room_items_carried ON room_items (room_id, n) WHERE file_id IS NOT NULL'],
  },
]
