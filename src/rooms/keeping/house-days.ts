// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Database, Refusal } from '../../core'
import { readDays } from '../door/creation'
import type { Present, RoomLimits } from '../model'
import type { RoomsTables } from '../tables'

interface Options {
  database: Database<RoomsTables>
  audit: Audit
  limits: Pick<RoomLimits, 'keptDaysMaximum'>
}

export type HouseDays = Awaited<ReturnType<typeof createHouseDays>>

/** How many days kept rooms remember at most, as an administrator says for all of them; never more than the settings allow. */
export async function createHouseDays({ database, audit, limits: { keptDaysMaximum: allowed } }: Options) {
  const { read } = database
  let chosen = (await read.selectFrom('room_house').select('days').executeTakeFirst())?.days ?? null

  return {
    /** What the settings allow. */
    allowed,
    /** What an administrator has chosen; null for all that is allowed. */
    get chosen(): number | null {
      return chosen
    },
    get most(): number {
      return Math.min(chosen ?? allowed, allowed)
    },

    /**
     * Holds for every room from this moment, those with a longer memory included; the next sweep erases what is older. Empty stands for all
     * that is allowed. Refuses `invalid`.
     */
    async set(by: Present, typed: string, from: string): Promise<void> {
      const days = typed.trim() === '' ? null : readDays(typed, { keptDays: allowed, keptDaysMaximum: allowed })
      if (days === null && typed.trim() !== '') {
        throw new Refusal('invalid', 'rooms.daysUnfit', { values: { max: allowed }, fields: { dias: 'rooms.daysUnfit' } })
      }
      await database.writeAll([
        read.deleteFrom('room_house'),
        ...(days === null ? [] : [read.insertInto('room_house').values({ one: 1, days })]),
        audit.statement({ who: by, what: 'rooms.days-set', target: null, from, detail: { days: days ?? allowed } }),
      ])
      chosen = days
    },
  }
}
