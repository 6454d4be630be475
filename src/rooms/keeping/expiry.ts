// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Line, Log } from '../../core'
import type { Store } from '../store'

interface Options {
  store: Store
  clock: Clock
  line: Line
  log: Log
  /** Closes the room for good. */
  close(roomId: string): Promise<void>
}

/** A room ends at most so long after its time, in milliseconds. */
const lookEvery = 15_000

/** Closes the rooms whose time is over. By the line that never jumps, and never while the clock cannot be right: a wrong clock deletes nothing. */
export function createExpiry({ store, clock, line, log, close }: Options) {
  const cancel = clock.every(lookEvery, () => {
    look().catch((error) => log.error({ err: error }, 'rooms.expiry.failed'))
  })

  async function look(): Promise<void> {
    if (!clock.trusted()) return
    // Asked for one at a time: closing a long history takes a while, in which the end of another may be put off.
    for (let next = await store.order.ended(line.now()); next !== null; next = await store.order.ended(line.now())) await close(next)
  }

  return { look, stop: cancel }
}
