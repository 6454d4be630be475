// SPDX-License-Identifier: GPL-3.0-or-later
import type { Generated } from 'kysely'
import type { Migration } from '../../src/core/database'

export interface Tables {
  people: { id: string; name: string; admin: Generated<boolean | number> }
  rooms: { code: string; owner: string }
  promises: { owner: string }
}

export const migrations: Migration[] = [
  {
    name: '0001-people',
    up: [
      'CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, admin INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1))) STRICT',
    ],
  },
  {
    name: '0002-rooms',
    up: [
      'CREATE TABLE rooms (code TEXT NOT NULL, owner TEXT NOT NULL REFERENCES people (id), UNIQUE (code, owner)) STRICT',
      // Checked at the commit and not before: how a whole group is made to fail. PiChat itself has no such reference.
      'CREATE TABLE promises (owner TEXT NOT NULL REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED) STRICT',
      'CREATE UNIQUE INDEX promises_folded ON promises (lower(owner))',
    ],
  },
]
