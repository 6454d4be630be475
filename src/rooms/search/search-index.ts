// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../../core'
import type { Store } from '../store'

interface Options {
  store: Store
  clock: Clock
  log: Log
}

/**
 * How long a message may wait before it enters the index, in milliseconds, and how many may wait. One message alone costs the card five
 * times what it costs in company; a search does not wait, it brings what is missing itself.
 */
const passEvery = 60_000
const mostWaiting = 500
/** Numbers that enter at a time: the writer answers everybody else in between. */
const batch = 500

export type SearchIndex = ReturnType<typeof createSearchIndex>

/** Brings what was said into the index of words, many messages at a time. What a crash interrupts is found again by the numbers. */
export function createSearchIndex({ store, clock, log }: Options) {
  const waiting = new Map<string, number>()
  let messages = 0
  let looked = false

  const cancel = clock.every(passEvery, () => pass())

  function pass(): void {
    fill().catch((error) => log.error({ err: error }, 'rooms.search.failed'))
  }

  /** The rooms that lag behind, of these (all without a list). */
  async function fill(rooms?: readonly string[]): Promise<void> {
    if (!looked) {
      looked = true
      for (const roomId of await store.search.behind()) waiting.set(roomId, waiting.get(roomId) ?? 0)
    }
    for (const roomId of rooms ?? [...waiting.keys()]) if (waiting.has(roomId)) await fillRoom(roomId)
  }

  async function fillRoom(roomId: string): Promise<void> {
    messages -= waiting.get(roomId) ?? 0
    waiting.delete(roomId)
    const standing = await store.search.standing(roomId)
    if (!standing) return
    for (let done = standing.done; done < standing.n; ) {
      done = Math.min(standing.n, done + batch)
      await store.search.fill(roomId, done)
    }
  }

  return {
    fill,
    /** Something was said in a kept room. */
    add(roomId: string): void {
      waiting.set(roomId, (waiting.get(roomId) ?? 0) + 1)
      if (++messages >= mostWaiting) {
        messages = 0
        pass()
      }
    },
    stop: cancel,
  }
}
