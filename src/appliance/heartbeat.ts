// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from '../core'

export interface LoopMeter {
  /** The longest standstill of the event loop since a monotonic moment, in milliseconds; without one, of the last minute. */
  worst(since?: number): number
  stop(): void
}

/** Wakes up often enough to see a standstill, seldom enough to cost a Pi nothing. */
const beat = 250
/** What is remembered: one minute of beats. */
const beats = 240

/** Measures how late the event loop is: a timer that should ring every 250 ms tells by how much it does not. */
export function createLoopMeter(clock: Clock): LoopMeter {
  let last = clock.monotonic()
  const seen: { at: number; late: number }[] = []
  const stop = clock.every(beat, () => {
    const late = lateness()
    last = clock.monotonic()
    seen.push({ at: last, late })
    if (seen.length > beats) seen.shift()
  })
  return {
    worst(since = Number.NEGATIVE_INFINITY) {
      return seen.reduce((worst, { at, late }) => (at > since ? Math.max(worst, late) : worst), lateness())
    },
    stop,
  }

  function lateness(): number {
    return Math.max(0, clock.monotonic() - last - beat)
  }
}

interface Heart {
  readonly clock: Clock
  readonly meter: LoopMeter
  /** Reads something from the database and writes something durably to it. */
  readonly readAndWrite: () => Promise<void>
  /** Milliseconds. */
  readonly deadline: number
  /** Milliseconds. */
  readonly lagLimit: number
}

/** Rejects with the reason when the box cannot do its work: then the watchdog gets no ping and systemd starts it anew. */
export function createHeartbeat({ clock, meter, readAndWrite, deadline, lagLimit }: Heart): () => Promise<void> {
  let asked = clock.monotonic()
  return async () => {
    const lag = meter.worst(asked)
    asked = clock.monotonic()
    if (lag > lagLimit) throw new Error(`the event loop stood still for ${Math.round(lag)} ms`)
    const late = Promise.withResolvers<never>()
    const cancel = clock.after(deadline, () => late.reject(new Error(`the database did not answer within ${deadline} ms`)))
    try {
      await Promise.race([readAndWrite(), late.promise])
    } finally {
      cancel()
    }
  }
}
