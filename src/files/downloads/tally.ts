// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Compilable, Database, Log } from '../../core'

/** A pulled plug loses at most this much counting; writing each download at once would wear the card out. */
const flushEvery = 30_000

interface Options {
  database: Pick<Database<unknown>, 'writeAll'>
  clock: Clock
  log: Log
  statement(id: string, more: number): Compilable
}

/** Counts in memory and writes the sums now and then: looking at a file must not write to the card. */
export function createTally({ database, clock, log, statement }: Options) {
  let counted = new Map<string, number>()

  async function flush() {
    if (counted.size === 0) return
    const sums = counted
    counted = new Map()
    try {
      await database.writeAll([...sums].map(([id, more]) => statement(id, more)))
    } catch (error) {
      for (const [id, more] of sums) counted.set(id, (counted.get(id) ?? 0) + more)
      log.warn({ err: error }, 'files.tally-failed')
    }
  }
  const cancel = clock.every(flushEvery, () => void flush())

  return {
    add: (id: string, more = 1) => void counted.set(id, (counted.get(id) ?? 0) + more),
    /** What is counted and not yet in the row. */
    of: (id: string) => counted.get(id) ?? 0,
    async stop() {
      cancel()
      await flush()
    },
  }
}

export type Tally = ReturnType<typeof createTally>
