// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The thread that owns every write: the disk is waited for here and nowhere else. It is an entry point of the executable of its own.
 *
 * A group is what was waiting while the previous one was being written. It becomes one transaction, so that a hundred messages
 * cost one wait for the disk and not a hundred; inside it each request has a savepoint, so that one that fails takes no other along.
 */
import type { Database, Statement } from 'bun:sqlite'
import { openConnection } from './connection'
import {
  type Failure,
  type FromWriter,
  mostKnownStatements,
  type Outcome,
  type Parameter,
  pack,
  type Request,
  type Step,
  type StepResult,
  type ToWriter,
  unpack,
} from './protocol'
import { isDiskFull, type Reserve, reserveOf } from './reserve'

declare const self: Worker

let database: Database | null = null
let reserve: Reserve | null = null
/** In the order in which their texts came; prepared when first used. */
const known: { sql: string; statement: Statement<unknown, Parameter[]> | null }[] = []

self.onmessage = ({ data }: MessageEvent<string>) => {
  const message = unpack<ToWriter>(data)
  if (message.kind === 'open') open(message.path, message.session)
  else if (message.kind === 'group') answer({ kind: 'answered', outcomes: writeOnAnyDisk(opened(), learnt(message.requests)) })
  else close()
}

function answer(message: FromWriter) {
  self.postMessage(pack(message))
}

function open(path: string, session: readonly string[]) {
  try {
    database = openConnection(path, 'write')
    reserve = reserveOf(path)
    reserve.keep()
    for (const statement of session) database.run(statement)
    answer({ kind: 'opened' })
  } catch (error) {
    answer({ kind: 'refused', failure: failureOf(error, 0) })
  }
}

/** Takes down new statements before any of them runs: one that fails must not shift the numbers of those behind it. */
function learnt(requests: Request[]): Request[] {
  for (const { steps } of requests) {
    for (const { sql } of steps) if (typeof sql === 'string' && known.length < mostKnownStatements) known.push({ sql, statement: null })
  }
  return requests
}

function statementOf(db: Database, sql: string | number): Statement<unknown, Parameter[]> {
  if (typeof sql === 'string') return db.query(sql)
  const entry = known[sql]
  if (!entry) throw new Error(`the writer was never told statement ${sql}`)
  entry.statement ??= db.query(entry.sql)
  return entry.statement
}

function opened(): Database {
  if (!database) throw new Error('the writer got a group before it was told which file')
  return database
}

function close() {
  if (database) {
    // Leaves one complete file behind, for whoever copies it. A reader in another process may hold it up: then the next start does it.
    attempt(() => opened().run('PRAGMA wal_checkpoint(TRUNCATE)'))
    attempt(() => opened().close())
    database = null
  }
  answer({ kind: 'closed' })
}

/** On a full disk only what makes room is written, and may have what was kept back for it. */
function writeOnAnyDisk(db: Database, requests: Request[]): Outcome[] {
  const hasRoom = reserve?.keep() ?? true
  const outcomes = hasRoom ? writeGroup(db, requests) : requests.map(() => noRoom)
  const makers = [...requests.entries()].filter(([index, { makesRoom }]) => makesRoom && isRefusedAsFull(outcomes[index]))
  if (makers.length === 0) return outcomes
  if (hasRoom && reserve?.use()) answer({ kind: 'reserve-used' })
  const again = writeGroup(
    db,
    makers.map(([, request]) => request),
  )
  const late = new Map(makers.map(([index], place) => [index, again[place]]))
  return outcomes.map((outcome, index) => late.get(index) ?? outcome)
}

const noRoom: Outcome = { failure: { code: 'SQLITE_FULL', message: 'there is no room but for what makes room', index: 0 } }

function isRefusedAsFull(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && 'failure' in outcome && isDiskFull(outcome.failure)
}

/**
 * Answers for the whole group: when the transaction itself fails (disk full, disk broken, locked by another process) nothing of it holds.
 * Nearly every group has nothing to undo, so it is tried without savepoints first, and once more with them when a request of it fails.
 */
