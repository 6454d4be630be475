// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, firstPossibleTime, type Log } from '../../core'
import type { Store } from '../store'

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

/** What the time service corrects in small steps changes nobody's age. */
const noticeable = 3_600_000

/** Erases what kept rooms have kept long enough. Never while the clock cannot be right: a Pi without network wakes up in 1970, or in 2038. */
export function createRetention({ store, clock, log }: Options) {
  let startedAt = clock.now()
  let knowsOldStamps = false
  /** When the machine started, by the clock on the wall; it changes when that clock is set, and only then. */
  let bornAt = clock.now() - clock.uptime()

  /**
   * A Pi keeps no time while it is off: it stamps what is said with the day it was unplugged, or with 1970, until it hears the time. What was
   * said since the start is as old as it is, not as old as that clock says, and must not go with the next sweep.
   */
  async function correctStamps(): Promise<void> {
    const ahead = clock.now() - clock.uptime() - bornAt
    if (ahead > noticeable) {
      const items = await store.items.restamp(startedAt, clock.now() - ahead + 1, ahead)
      log.info({ items, by: ahead }, 'rooms.restamped')
      startedAt += ahead
    }
    if (Math.abs(ahead) > noticeable) bornAt += ahead
    // Said before a restart that came sooner than the time did; once is enough, and every row is looked at.
    if (!knowsOldStamps) await store.items.restampBefore(firstPossibleTime, clock.now())
    knowsOldStamps = true
  }

  clock.every(sweepEvery, () => {
    sweep().catch((error) => log.error({ err: error }, 'rooms.retention.failed'))
  })

  /** Answers how many items went. */
  async function sweep(): Promise<number> {
    if (!clock.trusted()) return 0
    await correctStamps()
    let gone = 0
    for (const { room } of await store.all()) {
      // What stopped halfway when the room became ephemeral is finished here.
      if (!room.kept && (await store.items.lastSaid(room.id)) === null) continue
      for (let deleted = batch; deleted === batch; ) {
        deleted = await sweepSome(room.id)
        gone += deleted
      }
    }
    if (gone > 0) log.info({ items: gone }, 'rooms.retention')
    return gone
  }

  /** By what the room promises at this moment: it may have become kept, or been given a longer memory, while others were swept. */
  async function sweepSome(roomId: string): Promise<number> {
    const room = (await store.byId(roomId))?.room
    if (!room) return 0
    const cutoff = room.kept ? clock.now() - room.days * dayMs : Number.MAX_SAFE_INTEGER
    return store.items.expire(roomId, cutoff, batch)
  }

  return { sweep }
}
