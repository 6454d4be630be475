// SPDX-License-Identifier: GPL-3.0-or-later
import type { Migration } from '../core'
import type { Kind, StoredNotice } from './model'
import { type OrderTables, orderMigrations } from './order/tables-order'
import { type ItemTables, itemMigrations } from './talk/tables-items'
import { type MessageTables, messageMigrations } from './talk/tables-messages'

export interface RoomTable {
  id: string
  code: string
  name: string
  /** The name as names are compared: NFKC, lower case. */
  name_key: string
  kind: Kind
  kept: number
  days: number
  password_hash: string | null
  owner_id: string | null
  epoch: string
  /** The last number that was given to anything but a plain message; `rooms_now` has the last of all. */
  n: number
  created_at: number
  locked: number
  /** Seconds between two messages of one person. */
  slow: number
  /** When the room closes by itself, as people are told, and on the house's own line. */
  ends_at: number | null
  ends_on_line: number | null
}

export interface RoomMemberTable {
  room_id: string
  person_id: string
  /** The name at joining; the accounts know the present one. */
  name: string
  since: number
  /** The last number this person has seen. */
  seen: number
}

/** What kept rooms hold. Nothing of an ephemeral room is ever written here. */
export interface RoomItemTable {
  room_id: string
  n: number
  changed: number
  kind: 'said' | StoredNotice
  author_id: string
  author_name: string
  cid: string | null
  text: string
  at: number
  edited_at: number | null
  removed_by: 'author' | 'owner' | 'administrator' | null
  /** Who removed it, when it was not the author. */
  removed_name: string | null
  /** The number of the message it answers. */
  reply_to: number | null
  file_id: string | null
  /** JSON: who is called in it, and how that is written. */
  mentions: string | null
}

export interface RoomsTables extends MessageTables, OrderTables, ItemTables {
  rooms: RoomTable
  room_members: RoomMemberTable
  room_items: RoomItemTable
}

/** As they came to be; `tables-items` says how messages are stored now. Edits are rare: only they stand in an index by `changed`. */
export const roomsMigrations: Migration[] = [
  {
    name: '0200-rooms',
    up: [
      `CREATE TABLE rooms (
        id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_key TEXT NOT NULL, kind TEXT NOT NULL,
        kept INTEGER NOT NULL, days INTEGER NOT NULL, password_hash TEXT, owner_id TEXT, epoch TEXT NOT NULL, n INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT`,
      `CREATE UNIQUE INDEX rooms_group_name ON rooms (name_key) WHERE kind = 'grupal'`,
      'CREATE INDEX rooms_owner ON rooms (owner_id)',
      `CREATE TABLE room_members (
        room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, person_id TEXT NOT NULL, name TEXT NOT NULL,
        since INTEGER NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (room_id, person_id)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX room_members_person ON room_members (person_id)',
      `CREATE TABLE room_items (
        room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, n INTEGER NOT NULL, changed INTEGER NOT NULL, kind TEXT NOT NULL,
        author_id TEXT NOT NULL, author_name TEXT NOT NULL, cid TEXT, text TEXT NOT NULL, at INTEGER NOT NULL, edited_at INTEGER,
        removed_by TEXT, PRIMARY KEY (room_id, n)
      ) STRICT, WITHOUT ROWID`,
      'CREATE UNIQUE INDEX room_items_cid ON room_items (room_id, author_id, cid) WHERE cid IS NOT NULL',
      'CREATE UNIQUE INDEX room_items_changed ON room_items (room_id, changed) WHERE changed <> n',
    ],
  },
  ...messageMigrations,
  ...orderMigrations,
  ...itemMigrations,
]
