// SPDX-License-Identifier: GPL-3.0-or-later
import type { Kysely } from 'kysely'
import type { Clock } from './clock'
import { type Compilable, type Database, type Migration, prepared } from './database'

/** Who did what, to what, from where, when, with what result. Append-only; never the text of a message, never a secret. */
export interface AuditTable {
  n?: number
  at: number
  /** The id of the account; null for the box itself and for people who are not signed in. */
  who: string | null
  /** The name at that time: it stays readable when the account is gone. */
  who_name: string | null
  /** `accounts.signed-in`, `files.deleted`: feature, dot, what happened. */
  what: string
  /** The id and name of what it was done to. */
  target: string | null
  target_name: string | null
  from_ip: string | null
  result: 'ok' | 'refused' | 'failed'
  /** A small JSON object of numbers and names. */
  detail: string | null
}

export interface AuditTables {
  audit: AuditTable
}

export const auditMigrations: Migration[] = [
  {
    name: '0000-audit',
    up: [
      `CREATE TABLE audit (
        n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT, who_name TEXT, what TEXT NOT NULL,
        target TEXT, target_name TEXT, from_ip TEXT, result TEXT NOT NULL, detail TEXT
      ) STRICT`,
      'CREATE INDEX audit_at ON audit (at)',
      'CREATE INDEX audit_target ON audit (target, n)',
      `CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
    ],
  },
]

export interface AuditEntry {
  /** Epoch ms, when it is written down later than it happened. */
  at?: number
  who?: { id: string | null; name: string | null } | null
  what: string
  target?: { id: string; name?: string } | null
  from?: string | null
  result?: AuditTable['result']
  detail?: Record<string, string | number | boolean>
}

export interface Audit {
  /** Durable when it resolves. */
  record(entry: AuditEntry): Promise<void>
  /** The same as a statement, to stand in the transaction of what it tells about. */
  statement(entry: AuditEntry): Compilable<unknown>
  /** What is on record about one thing, the latest first, and how many rows there are. */
  about(asked: { target: string; what: string; limit: number }): Promise<{ rows: AuditTable[]; total: number }>
}

export function createAudit(database: Database<AuditTables>, clock: Clock): Audit {
  const builder: Kysely<AuditTables> = database.read

  const insertion = prepared(
    ['at', 'who', 'whoName', 'what', 'target', 'targetName', 'from', 'result', 'detail'],
    ({ at, who, whoName, what, target, targetName, from, result, detail }) =>
      builder
        .insertInto('audit')
        .values({ at, who, who_name: whoName, what, target, target_name: targetName, from_ip: from, result, detail }),
  )

  function statement({ at = clock.now(), who = null, what, target = null, from = null, result = 'ok', detail }: AuditEntry) {
    return insertion({
      at,
      who: who?.id ?? null,
      whoName: who?.name ?? null,
      what,
      target: target?.id ?? null,
      targetName: target?.name ?? null,
      from,
      result,
      detail: detail ? JSON.stringify(detail) : null,
    })
  }

  return {
    statement,
    async about({ target, what, limit }) {
      const found = builder.selectFrom('audit').where('target', '=', target).where('what', '=', what)
      const { n } = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
      return { rows: await found.selectAll().orderBy('n', 'desc').limit(limit).execute(), total: n }
    },
    async record(entry) {
      await database.write(statement(entry))
    },
  }
}
