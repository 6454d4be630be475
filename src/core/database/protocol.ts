// SPDX-License-Identifier: GPL-3.0-or-later

/** What crosses between the main thread and the writer's thread, as JSON: a text crosses at half the price of a copied object. */

export type Parameter = string | number | null

export interface Step {
  /** On its way to the writer the number of a statement it was sent before. */
  sql: string | number
  parameters: readonly Parameter[]
  /** The number of rows it has to change; another number undoes the whole request. */
  changes?: number
}

/** Everything in it happens or nothing does. */
export interface Request {
  steps: readonly Step[]
  /** What a failpoint is aimed at. */
  label?: string
  /** On a full disk it may use what is kept back for it. */
  makesRoom?: boolean
}

export interface StepResult {
  rows: unknown[]
  changes: number
}

export interface Failure {
  /** SQLite's own name (`SQLITE_CONSTRAINT_UNIQUE`), or `UNMET` for a number of rows that was not the expected one. */
  code: string
  message: string
  /** Which step of the request. */
  index: number
  expected?: number
  changed?: number
}

export type Outcome = { done: StepResult[] } | { failure: Failure }

export type ToWriter =
  | { kind: 'open'; path: string; session: readonly string[] }
  | { kind: 'group'; requests: Request[] }
  | { kind: 'close' }

export type FromWriter =
  | { kind: 'opened' }
  | { kind: 'refused'; failure: Failure }
  /** The disk is full, and what was kept back for what makes room has been let go. */
  | { kind: 'reserve-used' }
  /** One outcome per request of the group, in its order, sent when all of it is durable. */
  | { kind: 'answered'; outcomes: Outcome[] }
  | { kind: 'closed' }

/** Statements that the writer knows by number, in the order in which their texts came; further ones are sent as text every time. */
export const mostKnownStatements = 256

export function pack(message: ToWriter | FromWriter): string {
  return JSON.stringify(message)
}

export function unpack<Message extends ToWriter | FromWriter>(text: string): Message {
  return JSON.parse(text) as Message
}
