// SPDX-License-Identifier: GPL-3.0-or-later
import { uptime } from 'node:os'

/** The port through which everything reads time: a Pi boots in 1970 and jumps; a test does not wait. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. For people and records; it may jump. */
  now(): number
  /** Milliseconds on a line that never jumps. For limits, lockouts and deadlines. */
  monotonic(): number
  /** Milliseconds since the machine started, what it slept included: what the wall moves beyond this is a clock that was set. */
  uptime(): number
  /** False while the wall time cannot be right. Nothing is deleted for its age until it is. */
  trusted(): boolean
  /** Runs once after `ms`; answers the function that cancels it. */
  after(ms: number, run: () => void): () => void
  /** Runs every `ms`; answers the function that ends it. */
  every(ms: number, run: () => void): () => void
}

/** No PiChat existed before this: a box whose clock says less has not heard the time yet. */
export const firstPossibleTime = Date.UTC(2026, 0, 1)

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    uptime: () => uptime() * 1000,
    trusted: () => Date.now() >= firstPossibleTime,
    after(ms, run) {
      const timer = setTimeout(run, ms)
      timer.unref()
      return () => clearTimeout(timer)
    },
    every(ms, run) {
      const timer = setInterval(run, ms)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

export interface ManualClock extends Clock {
  /** Moves both lines forward and runs what falls due, in order. */
  advance(ms: number): Promise<void>
  /** Time passes, and nothing runs. */
  pass(ms: number): void
  /** Makes the wall time jump; the monotonic line does not notice. */
  set(epochMs: number): void
}

/** A clock that stands still until a test moves it. */
export function manualClock(start = Date.UTC(2026, 10, 23, 10, 0, 0)): ManualClock {
  let wall = start
  let line = 1_000
  let order = 0
  const due = new Map<number, { at: number; run: () => void; every?: number }>()

  function schedule(ms: number, run: () => void, every?: number): () => void {
    const id = ++order
    due.set(id, { at: line + ms, run, ...(every === undefined ? {} : { every }) })
    return () => void due.delete(id)
  }

  return {
    now: () => wall,
    monotonic: () => line,
    uptime: () => line,
    trusted: () => wall >= firstPossibleTime,
    after: (ms, run) => schedule(ms, run),
    every: (ms, run) => schedule(ms, run, ms),
    pass(ms) {
      wall += ms
      line += ms
    },
    set(epochMs) {
      wall = epochMs
    },
    async advance(ms) {
      const end = line + ms
      for (;;) {
        const next = [...due].filter(([, task]) => task.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
        if (!next) break
        const [id, task] = next
        wall += Math.max(0, task.at - line)
        line = Math.max(line, task.at)
        if (task.every === undefined) due.delete(id)
        else task.at += task.every
        task.run()
        await new Promise(setImmediate)
      }
      wall += end - line
      line = end
      await new Promise(setImmediate)
    },
  }
}
