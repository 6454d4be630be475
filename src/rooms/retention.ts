// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../core'
import type { Store } from './store'

interface Options {
  store: Store
  clock: Clock
  log: Log
}

const dayMs = 86_400_000
/** Once an hour: a message lives at most an hour longer than its room promises. */
const sweepEvery = 3_600_000
/** Rows deleted at a time: the writer answers everybody else in between. */
const batch = 500

/** Erases what kept rooms have kept long enough. Never while the clock cannot be right: a Pi without network wakes up in 1970, or in 2038. */
export function createRetention({ store, clock, log }: Options) {
  clock.every(sweepEvery, () => {
    sweep().catch((error) => log.error({ err: error }, 'rooms.retention.failed'))
  })

  /** Answers how many items went. */
  async function sweep(): Promise<number> {
    if (!clock.trusted()) return 0
    let gone = 0
    for (const { room } of await store.all()) {
      // What stopped halfway when the room became ephemeral is finished here.
      if (!room.kept && (await store.items.lastSaid(room.id)) === null) continue
      const cutoff = room.kept ? clock.now() - room.days * dayMs : Number.MAX_SAFE_INTEGER
      for (let deleted = batch; deleted === batch; ) {
        deleted = await store.items.expire(room.id, cutoff, batch)
        gone += deleted
      }
    }
    if (gone > 0) log.info({ items: gone }, 'rooms.retention')
    return gone
  }

  return { sweep }
}
