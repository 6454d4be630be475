// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../../core'
import type { ScannedFile, Scanner, Verdict } from './scanner'

const firstRetry = 1_000
const longestRetry = 5 * 60_000
/** How often it is looked whether the scanner is there and whether somebody has waited too long, in ms. */
const lookEvery = 60_000
/** Files over which the mean time is told. */
const rememberedScans = 20

interface Place {
  /** On the clock that never jumps. */
  since: number
  /** When the wait began before this start, as the wall clock said then; null once it is known how long that was. */
  from: number | null
  tries: number
}

interface Options {
  scanner: Scanner
  clock: Clock
  log: Log
  /** Failures of one file, while the scanner is well, after which a person decides; and how long anything waits for a scanner, in ms. */
  limits: { scanTries: number; scanWait: number }
  pathOf(id: string): string
  /** quarantined → scanning; null when the file is not waiting any more. */
  begin(id: string): Promise<ScannedFile | null>
  /** scanning → the verdict. */
  end(id: string, verdict: Verdict): Promise<void>
  /** scanning → quarantined, with the reason it waits. */
  giveBack(id: string, reason: string): Promise<void>
  /** All that wait get to know why. */
  hold(reason: string): Promise<void>
  /** Waited too long: a person decides. */
  expire(id: string): Promise<void>
  /** The scanner is there again: what a person should have decided meanwhile may be scanned after all. */
  recovered(): Promise<void>
  /** What nobody ever scanned and nobody waits for; looked at one by one while nothing else is to do. */
  spare(): Promise<string | null>
}

/**
 * One file at a time, in order of arrival. A scanner that fails is asked again later and later, for ever; a file that fails goes to the
 * end, so that it does not keep the others waiting, and after some tries to a person.
 */
export function createScanQueue({ scanner, clock, log, limits, pathOf, begin, end, giveBack, hold, expire, recovered, spare }: Options) {
  const waiting = new Map<string, Place>()
  const durations: number[] = []
  let working: Promise<void> | null = null
  let failures = 0
  let down = false
  let cancelRetry = () => {}
  let stopped = false

  async function work() {
    while (!stopped) {
      const [first] = waiting.keys()
      const id = first ?? (await spare())
      if (id === null && waiting.size > 0) continue
      if (id === null) return
      if (!(await isUp())) {
        await hold('scanner-silent')
        await turnAway()
        return later()
      }
      if (!(await scanOne(id))) return later()
      failures = 0
    }
  }

  async function isUp(): Promise<boolean> {
    try {
      await scanner.check?.()
    } catch {
      down = true
      return false
    }
    if (down) {
      down = false
      failures = 0
      await recovered()
    }
    return true
  }

  async function scanOne(id: string): Promise<boolean> {
    const file = await begin(id)
    if (!file) {
      waiting.delete(id)
      return true
    }
    const since = clock.monotonic()
    const place = waiting.get(id) ?? { since, from: null, tries: 0 }
    // Whoever brings it back meanwhile puts it in line anew.
    waiting.delete(id)
    try {
      await end(id, await scanner.scan(pathOf(id), file))
      durations.push(clock.monotonic() - since)
      if (durations.length > rememberedScans) durations.shift()
      return true
    } catch (error) {
      log.warn({ file: id, err: error }, 'files.scan-failed')
    }
    waiting.set(id, place)
    // Only a scanner that is well makes this the file's own fault.
    if (await isUp()) place.tries++
    if (place.tries >= limits.scanTries) {
      await settle(id, { state: 'unscannable', reason: 'gave-up' })
      return true
    }
    await giveBack(id, 'scanner-silent')
    return false
  }

  async function settle(id: string, verdict: Verdict) {
    await end(id, verdict)
    waiting.delete(id)
  }

  /** Only while the scanner is silent: one that is well comes to everybody, however long it took. */
  async function turnAway() {
    for (const [id, place] of waiting) {
      learn(place)
      if (clock.monotonic() - place.since < limits.scanWait) continue
      await expire(id)
      waiting.delete(id)
    }
  }

  /** A box that is started anew every day has a deadline all the same. What passed before is read from the wall once, when it can be right. */
  function learn(place: Place) {
    if (place.from === null || !clock.trusted()) return
    place.since = Math.min(place.since, clock.monotonic() - (clock.now() - place.from))
    place.from = null
  }

  function later() {
    failures++
    cancelRetry()
    cancelRetry = clock.after(Math.min(longestRetry, firstRetry * 2 ** Math.min(failures - 1, 20)), start)
  }

  function start() {
    if (working || stopped) return
    cancelRetry()
    working = work()
      .catch((error) => {
        log.error({ err: error }, 'files.scan-queue-failed')
        later()
      })
      .finally(() => {
        working = null
      })
  }

  /** Also while nothing waits: those who run the house are told before somebody needs it. */
  async function look() {
    if (working || stopped) return
    working = isUp()
      .then((up) => (up ? undefined : turnAway()))
      .catch((error) => log.error({ err: error }, 'files.scan-queue-failed'))
      .finally(() => {
        working = null
      })
    await working
    if (failures === 0) start()
  }

  const cancelLooks = scanner.present ? clock.every(lookEvery, () => void look()) : () => {}

  return {
    /** `from`: since when those wait that waited before this start, by the wall clock. */
    add(ids: Iterable<string>, from: ReadonlyMap<string, number> = new Map()) {
      for (const id of ids) if (!waiting.has(id)) waiting.set(id, { since: clock.monotonic(), from: from.get(id) ?? null, tries: 0 })
      // With nothing in line it is for `look` to begin: it asks the scanner first.
      if (failures === 0 && waiting.size > 0) start()
    },
    /** Does not wait for the next try: somebody says that the scanner is there. */
    hurry() {
      failures = 0
      start()
    },
    look,
    get waiting() {
      return waiting.size
    },
    /** Milliseconds of the last scans, on average; null before the first. */
    get meanTime() {
      return durations.length === 0 ? null : durations.reduce((sum, one) => sum + one, 0) / durations.length
    },
    /** Waits for a scan under way, so that no row changes after the database is closed. */
    async stop() {
      stopped = true
      cancelRetry()
      cancelLooks()
      await working
    },
  }
}
