// SPDX-License-Identifier: GPL-3.0-or-later
import type { Generated } from 'kysely'
import type { Migration } from '../../core'

export interface ResumableTables {
  /** Uploads that have begun and not ended. Once one has ended, its id is that of a file. */
  uploads: {
    n: Generated<number>
    id: string
    owner: string
    owner_name: string
    name: string
    /** What the client said of the file, as it said it. */
    metadata: string | null
    size: number
    /** Bytes that certainly lie on the disk, whatever happens to the power. */
    synced: number
    /** The boot of the machine under which all bytes in the part can be believed; empty: only the synced ones. */
    boot: string
    /** Where on the house's line the last byte came. */
    seen: number
    /** Where the file will belong. */
    room_id: string | null
    folder_id: string | null
    created_at: number
  }
  /** Bounds of single people; all others have that of their role. */
  file_quotas: {
    person: string
    bytes: number
  }
}

export const resumableMigrations: Migration[] = [
  {
    name: '0021-resumable-uploads',
    up: [
      `CREATE TABLE uploads (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, owner_name TEXT NOT NULL, name TEXT NOT NULL,
        metadata TEXT, size INTEGER NOT NULL, synced INTEGER NOT NULL, boot TEXT NOT NULL, seen INTEGER NOT NULL, created_at INTEGER NOT NULL
      ) STRICT`,
      'CREATE TABLE file_quotas (person TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT',
    ],
  },
]
