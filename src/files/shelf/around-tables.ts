// SPDX-License-Identifier: GPL-3.0-or-later
import type { Migration } from '../../core'

export interface AroundTables {
  /** One level of them, for the general drop: a file lies in one or in none. */
  file_folders: {
    id: string
    name: string
    /** The name as names are compared. */
    folded: string
    maker: string
    maker_name: string
    created_at: number
  }
}

export const aroundMigrations: Migration[] = [
  {
    name: '0022-files-around',
    up: [
      'ALTER TABLE files ADD COLUMN room_id TEXT',
      'ALTER TABLE files ADD COLUMN folder_id TEXT',
      'ALTER TABLE files ADD COLUMN leaves_at INTEGER',
      'ALTER TABLE files ADD COLUMN leaves_on_line INTEGER',
      'CREATE INDEX files_room ON files (room_id) WHERE room_id IS NOT NULL',
      'CREATE INDEX files_seen ON files (state, room_id, size)',
      'CREATE INDEX files_folder ON files (folder_id) WHERE folder_id IS NOT NULL',
      'CREATE INDEX files_ends ON files (leaves_on_line) WHERE leaves_on_line IS NOT NULL',
      'ALTER TABLE uploads ADD COLUMN room_id TEXT',
      'ALTER TABLE uploads ADD COLUMN folder_id TEXT',
      `CREATE TABLE file_folders (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, maker TEXT NOT NULL, maker_name TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
]
