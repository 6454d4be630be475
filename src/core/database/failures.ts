// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../errors'
import type { Failure } from './protocol'

/** SQLite (or the writer) said no, for a reason that is no case of its own here. A fault of ours or of the disk. */
export class DatabaseFailure extends Error {
  constructor(
    message: string,
    /** SQLite's name of the reason, such as `SQLITE_CONSTRAINT_CHECK` or `SQLITE_IOERR_FSYNC`. */
    readonly code: string,
    /** Which statement of the request. */
    readonly index: number,
  ) {
    super(message)
    this.name = new.target.name
  }
}

/** The row exists already: a UNIQUE constraint, a unique index or a primary key. */
export class UniqueViolation extends DatabaseFailure {
  /** `users.username`, `members.room, members.user`; the name of the index when it is over an expression. */
  readonly constraint: string
  /** The same, one by one. */
  readonly columns: readonly string[]

  constructor(failure: Failure) {
    super(failure.message, failure.code, failure.index)
    this.constraint = failure.message.replace(/^UNIQUE constraint failed: /, '').replace(/^index '(.*)'$/, '$1')
    this.columns = this.constraint.split(', ')
  }
}

/** It points to a row that is not there, or something still points to the row that was to go. */
export class ForeignKeyViolation extends DatabaseFailure {}

/** A guarded statement changed another number of rows: somebody was quicker. Nothing of its request happened. */
export class UnmetExpectation extends Error {
  constructor(
    /** Which statement of `writeAll`. */
    readonly index: number,
    readonly expected: number,
    readonly changed: number,
  ) {
    super(`statement ${index} changed ${changed} rows, expected ${expected}`)
    this.name = 'UnmetExpectation'
  }
}

/** No room left on the disk; nothing of the request happened. Reads go on, and so do writes once there is room again. */
export class DatabaseFull extends Refusal {
  constructor() {
    super('full', 'errors.full')
    this.name = 'DatabaseFull'
  }
}

/** Too many writes are waiting, another process holds the file, or the database is closing. Nothing of the request happened. */
export class DatabaseBusy extends Refusal {
  constructor() {
    super('busy', 'errors.busy', { retryAfter: 1 })
    this.name = 'DatabaseBusy'
  }
}

/** The last: triggers raise nothing but that something is there already, in the words of an index. */
const uniqueCodes = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_ROWID',
  'SQLITE_CONSTRAINT_TRIGGER',
])

export function toError(failure: Failure): Error {
  const { code, message, index, expected, changed } = failure
  if (expected !== undefined && changed !== undefined) return new UnmetExpectation(index, expected, changed)
  if (uniqueCodes.has(code)) return new UniqueViolation(failure)
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new ForeignKeyViolation(message, code, index)
  if (code === 'SQLITE_FULL') return new DatabaseFull()
  if (code.startsWith('SQLITE_BUSY')) return new DatabaseBusy()
  return new DatabaseFailure(message, code, index)
}
