// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../../core'
import type { Vault } from './vault'

/** Milliseconds that a count is believed: a page asks every few seconds, and a folder may be long. */
const believed = 60_000

/**
 * What somebody put into the folder by hand: it has no id and no row. It is neither given out nor scanned nor touched, since nobody here
 * knows whose it is; those who run the house are told that it lies there. Answers how many things there are.
 */
export async function createForeign({ vault, clock, log }: { vault: Vault; clock: Clock; log: Log }): Promise<() => Promise<number>> {
  const names = await vault.foreign()
  let known = { count: names.length, at: clock.monotonic() }
  if (names.length > 0) log.warn({ files: names.length, first: names[0] }, 'files.foreign')

  return async () => {
    if (clock.monotonic() - known.at >= believed) known = { count: (await vault.foreign()).length, at: clock.monotonic() }
    return known.count
  }
}
