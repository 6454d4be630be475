// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../core'

export type Verdict =
  | { state: 'clean' }
  /** What was found. */
  | { state: 'infected'; reason: string }
  /** Why it could not be looked into: encrypted, too large, too deep. */
  | { state: 'unscannable'; reason: string }

/** The port for an antivirus. A scan that throws says nothing about the file: it waits and is tried again. */
export interface Scanner {
  /** False for the scanner that is none: files then are `unscanned` and nobody waits. */
  readonly present: boolean
  scan(path: string): Promise<Verdict>
}

export function noScanner(): Scanner {
  return { present: false, scan: () => Promise.reject(new Error('there is no scanner')) }
}

const firstRetry = 1_000
const longestRetry = 5 * 60_000

interface Options {
  scanner: Scanner
  clock: Clock
  log: Log
  pathOf(id: string): string
  /** quarantined → scanning; false when the file is not waiting any more. */
  begin(id: string): Promise<boolean>
  /** scanning → the verdict. */
  end(id: string, verdict: Verdict): Promise<void>
  /** scanning → quarantined, with the reason it waits. */
  giveBack(id: string, reason: string): Promise<void>
}

/** One file at a time, in order of arrival; a scanner that fails is asked again later and later, for ever. */
export function createScanQueue({ scanner, clock, log, pathOf, begin, end, giveBack }: Options) {
  const waiting = new Set<string>()
  let working: Promise<void> | null = null
  let failures = 0
  let cancelRetry = () => {}
  let stopped = false

  async function work() {
    for (const id of waiting) {
      if (stopped) return
      if (!(await scanOne(id))) {
        failures++
        cancelRetry = clock.after(Math.min(longestRetry, firstRetry * 2 ** (failures - 1)), start)
        return
      }
      failures = 0
      waiting.delete(id)
    }
  }

  async function scanOne(id: string): Promise<boolean> {
    if (!(await begin(id))) return true
    let verdict: Verdict
    try {
      verdict = await scanner.scan(pathOf(id))
    } catch (error) {
      log.warn({ file: id, err: error }, 'files.scan-failed')
      await giveBack(id, 'scanner-silent')
      return false
    }
    await end(id, verdict)
    return true
  }

  function start() {
    if (working || stopped || waiting.size === 0) return
    cancelRetry()
    working = work()
      .catch((error) => log.error({ err: error }, 'files.scan-queue-failed'))
      .finally(() => {
        working = null
      })
  }

  return {
    add(ids: Iterable<string>) {
      for (const id of ids) waiting.add(id)
      if (failures === 0) start()
    },
    /** Waits for a scan under way, so that no row changes after the database is closed. */
    async stop() {
      stopped = true
      cancelRetry()
      await working
    },
  }
}
