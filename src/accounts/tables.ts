// SPDX-License-Identifier: GPL-3.0-or-later
import type { Generated } from 'kysely'
import type { AuditTables, Migration } from '../core'
import type { Role } from './model'

export interface UsersTable {
  id: string
  /** What one signs in with, already folded: two names that look the same are the same. */
  username: string
  name: string
  /** User name and name without case and accents, for searching. */
  sought: string
  role: Role
  /** Argon2id, PHC string format. */
  password: string
  must_change: number
  disabled_at: number | null
  locale: 'es' | 'en' | null
  created_at: number
  last_seen_at: number | null
}

/** A person as services know one. */
export type UserRow = Omit<UsersTable, 'sought'>

export interface SessionsTable {
  /** Orders sessions even where the clock lies. */
  n: Generated<number>
  /** SHA-256 of the secret in the cookie. */
  id: string
  user_id: string
  created_at: number
  /** 0: while the clock could not be right. Such a session does not age until it is used with a clock that can. */
  last_seen_at: number
  /** `Firefox · Windows`: names of ours, never what the browser sent. */
  device: string
  ip: string
  /** The cookie ends with the browser. */
  shared: number
}

/** One row. */
export interface AccountsStateTable {
  one: number
  claimed_at: number | null
  /** Counts every change of people and sessions, so that one process notices what another did. */
  revision: number
}

export interface SettingsTable {
  name: string
  value: string
}

export interface ResetLinksTable {
  id: string
  user_id: string
  created_at: number
  expires_at: number
}

export interface ProgramKeysTable {
  n: Generated<number>
  id: string
  user_id: string
  name: string
  /** SHA-256 of the secret. */
  hash: string
  /** Names of scopes with blanks between them. */
  scopes: string
  created_at: number
  used_at: number | null
}

export interface AccountsTables extends AuditTables {
  program_keys: ProgramKeysTable
  users: UsersTable
  sessions: SessionsTable
  accounts_state: AccountsStateTable
  settings: SettingsTable
  reset_links: ResetLinksTable
}

export const accountsMigrations: Migration[] = [
  {
    name: '0001-accounts',
    up: [
      `CREATE TABLE users (
        id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, sought TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('administrator', 'cliente', 'usuario')), password TEXT NOT NULL,
        must_change INTEGER NOT NULL DEFAULT 0, disabled_at INTEGER, locale TEXT CHECK (locale IN ('es', 'en')),
        created_at INTEGER NOT NULL, last_seen_at INTEGER
      ) STRICT`,
      "CREATE INDEX users_running_the_house ON users (id) WHERE role = 'administrator' AND disabled_at IS NULL",
      `CREATE TABLE sessions (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, device TEXT NOT NULL, ip TEXT NOT NULL, shared INTEGER NOT NULL
      ) STRICT`,
      'CREATE INDEX sessions_of_user ON sessions (user_id, n)',
      'CREATE TABLE accounts_state (one INTEGER PRIMARY KEY CHECK (one = 1), claimed_at INTEGER, revision INTEGER NOT NULL) STRICT',
      'INSERT INTO accounts_state (one, claimed_at, revision) VALUES (1, NULL, 0)',
      'CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
      `CREATE TABLE reset_links (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      ) STRICT`,
    ],
  },
  {
    name: '0022-program-keys',
    up: [
      `CREATE TABLE program_keys (
        n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER
      ) STRICT`,
      'CREATE INDEX program_keys_of_user ON program_keys (user_id, n)',
    ],
  },
]
