// SPDX-License-Identifier: GPL-3.0-or-later
import type { Audit, Clock, Log } from '../../core'
import { detectType, headBytes } from '../kinds'
import { nowhere } from '../model'
import type { FilesStore } from '../store'
import type { Vault } from './vault'

/** Who brought what no row knows: nobody is told. An administrator decides alone what becomes of it. */
export const nobody = { id: '', name: 'PiChat' } as const
/** Why it waits. */
const withoutRow = 'without-row'

interface Options {
  vault: Vault
  store: FilesStore
  audit: Audit
  clock: Clock
  log: Log
}

/**
 * Bytes in the vault without a row: an upload whose end came between its name and its row, or a record that was restored from an older day. They are
 * never dropped and never given out: each gets a row that waits for an administrator. Runs beside everything else, because gigabytes take their
 * time to be read; what it does not reach is found at the next start.
 */
export function adoptStrays(ids: readonly string[], { vault, store, audit, clock, log }: Options): { stop(): Promise<void> } {
  let stopped = false

  async function adopt(id: string): Promise<void> {
    const file = Bun.file(vault.pathOf(id))
    const print = await vault.printOf(id)
    if (print === null) return
    const [head, sha256] = [await file.slice(0, headBytes).bytes(), await vault.hashOf(id)]
    const name = `sin-registro-${id.slice(0, 6)}`
    const row = { id, name, size: file.size, sha256, type: detectType(head), print, owner: nobody, at: clock.now() }
    const told = audit.statement({ what: 'files.found', target: { id, name }, from: null })
    await store.add(
      { ...row, ...nowhere, state: 'unscanned', open: false, endsAt: null, endsOnLine: null },
      ['unscanned'],
      [told],
      withoutRow,
    )
    log.warn({ file: id, bytes: file.size }, 'files.without-row')
  }

  async function adoptAll(): Promise<void> {
    for (const id of ids) {
      if (stopped) return
      await adopt(id).catch((error) => log.error({ file: id, err: error }, 'files.without-row'))
    }
  }
  const working = adoptAll()

  return {
    async stop() {
      stopped = true
      await working
    },
  }
}
