// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from './clock'

export type Taken = { ok: true } | { ok: false; retryAfter: number }

export interface Limiter {
  /** Spends `cost` for `key`, or says after how many whole seconds it can be spent. */
  take(key: string, cost?: number): Taken
  /** Whether `cost` could be spent, without spending it. */
  peek(key: string, cost?: number): Taken
  /** Gives back what an attempt that turned out harmless had spent. */
  refund(key: string, cost?: number): void
  reset(key: string): void
  readonly size: number
}

interface Options {
  clock: Clock
  /** How many are allowed at once. */
  burst: number
  /** How many come back each second. */
  perSecond: number
  /** How many keys are remembered; beyond that the one idle for longest is forgotten: an attacker cannot fill the memory. */
  keys?: number
}

/** A token bucket per key on the clock that never jumps. `perSecond: 0` or `burst: 0` lets everything pass. */
export function createLimiter({ clock, burst, perSecond, keys = 10_000 }: Options): Limiter {
  const buckets = new Map<string, { left: number; at: number }>()
  const unlimited = burst <= 0 || perSecond <= 0

  function bucketOf(key: string) {
    const now = clock.monotonic()
    const known = buckets.get(key)
    const bucket = known ?? { left: burst, at: now }
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    // Re-inserting keeps the map in order of last use.
    buckets.delete(key)
    buckets.set(key, bucket)
    if (!known && buckets.size > keys) buckets.delete(buckets.keys().next().value as string)
    return bucket
  }

  function check(bucket: { left: number }, cost: number): Taken {
    if (bucket.left >= cost) return { ok: true }
    return { ok: false, retryAfter: Math.max(1, Math.ceil((cost - bucket.left) / perSecond)) }
  }

  return {
    take(key, cost = 1) {
      if (unlimited) return { ok: true }
      const bucket = bucketOf(key)
      const taken = check(bucket, cost)
      if (taken.ok) bucket.left -= cost
      return taken
    },
    peek: (key, cost = 1) => (unlimited ? { ok: true } : check(bucketOf(key), cost)),
    refund(key, cost = 1) {
      const bucket = buckets.get(key)
      if (bucket) bucket.left = Math.min(burst, bucket.left + cost)
    },
    reset: (key) => void buckets.delete(key),
    get size() {
      return buckets.size
    },
  }
}
