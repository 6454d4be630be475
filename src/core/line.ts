// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from './clock'
import type { Compilable } from './database'

/** Where the line stood at some moment, and what the wall clock said then (null: nothing that could be trusted). */
export interface LineMark {
  line: number
  wall: number | null
}

/**
 * How long things live is measured on a line of the house's own, in ms. While PiChat runs it follows the clock that never jumps, so
 * setting the wall clock neither ends anything early nor brings it back. What passed while the box was off is read from the wall clock
 * once, and only where both ends could be trusted. A box without a clock of its own and without a network therefore adds the hours it
 * was off to the life of things: told here because nothing better is known there.
 */
export interface Line {
  now(): number
  /** Writes down where line and wall stand together; belongs into the transaction that makes something with an end. */
  mark(): Compilable<unknown>
  /** `now`, for what is dated by it and not written down: as `mark` does, it keeps time off that is learned later from ageing it. */
  touch(): number
  stop(): Promise<void>
}

interface Options {
  clock: Clock
  /** What was written down last. */
  known: LineMark | undefined
  /** The statement that stores a mark. */
  store(mark: LineMark): Compilable<unknown>
  write(statement: Compilable<unknown>): Promise<unknown>
}

const tick = 60_000

export function createLine({ clock, known, store, write }: Options): Line {
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

  /** What is dated before it is known how long the box was off would be aged by it: that absence is not counted then, and ends come later. */
  function touch(): number {
    const line = now()
    offUnknown = null
    return line
  }

  function written() {
    const line = now()
    // While the time off is still unknown, the old wall time stays: it is what the new one will be compared with.
    return store({ line, wall: clock.trusted() ? clock.now() : offUnknown })
  }

  let marked = { line: now(), wall: clock.now() }
  const drifted = () => Math.abs(clock.now() - marked.wall - (now() - marked.line)) > tick
  /** Only after a jump: without one, the last mark still says how line and wall stand. */
  async function follow() {
    if (!drifted()) return
    marked = { line: now(), wall: clock.now() }
    await write(written()).catch(() => {})
  }
  let stopped = false
  const cancel = clock.every(tick, () => void follow())

  return {
    now,
    touch,
    mark() {
      touch()
      return written()
    },
    async stop() {
      if (stopped) return
      stopped = true
      cancel()
      await write(written())
    },
  }
}
