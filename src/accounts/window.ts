// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from '../core'

interface Options {
  clock: Clock
  /** How many within `ms`, counted exactly: a bucket that refills would let twice as many through. */
  most: number
  ms: number
  /** Keys remembered; beyond that the one idle for longest is forgotten: an attacker cannot fill the memory. */
  keys?: number
}

export interface Window {
  /** Whether any is counted. */
  has(key: string): boolean
  /** Milliseconds until there is room; 0 when there is. */
  wait(key: string): number
  /** Counts one now; answers the function that takes it back. */
  take(key: string): () => void
}

export function createWindow({ clock, most, ms, keys = 10_000 }: Options): Window {
  const times = new Map<string, number[]>()

  function recent(key: string): number[] {
    const since = clock.monotonic() - ms
    return (times.get(key) ?? []).filter((time) => time > since)
  }

  return {
    has: (key) => recent(key).length > 0,
    wait(key) {
      const [oldest, ...rest] = recent(key).slice(-most)
      return oldest === undefined || rest.length + 1 < most ? 0 : oldest + ms - clock.monotonic()
    },
    take(key) {
      const list = recent(key)
      const now = clock.monotonic()
      list.push(now)
      times.delete(key)
      times.set(key, list)
      if (times.size > keys) times.delete(times.keys().next().value as string)
      return () => {
        const left = times.get(key)
        const place = left?.lastIndexOf(now) ?? -1
        if (left && place >= 0) left.splice(place, 1)
      }
    },
  }
}
