// SPDX-License-Identifier: GPL-3.0-or-later
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { type CompiledQuery, Kysely, type Compilable as KyselyCompilable } from 'kysely'
import type { Log } from '../log'
import { type Channel, openChannel } from './channel'
import { openConnection } from './connection'
import { readingDialect } from './dialect'
import { ForeignDatabase, type Migration, migrate, missingOf, refuseStrangers, requireMigrations, UnknownMigrations } from './migrations'
import { bind } from './parameters'
import { readers } from './prepared'
import type { Request, Step, StepResult } from './protocol'

/** Any of Kysely's builders, or what `sql` makes of a template: `sql\`…\`.compile(database.read)`. */
export type Compilable<O = unknown> = KyselyCompilable<O> | CompiledQuery<O>

/** A statement that has to change a certain number of rows. */
export interface Guarded<O = unknown> {
  guarded: Compilable<O>
  changes: number
}

/** What `returning` asked for (nothing otherwise), and how many rows were inserted, updated or deleted. */
export type Written<O = unknown> = O[] & { readonly changes: number }

type OutputOf<Q> = Q extends Guarded<infer O> ? O : Q extends CompiledQuery<infer O> ? O : Q extends KyselyCompilable<infer O> ? O : never

export type AllWritten<Queries extends readonly unknown[]> = { -readonly [Place in keyof Queries]: Written<OutputOf<Queries[Place]>> }

export interface Database<Tables> {
  /** Reads run at once on this thread. It also builds the statements for `write`, but cannot execute any that changes something. */
  readonly read: Kysely<Tables>

  /**
   * One statement; durable (it survives a pulled plug) when the promise resolves, and without any effect when it rejects: `UniqueViolation`,
   * `ForeignKeyViolation`, `DatabaseFull` (507), `DatabaseBusy` (503: too much is waiting), else `DatabaseFailure`. Only after
   * `WriterLost` nobody knows whether it happened.
   */
  write<O>(query: Compilable<O>): Promise<Written<O>>

  /**
   * All statements or none, in their order, with the results of each; rejects as `write` does, and with `UnmetExpectation`. With `makesRoom`
   * they are written on a full disk too, with what is kept back there: for deletions, and for who comes in to delete.
   */
  writeAll<const Queries extends readonly (Compilable | Guarded)[]>(queries: Queries, options?: WriteOptions): Promise<AllWritten<Queries>>

  /** Writes accepted and not yet durable. */
  readonly waiting: number

  /** Another number after every write that was sent and after every one that was answered: what was read stays true as long as it stands. */
  readonly revision: number

  /** Waits for what was accepted, refuses the rest, and leaves one complete file. */
  close(): Promise<void>
}

export type WriteOptions = Pick<Request, 'label' | 'makesRoom'>

interface Options {
  /** The file. Its folder exists. */
  path: string
  migrations: readonly Migration[]
  log: Log
  /** For commands that only look: nothing is created or migrated, and every write is refused. */
  readOnly?: boolean
  /** Writes accepted and not yet answered; beyond it `write` refuses with `DatabaseBusy`. About 1 KB of memory each. */
  waitingWrites?: number
}

/** Nobody but the service reads the file: it holds password hashes and what people wrote. SQLite gives its log the same mode. */
const ownerOnly = 0o600

/** Inside `writeAll`: another number of changed rows (for a SELECT: of found rows) undoes everything with `UnmetExpectation`. */
export function expecting<O>(query: Compilable<O>, changes = 1): Guarded<O> {
  return { guarded: query, changes }
}

/**
 * Opens the file, creating and migrating it as needed. Refuses, untouched, one of a newer program (`UnknownMigrations`) and one of another
 * (`ForeignDatabase`). Every error carries the `path` it is about.
 */
export async function openDatabase<Tables>(options: Options): Promise<Database<Tables>> {
  try {
    return await open<Tables>(options)
  } catch (error) {
    // SQLite does not say which file it speaks of.
    if (error instanceof Error && !('path' in error)) Object.assign(error, { path: options.path })
    throw error
  }
}

async function open<Tables>({ path, migrations, log, readOnly = false, waitingWrites = 10_000 }: Options): Promise<Database<Tables>> {
  if (!readOnly) prepare(path, migrations, log)
  const channel = readOnly
    ? refusingChannel()
    : await openChannel({ path, session: migrations.flatMap(({ session = [] }) => session), log, limit: waitingWrites })
  const reader = await openReader(path, migrations, channel)
  const read = new Kysely<Tables>({ dialect: readingDialect(reader) })
  readers.set(read, reader)

  let revision = 0

  async function send(queries: readonly (Compilable | Guarded)[], options: WriteOptions = {}) {
    revision++
    try {
      const results = await channel.send({ steps: queries.map(toStep), ...options })
      return results.map(toWritten)
    } finally {
      revision++
    }
  }

  return {
    read,
    async write<O>(query: Compilable<O>) {
      const [written] = await send([query])
      return written as Written<O>
    },
    async writeAll<const Queries extends readonly (Compilable | Guarded)[]>(queries: Queries, options?: WriteOptions) {
      return (queries.length > 0 ? await send(queries, options) : []) as AllWritten<Queries>
    },
    get waiting() {
      return channel.waiting
    },
    get revision() {
      return revision
    },
    async close() {
      // The one that closes last removes the log, and a reader may not.
      await channel.close(() => reader.close())
      reader.close()
    },
  }
}

function prepare(path: string, migrations: readonly Migration[], log: Log) {
  const isCurrent = existsSync(path) && look(path, migrations)
  closeSync(openSync(path, 'a', ownerOnly))
  chmodSync(path, ownerOnly)
  if (isCurrent) return
  const connection = openConnection(path, 'write')
  try {
    const applied = migrate(connection, migrations)
    if (applied.length > 0) log.info({ migrations: applied.join(', ') }, 'database.migrated')
  } finally {
    connection.close()
  }
}

/**
 * Whether the file is as this program wants it. Before anything is written to one that may not be ours; whatever else is wrong with it is
 * found when it is opened for writing.
 */
function look(path: string, migrations: readonly Migration[]): boolean {
  try {
    const connection = openConnection(path, 'read')
    try {
      refuseStrangers(connection, migrations)
      return missingOf(connection, migrations).length === 0
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof ForeignDatabase || error instanceof UnknownMigrations) throw error
    return false
  }
}

async function openReader(path: string, migrations: readonly Migration[], channel: Channel) {
  try {
    const reader = openConnection(path, 'read')
    requireMigrations(reader, migrations)
    return reader
  } catch (error) {
    await channel.close()
    throw error
  }
}

function refusingChannel(): Channel {
  return {
    send: () => Promise.reject(new Error('the database was opened for reading only')),
    close: () => Promise.resolve(),
    waiting: 0,
  }
}

function toStep(query: Compilable | Guarded): Step {
  if ('guarded' in query) return { ...toStep(query.guarded), changes: query.changes }
  const { sql, parameters } = 'compile' in query ? query.compile() : query
  return { sql, parameters: bind(parameters) }
}

function toWritten({ rows, changes }: StepResult): Written {
  return Object.assign(rows, { changes })
}
