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
  const underWay = new Map<string, Promise<void>>()
  let messages = 0
  let looked: Promise<void> | null = null

  const cancel = clock.every(passEvery, () => pass())

  function pass(): void {
    fill().catch((error) => log.error({ err: error }, 'rooms.search.failed'))
  }

  /** The rooms that lag behind, of these (all without a list). What others are bringing is waited for. */
  async function fill(rooms?: readonly string[]): Promise<void> {
    looked ??= lookBehind()
    await looked
    for (const roomId of rooms ?? [...waiting.keys()]) await bring(roomId)
  }

  async function lookBehind(): Promise<void> {
    try {
      for (const roomId of await store.search.behind()) waiting.set(roomId, waiting.get(roomId) ?? 0)
    } catch (error) {
      looked = null
      throw error
    }
  }

  function bring(roomId: string): Promise<void> | undefined {
    const before = underWay.get(roomId)
    if (!waiting.has(roomId)) return before
    const own = (before ?? Promise.resolve())
      .catch(() => {})
      .then(() => fillRoom(roomId))
      .finally(() => underWay.get(roomId) === own && underWay.delete(roomId))
    underWay.set(roomId, own)
    return own
  }

  async function fillRoom(roomId: string): Promise<void> {
    const mine = waiting.get(roomId) ?? 0
    messages -= mine
    waiting.delete(roomId)
    try {
      const standing = await store.search.standing(roomId)
      if (!standing) return
      for (let done = standing.done; done < standing.n; ) {
        done = Math.min(standing.n, done + batch)
        await store.search.fill(roomId, done)
      }
    } catch (error) {
      messages += mine
      waiting.set(roomId, (waiting.get(roomId) ?? 0) + mine)
      throw error
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
