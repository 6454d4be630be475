// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from './clock'
import type { Database, Migration } from './database'

export interface PulseTables {
  pulse: { id: number; at: number }
}

export const pulseMigrations: Migration[] = [
  { name: '0001-pulse', up: ['CREATE TABLE pulse (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT'] },
]

/** Whether the database can be read and durably written, by doing both to one small row. */
export function createPulse(database: Database<PulseTables>, clock: Clock) {
  return {
    async read(): Promise<void> {
      await database.read.selectFrom('pulse').select('at').executeTakeFirst()
    },
    async write(): Promise<void> {
      const at = clock.now()
      await database.write(
        database.read
          .insertInto('pulse')
          .values({ id: 1, at })
          .onConflict((row) => row.column('id').doUpdateSet({ at })),
      )
    },
  }
}
