// SPDX-License-Identifier: GPL-3.0-or-later
import type { AuditTable, AuditTables, Clock, Database } from '../core'
import type { AuditAsked, AuditPage, AuditRow } from './model'

/** Rows on one page, and rows that a download reads at a time. */
const pageRows = 100
const batchRows = 500

const dayMs = 86_400_000

/** What belongs to a kind of action: names, or everything of a feature but some. */
const entrances = ['accounts.signed-in', 'accounts.signed-out', 'accounts.sign-in', 'accounts.session-ended', 'accounts.sessions-ended']
const verdicts = ['clean', 'infected', 'unscannable', 'unscanned', 'released', 'rejected', 'rescanned', 'restored', 'taken-for-analysis']
const quarantine = verdicts.map((name) => `files.${name}`)
const kinds: Record<NonNullable<AuditAsked['kind']>, { of?: string; only?: readonly string[]; but?: readonly string[] }> = {
  entrances: { only: entrances },
  quarantine: { only: quarantine },
  files: { of: 'files.', but: quarantine },
  rooms: { of: 'rooms.' },
  people: { of: 'accounts.', but: entrances },
}

export type AuditLog = ReturnType<typeof createAuditLog>

/** The log as administrators read it: in the order in which it was written, whatever the clock did meanwhile. */
export function createAuditLog(database: Database<AuditTables>, clock: Clock) {
  function matching({ person, kind, period }: AuditAsked) {
    let rows = database.read.selectFrom('audit')
    const since = beginning(period, clock.now())
    if (since !== null) rows = rows.where('at', '>=', since)
    // What was done to somebody belongs to that person too: failed sign-ins, a new role.
    if (person) rows = rows.where((row) => row.or([row('who', '=', person), row('target', '=', person)]))
    const { of, only, but } = kind ? kinds[kind] : {}
    if (only) rows = rows.where('what', 'in', only)
    if (of) rows = rows.where('what', '>=', of).where('what', '<', after(of))
    if (but) rows = rows.where('what', 'not in', but)
    return rows
  }

  async function slice(asked: AuditAsked, before: number | undefined, limit: number): Promise<AuditRow[]> {
    const rows = before === undefined ? matching(asked) : matching(asked).where('n', '<', before)
    return (await rows.selectAll().orderBy('n', 'desc').limit(limit).execute()) as AuditRow[]
  }

  return {
    latest: (limit: number): Promise<AuditRow[]> => slice({ period: 'all' }, undefined, limit),

    async page(asked: AuditAsked): Promise<AuditPage> {
      const { before } = asked
      const [rows, { total }, previous] = await Promise.all([
        slice(asked, before, pageRows + 1),
        matching(asked)
          .select((row) => row.fn.countAll<number>().as('total'))
          .executeTakeFirstOrThrow(),
        before === undefined ? undefined : matching(asked).select('at').where('n', '=', before).executeTakeFirst(),
      ])
      return { rows: rows.slice(0, pageRows), total: Number(total), more: rows.length > pageRows, lastAt: previous?.at ?? null }
    },

    /** Everything that matches, a batch at a time. */
    async *all(asked: AuditAsked): AsyncGenerator<AuditRow[]> {
      for (let before: number | undefined; ; ) {
        const rows = await slice(asked, before, batchRows)
        if (rows.length > 0) yield rows
        if (rows.length < batchRows) return
        before = rows.at(-1)?.n
      }
    },
  }
}

function beginning(period: AuditAsked['period'], now: number): number | null {
  if (period === 'all') return null
  if (period === 'today') return new Date(now).setHours(0, 0, 0, 0)
  return now - (period === 'week' ? 7 : 30) * dayMs
}

/** The first text that no longer begins with `start`. */
function after(start: string): string {
  return start.slice(0, -1) + String.fromCharCode(start.charCodeAt(start.length - 1) + 1)
}

/** The columns of the download, in order. */
export const csvColumns = ['when', 'who', 'what', 'target', 'from', 'result', 'detail'] as const

/** A row as RFC 4180 writes it. A text that a spreadsheet would take for a formula gets an apostrophe (OWASP CSV injection). */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => `"${harmless(cell ?? '').replaceAll('"', '""')}"`).join(',')}\r\n`
}

function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

export function csvCells({ at, who_name, what, target_name, target, from_ip, result, detail }: AuditTable): (string | null)[] {
  return [new Date(at).toISOString(), who_name, what, target_name ?? target, from_ip, result, detail]
}
