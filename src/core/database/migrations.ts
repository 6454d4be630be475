// SPDX-License-Identifier: GPL-3.0-or-later
import type { Database } from 'bun:sqlite'

export interface Migration {
  /** `0001-accounts`; never changed once it was released. */
  name: string
  /**
   * Statements without parameters, in order. No reference may be `DEFERRABLE INITIALLY DEFERRED`: it would be checked when the writer
   * commits, and a broken one would take everybody else in that group along.
   */
  up: readonly string[]
  /** What the writer's connection needs each time it opens the file: temporary tables and triggers, which live in its memory. */
  session?: readonly string[]
}

/** The file was written by a newer PiChat, or by something else: touching it could lose what this program does not know of. */
export class UnknownMigrations extends Error {
  constructor(readonly names: readonly string[]) {
    super(`the database is newer than this program: it has ${names.join(', ')}; install the newer version again, or restore a backup`)
    this.name = 'UnknownMigrations'
  }
}

/** The file is a database, but no PiChat made it: its tables are somebody else's. */
export class ForeignDatabase extends Error {
  constructor(readonly tables: readonly string[]) {
    super(`the database belongs to another program: it has ${tables.join(', ')}`)
    this.name = 'ForeignDatabase'
  }
}

/** A database that is only to be read is older than this program. */
export class MissingMigrations extends Error {
  constructor(readonly names: readonly string[]) {
    super(`the database is older than this program: it lacks ${names.join(', ')}; start the server once`)
    this.name = 'MissingMigrations'
  }
}

/**
 * Brings the tables up to this program: each migration once, in the given order, in a transaction of its own, and returns the names of
 * those that ran. Of two processes that start at once one waits for the other. Refuses a database with migrations that are not in the list.
 */
export function migrate(database: Database, migrations: readonly Migration[]): string[] {
  refuseDuplicates(migrations)
  database.run('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT')
  refuseUnknown(database, migrations)
  // A table is rebuilt by copying, dropping and renaming (sqlite.org/lang_altertable.html#otheralter): the references are checked at the end.
  database.run('PRAGMA foreign_keys = 0')
  try {
    return migrations.filter((migration) => apply(database, migration)).map(({ name }) => name)
  } finally {
    database.run('PRAGMA foreign_keys = 1')
  }
}

/** Refuses what this program did not make, or a newer one did, and changes nothing: not even the way the file keeps its journal. */
export function refuseStrangers(database: Database, migrations: readonly Migration[]): void {
  const tables = database
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => name)
  if (tables.length > 0 && !tables.includes('migrations')) throw new ForeignDatabase(tables)
  refuseUnknown(database, migrations)
}

/** For a reader, which must not change anything. */
export function requireMigrations(database: Database, migrations: readonly Migration[]) {
  refuseUnknown(database, migrations)
  const missing = missingOf(database, migrations)
  if (missing.length > 0) throw new MissingMigrations(missing)
}

/** The names of those that did not run yet. */
export function missingOf(database: Database, migrations: readonly Migration[]): string[] {
  const applied = appliedNames(database)
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name))
}

function apply(database: Database, { name, up }: Migration): boolean {
  database.run('BEGIN IMMEDIATE')
  try {
    const isNew = !appliedNames(database).has(name)
    if (isNew) {
      for (const statement of up) database.run(statement)
      refuseBrokenReferences(database, name)
      database.query('INSERT INTO migrations (name, applied_at) VALUES (?, ?)').run(name, Date.now())
    }
    database.run('COMMIT')
    return isNew
  } catch (error) {
    if (database.inTransaction) database.run('ROLLBACK')
    throw error
  }
}

function appliedNames(database: Database): Set<string> {
  const known = database.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get()
  if (!known) return new Set()
  return new Set(
    database
      .query<{ name: string }, []>('SELECT name FROM migrations')
      .all()
      .map(({ name }) => name),
  )
}

function refuseUnknown(database: Database, migrations: readonly Migration[]) {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = [...appliedNames(database)].filter((name) => !known.has(name))
  if (unknown.length > 0) throw new UnknownMigrations(unknown)
}

function refuseDuplicates(migrations: readonly Migration[]) {
  const names = new Set<string>()
  for (const { name } of migrations) {
    if (names.has(name)) throw new Error(`two migrations are called ${name}`)
    names.add(name)
  }
}

function refuseBrokenReferences(database: Database, name: string) {
  const broken = database.query<{ table: string }, []>('PRAGMA foreign_key_check').all()
  if (broken.length > 0) throw new Error(`migration ${name} leaves ${broken.length} broken references in ${broken[0]?.table}`)
}