function writeGroup(db: Database, requests: Request[]): Outcome[] {
  try {
    run(db, 'BEGIN IMMEDIATE')
    const outcomes = performAll(db, requests) ?? performEach(db, requests)
    run(db, 'COMMIT')
    for (const request of requests) failpoint(request, request.steps.length + 2)
    return outcomes
  } catch (error) {
    if (db.inTransaction) attempt(() => run(db, 'ROLLBACK'))
    const failure = failureOf(error, 0)
    return requests.map(() => ({ failure }))
  }
}

/** All requests of the group, or null, and none of them has happened. */
function performAll(db: Database, requests: Request[]): Outcome[] | null {
  try {
    return requests.map((request) => ({ done: follow(db, request) }))
  } catch {
    if (db.inTransaction) run(db, 'ROLLBACK')
    run(db, 'BEGIN IMMEDIATE')
    return null
  }
}

/** Each request by itself: all of it or, with the reason, nothing. */
function performEach(db: Database, requests: Request[]): Outcome[] {
  return requests.map((request) => {
    const progress = { index: 0 }
    run(db, 'SAVEPOINT request')
    try {
      const done = follow(db, request, progress)
      run(db, 'RELEASE request')
      return { done }
    } catch (error) {
      // A full or broken disk can make SQLite drop the whole transaction: then the others of the group are gone too.
      if (!db.inTransaction) throw error
      run(db, 'ROLLBACK TO request')
      run(db, 'RELEASE request')
      return { failure: failureOf(error, progress.index) }
    }
  })
}

/** Runs the steps of a request; `progress` tells how far it came. */
function follow(db: Database, request: Request, progress = { index: 0 }): StepResult[] {
  const done: StepResult[] = []
  for (const step of request.steps) {
    failpoint(request, progress.index + 1)
    done.push(execute(db, step, progress.index))
    progress.index++
  }
  failpoint(request, progress.index + 1)
  return done
}

function execute(db: Database, { sql, parameters, changes: expected }: Step, index: number): StepResult {
  const statement = statementOf(db, sql)
  const result = { rows: [] as unknown[], changes: 0 }
  if (statement.reader) {
    result.rows = statement.all(...parameters)
    result.changes = result.rows.length
  } else {
    result.changes = statement.run(...parameters).changes
  }
  if (expected !== undefined && result.changes !== expected) throw new Unmet(index, expected, result.changes)
  return result
}

class Unmet extends Error {
  constructor(
    readonly index: number,
    readonly expected: number,
    readonly changed: number,
  ) {
    super(`statement ${index} changed ${changed} rows, expected ${expected}`)
  }
}

function run(db: Database, sql: string) {
  db.query(sql).run()
}

function failureOf(error: unknown, index: number): Failure {
  if (error instanceof Unmet) return { code: 'UNMET', message: error.message, index, expected: error.expected, changed: error.changed }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
  return { code, message: error instanceof Error ? error.message : String(error), index }
}

function attempt(act: () => void) {
  try {
    act()
  } catch {
    // What matters has been decided before.
  }
}

/**
 * `PICHAT_FAILPOINT=<label>:<k>` kills the process right before statement k of a request with that label. With n statements,
 * n + 1 is right before the end of the request (nothing is committed yet) and n + 2 after the commit and before the answer.
 *
 * It is how the tests prove that a process that dies anywhere inside an important transaction (the claim of a new box) leaves all of
 * it or nothing. Without the variable it does nothing, and the variable can only be set by who starts the process and could kill it anyway.
 */
function failpoint(request: Request, k: number) {
  if (aim && request.label === aim.label && k === aim.k) process.kill(process.pid, 'SIGKILL')
}

const aim = readFailpoint(process.env.PICHAT_FAILPOINT)

function readFailpoint(text: string | undefined): { label: string; k: number } | null {
  const parts = text?.match(/^(.+):(\d+)$/)
  return parts?.[1] ? { label: parts[1], k: Number(parts[2]) } : null
}
