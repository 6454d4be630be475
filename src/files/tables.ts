// SPDX-License-Identifier: GPL-3.0-or-later
import type { Generated } from 'kysely'
import type { Migration } from '../core'
import type { FileState, LinkEnd } from './model'
import { type AroundTables, aroundMigrations } from './shelf/around-tables'
import { type ResumableTables, resumableMigrations } from './uploads/resumable-tables'

export interface FilesTables extends ResumableTables, AroundTables {
  files: {
    /** The order of arrival: a Pi's clock jumps, this does not. */
    n: Generated<number>
    id: string
    name: string
    /** Name and owner without accents and capitals, for searching. */
    folded: string
    size: number
    sha256: string
    type: string
    state: FileState
    reason: string | null
    owner: string
    owner_name: string
    /** The inode and its last change: bytes that somebody exchanged are noticed before they are sent. */
    print: string
    missing: Generated<number>
    /** 1 once the release policy or a person has opened it. */
    open: Generated<number>
    /** Where a deleted file goes back to, and one that is scanned again without a verdict. */
    before: FileState | null
    /** Where on the house's line the bytes of a deleted or rejected file go; null when they are not in the trash. */
    trash_ends: number | null
    downloads: Generated<number>
    /** The room whose members alone see it; null: the general drop. */
    room_id: string | null
    folder_id: string | null
    /** When it goes to the trash, as people are told, and on the house's own line; null: it stays. */
    leaves_at: number | null
    leaves_on_line: number | null
    created_at: number
    changed_at: number
  }
  file_steps: {
    n: Generated<number>
    file: string
    state: FileState
    at: number
    who: string | null
    who_name: string | null
    note: string | null
  }
  file_links: {
    n: Generated<number>
    id: string
    file: string
    token_hash: string
    maker: string
    maker_name: string
    created_at: number
    expires_at: number
    /** Where on the house's line it ends; see link-time.ts. */
    ends_on_line: number
    uses: Generated<number>
    ended_at: number | null
    ended: LinkEnd | null
    /** Completed downloads it is good for; null: any number. */
    most: number | null
    /** Argon2's text. */
    password: string | null
    note: Generated<string>
  }
  /** What clients have of the files of links with a maximum; see link-uses.ts. */
  file_link_downloads: {
    n: Generated<number>
    id: string
    link: string
    client: string
    /** JSON: the parts that went out, and those that broke off. */
    parts: string
    broken: string
    counted: number
    after: number
    /** On the house's line. */
    touched: number
  }
  file_time: {
    one: number
    line: number
    wall: number | null
  }
}

export const filesMigrations: Migration[] = [
  {
    name: '0002-files',
    up: [
      `CREATE TABLE files (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL,
        size INTEGER NOT NULL, sha256 TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
        owner TEXT NOT NULL, owner_name TEXT NOT NULL, print TEXT NOT NULL, missing INTEGER NOT NULL DEFAULT 0,
        downloads INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
      ) STRICT`,
      'CREATE INDEX files_state ON files (state, size)',
      'CREATE INDEX files_sha256 ON files (sha256)',
      `CREATE TABLE file_steps (
        n INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL REFERENCES files (id), state TEXT NOT NULL, at INTEGER NOT NULL,
        who TEXT, who_name TEXT, note TEXT
      ) STRICT`,
      'CREATE INDEX file_steps_file ON file_steps (file, n)',
      `CREATE TABLE file_links (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, file TEXT NOT NULL REFERENCES files (id),
        token_hash TEXT NOT NULL UNIQUE, maker TEXT NOT NULL, maker_name TEXT NOT NULL, created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, ends_on_line INTEGER NOT NULL, uses INTEGER NOT NULL DEFAULT 0, ended_at INTEGER, ended TEXT
      ) STRICT`,
      'CREATE INDEX file_links_file ON file_links (file, n)',
      'CREATE INDEX file_links_maker ON file_links (maker) WHERE ended IS NULL',
      'CREATE TABLE file_time (one INTEGER PRIMARY KEY CHECK (one = 1), line INTEGER NOT NULL, wall INTEGER) STRICT',
    ],
  },
  {
    name: '0020-files-review',
    up: [
      'ALTER TABLE files ADD COLUMN open INTEGER NOT NULL DEFAULT 0',
      "UPDATE files SET open = 1 WHERE state IN ('clean', 'released', 'unscanned')",
      'ALTER TABLE files ADD COLUMN before TEXT',
      'ALTER TABLE files ADD COLUMN trash_ends INTEGER',
      'CREATE INDEX files_trash ON files (trash_ends) WHERE trash_ends IS NOT NULL',
    ],
  },
  ...resumableMigrations,
  ...aroundMigrations,
  {
    name: '0023-files-link-uses',
    up: [
      'ALTER TABLE file_links ADD COLUMN most INTEGER',
      'ALTER TABLE file_links ADD COLUMN password TEXT',
      "ALTER TABLE file_links ADD COLUMN note TEXT NOT NULL DEFAULT ''",
      'CREATE INDEX file_links_living ON file_links (n) WHERE ended IS NULL',
      `CREATE TABLE file_link_downloads (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, link TEXT NOT NULL REFERENCES file_links (id), client TEXT NOT NULL,
        parts TEXT NOT NULL, broken TEXT NOT NULL, counted INTEGER NOT NULL, after INTEGER NOT NULL, touched INTEGER NOT NULL
      ) STRICT`,
      'CREATE INDEX file_link_downloads_link ON file_link_downloads (link, n)',
      'CREATE INDEX file_link_downloads_touched ON file_link_downloads (touched)',
    ],
  },
]
