// SPDX-License-Identifier: GPL-3.0-or-later
import type { Log } from '../../core'
import type { FilesStore } from '../store'
import type { Vault } from './vault'

/**
 * Compares folder and rows at start. A row without bytes is marked and shown as missing, and is whole again when they are back. Bytes of
 * deleted rows go. Answers the ids of bytes without a row.
 */
export async function reconcile({ vault, store, log }: { vault: Vault; store: FilesStore; log: Log }): Promise<string[]> {
  const lying = await vault.ids()
  const rows = await store.kept()
  for (const { id, missing } of rows) {
    const here = lying.delete(id)
    if (here === (missing === 0)) continue
    await store.setMissing(id, !here)
    log.warn({ file: id }, here ? 'files.found-again' : 'files.missing')
  }
  const strays: string[] = []
  for (const id of lying) {
    const row = await store.byId(id)
    if (row?.state === 'deleted' && row.trash_ends !== null) continue
    if (row?.state === 'deleted') await vault.remove(id)
    else strays.push(id)
  }
  return strays
}
