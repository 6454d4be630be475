// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Database, expecting, Refusal, UnmetExpectation } from '../../core'
import type { LinkTime } from '../links/link-time'
import type { FilesLimits } from '../model'
import type { FileRow } from '../store'
import type { FilesTables } from '../tables'
import type { Asker } from './sight'

const day = 86_400_000

/** What the form offers, in days; 0: it stays. A day is the least: what goes lies in the trash for some days more. */
export const fileLives = { nunca: 0, '1d': 1, '7d': 7, '30d': 30, '90d': 90, '365d': 365 } as const
export type FileLife = keyof typeof fileLives
export const fileLifeNames = Object.keys(fileLives) as FileLife[]

/** When a file goes to the trash: as people are told, and on the house's own line, which decides. */
export interface End {
  endsAt: number | null
  endsOnLine: number | null
}

interface Options {
  database: Database<FilesTables>
  audit: Audit
  clock: Clock
  time: LinkTime
  limits: Pick<FilesLimits, 'fileDays'>
}

export type FileExpiry = ReturnType<typeof createFileExpiry>

/** How long files stay. The time is that of the house's line, and nothing goes while the clock is not trusted; see review.ts. */
export function createFileExpiry({ database, audit, clock, time, limits }: Options) {
  const { read } = database

  function endIn(days: number): End {
    return days === 0 ? { endsAt: null, endsOnLine: null } : { endsAt: clock.now() + days * day, endsOnLine: time.now() + days * day }
  }

  return {
    /** For a file that arrives now. */
    usual: (): End => endIn(limits.fileDays),

    /** For whoever brought the file, and administrators: `forbidden` for everybody else. */
    async set(by: Asker, row: FileRow, life: FileLife, from: string | null): Promise<number | null> {
      if (row.owner !== by.id && by.role !== 'administrator') throw new Refusal('forbidden', 'shelf.notYours')
      const { endsAt, endsOnLine } = endIn(fileLives[life])
      const change = read
        .updateTable('files')
        .set({ leaves_at: endsAt, leaves_on_line: endsOnLine })
        .where('id', '=', row.id)
        .where('state', '!=', 'deleted')
      const target = { id: row.id, name: row.name }
      const told = audit.statement({ who: by, what: 'files.end-set', target, from, detail: { days: fileLives[life] } })
      try {
        await database.writeAll([expecting(change), time.mark(), told])
      } catch (error) {
        throw error instanceof UnmetExpectation ? new Refusal('missing', 'errors.missing') : error
      }
      return endsAt
    },

    isOver: ({ leaves_on_line: end, state }: FileRow): boolean => end !== null && end <= time.now() && state !== 'deleted',

    /** Those whose time is over. */
    over: (): Promise<FileRow[]> =>
      read.selectFrom('files').selectAll().where('leaves_on_line', '<=', time.now()).where('state', '!=', 'deleted').limit(100).execute(),
  }
}
