// SPDX-License-Identifier: GPL-3.0-or-later
import { Database } from 'bun:sqlite'
import { isDiskFull, reserveOf } from './reserve'

/** Milliseconds to wait for another process (the command line beside the server) that holds the file. SQLite's own default is 0. */
const patience = 5000

/** Different statements kept prepared. Bun's own limit of 20 is less than a page of PiChat needs. */
const preparedStatements = 256

/**
 * Bytes of a page in a file that is new (an existing one keeps its own). Each commit is synced, and writes every page it touched once as a
 * whole: with SQLite's usual 4,096 a message cost the card 20 KB, for a text of a hundred bytes.
 */
const pageSize = 512

/** Bytes of pages in the write-ahead log before they go to their places: what changes all the time goes there once for many commits. */
const bytesBeforeCheckpoint = 4 * 1024 * 1024

/** What a leftover write-ahead log may keep on the card after it was emptied, in bytes. */
const keptLog = 16 * 1024 * 1024

/**
 * `write` may create the file, and uses the reserve where a full disk has no room for a log; `read` cannot change anything, whatever
 * statement it is given.
 */
export function openConnection(path: string, purpose: 'read' | 'write'): Database {
  try {
    return connect(path, purpose)
  } catch (error) {
    if (purpose === 'read' || !isDiskFull(error) || !reserveOf(path).use()) throw error
    return connect(path, purpose)
  }
}

function connect(path: string, purpose: 'read' | 'write'): Database {
  Database.MAX_QUERY_CACHE_SIZE = preparedStatements
  const database =
    purpose === 'write' ? new Database(path, { create: true, strict: true }) : new Database(path, { readonly: true, strict: true })
  try {
    database.run(`PRAGMA busy_timeout = ${patience}`)
    database.run('PRAGMA foreign_keys = 1')
    // Savepoints spill into memory: the unit may write nowhere but to its own folder.
    database.run('PRAGMA temp_store = MEMORY')
    if (purpose === 'write') {
      database.run(`PRAGMA page_size = ${pageSize}`)
      keepLog(database)
      database.run(`PRAGMA wal_autocheckpoint = ${Math.round(bytesBeforeCheckpoint / pageSizeOf(database))}`)
      // NORMAL lost every acknowledged row in power cuts; FULL lost none (sqlite.org/pragma.html#pragma_synchronous).
      database.run('PRAGMA synchronous = FULL')
      // What is removed is overwritten, in pages that become free as well (FAST leaves those): what was taken back, or has lived its days,
      // is not to be found on the card.
      database.run('PRAGMA secure_delete = ON')
      database.run(`PRAGMA journal_size_limit = ${keptLog}`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Milliseconds between two attempts. */
const again = 5

/**
 * Turns the write-ahead log on. Two processes that open a new file at once both read it and both want to change it: SQLite refuses one of them
 * at once, whatever its patience (sqlite.org/c3ref/busy_handler.html), and a moment later the other has done it.
 */
function keepLog(database: Database): void {
  for (let waited = 0; ; waited += again) {
    try {
      database.run('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
      if (!isBusy || waited >= patience) throw error
      Bun.sleepSync(again)
    }
  }
}

function pageSizeOf(database: Database): number {
  const row = database.query<{ page_size: number }, []>('PRAGMA page_size').get()
  return row?.page_size ?? pageSize
}
