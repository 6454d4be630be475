// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Compilable, Database } from '../core'
import type { FilesTables } from './tables'

/**
 * How long links live is measured on a line of the house's own, in ms. While PiChat runs it follows the clock that never jumps, so
 * setting the wall clock neither ends a link early nor brings one back. What passed while the box was off is read from the wall clock
 * once, and only where both ends could be trusted. A box without a clock of its own and without a network therefore adds the hours it
 * was off to the life of its links: told here because nothing better is known there.
 */
export interface LinkTime {
  now(): number
  /** Writes down where line and wall stand together; belongs into the transaction that makes a link. */
  mark(): Compilable<unknown>
}

const tick = 60_000

export async function openLinkTime({
  database,
  clock,
}: {
  database: Database<FilesTables>
  clock: Clock
}): Promise<LinkTime & { stop(): Promise<void> }> {
  const known = await database.read.selectFrom('file_time').selectAll().executeTakeFirst()
  const startedAt = clock.monotonic()
  let base = known?.line ?? 0
  let offUnknown = known?.wall ?? null

  const running = () => clock.monotonic() - startedAt

  /** Adds the time the box was off, as soon as the wall clock can say how long that was. */
  function learn() {
    if (offUnknown === null || !clock.trusted()) return
    base += Math.max(0, clock.now() - running() - offUnknown)
    offUnknown = null
  }

  function now(): number {
    learn()
    return Math.round(base + running())
  }

  function mark() {
    const line = now()
    // While the time off is still unknown, the old wall time stays: it is what the new one will be compared with.
    const wall = clock.trusted() ? clock.now() : offUnknown
    return database.read
      .insertInto('file_time')
      .values({ one: 1, line, wall })
      .onConflict((conflict) => conflict.column('one').doUpdateSet({ line, wall }))
  }

  let marked = { line: now(), wall: clock.now() }
  const drifted = () => Math.abs(clock.now() - marked.wall - (now() - marked.line)) > tick
  /** Only after a jump: without one, the last mark still says how line and wall stand. */
  async function follow() {
    if (!drifted()) return
    marked = { line: now(), wall: clock.now() }
    await database.write(mark()).catch(() => {})
  }
  const cancel = clock.every(tick, () => void follow())

  return {
    now,
    mark,
    async stop() {
      cancel()
      await database.write(mark())
    },
  }
}
