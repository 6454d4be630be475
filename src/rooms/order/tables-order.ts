// SPDX-License-Identifier: GPL-3.0-or-later
import type { Migration } from '../../core'

/** Who may not write for a while. Ends are points on the house's own line; `until` is what people are told. */
export interface RoomMuteTable {
  room_id: string
  person_id: string
  until: number
  ends_on_line: number
  reason: string
  by_name: string
  /** Whether the room's owner did it, who is no administrator. */
  by_owner: number
}

/** Who may not come back. */
export interface RoomBanTable {
  room_id: string
  person_id: string
  name: string
  reason: string
  by_name: string
  at: number
}

/** A link that needs no password. Only a hash of its token is kept. */
export interface RoomInvitationTable {
  id: string
  room_id: string
  token_hash: string
  maker_name: string
  created_at: number
  once: number
  expires_at: number
  ends_on_line: number
  uses: number
  ended: 'used' | 'revoked' | null
}

/** One row: how the line of ends stood beside the wall clock when it was last written down. */
export interface RoomTimeTable {
  one: number
  line: number
  wall: number | null
}

/** What an administrator has said for all rooms: one row, or none. */
interface RoomHouseTable {
  one: number
  days: number
}

export interface OrderTables {
  room_mutes: RoomMuteTable
  room_bans: RoomBanTable
  room_invitations: RoomInvitationTable
  room_time: RoomTimeTable
  room_house: RoomHouseTable
}

export const orderMigrations: Migration[] = [
  {
    name: '0210-order-in-rooms',
    up: [
      'ALTER TABLE rooms ADD COLUMN locked INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE rooms ADD COLUMN slow INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE rooms ADD COLUMN ends_at INTEGER',
      'ALTER TABLE rooms ADD COLUMN ends_on_line INTEGER',
      'CREATE INDEX rooms_ends ON rooms (ends_on_line) WHERE ends_on_line IS NOT NULL',
      `CREATE TABLE room_mutes (
        room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, person_id TEXT NOT NULL, until INTEGER NOT NULL,
        ends_on_line INTEGER NOT NULL, reason TEXT NOT NULL, by_name TEXT NOT NULL, PRIMARY KEY (room_id, person_id)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE room_bans (
        room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, person_id TEXT NOT NULL, name TEXT NOT NULL,
        reason TEXT NOT NULL, by_name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (room_id, person_id)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE room_invitations (
        id TEXT PRIMARY KEY, room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE, token_hash TEXT NOT NULL UNIQUE,
        maker_name TEXT NOT NULL, created_at INTEGER NOT NULL, once INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        ends_on_line INTEGER NOT NULL, uses INTEGER NOT NULL, ended TEXT
      ) STRICT`,
      'CREATE INDEX room_invitations_room ON room_invitations (room_id)',
      'CREATE TABLE room_time (one INTEGER PRIMARY KEY, line INTEGER NOT NULL, wall INTEGER) STRICT',
    ],
  },
  {
    name: '0211-mutes-by-owners',
    up: ['ALTER TABLE room_mutes ADD COLUMN by_owner INTEGER NOT NULL DEFAULT 0'],
  },
  {
    name: '0212-days-for-all-rooms',
    up: ['CREATE TABLE room_house (one INTEGER PRIMARY KEY CHECK (one = 1), days INTEGER NOT NULL) STRICT'],
  },
]
