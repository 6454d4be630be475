// SPDX-License-Identifier: GPL-3.0-or-later
import { readFile, truncate } from 'node:fs/promises'
import type { Log } from '../../core'
import type { Partials } from '../vault/partials'
import type { Vault } from '../vault/vault'
import type { ResumableStore, UploadRow } from './resumable-store'

export type Found = UploadRow & { offset: number }

/** What changes when the machine starts anew and not when only PiChat does; empty where nobody says. */
export async function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  )
}

/**
 * Finds out how far each unfinished upload had come. A killed process leaves all it wrote in the hands of the kernel; after a pulled plug
 * only what was synced can be believed. Parts without a row go: nobody could ask for them.
 */
export async function findUnfinished(
  { store, partials, vault, log }: { store: ResumableStore; partials: Partials; vault: Vault; log: Log },
  boot: string,
): Promise<Found[]> {
  const kept = await vault.ids()
  const found: Found[] = []
  for (const { boot: before, ...row } of await store.all()) {
    const { id, size, synced } = row
    // Moved among the kept files, and the row did not follow.
    if (kept.has(id)) await partials.unsettle(id)
    const lying = (await partials.sizeOf(id)) ?? 0
    const sure = before !== '' && before === boot ? lying : Math.min(synced, lying)
    const offset = Math.min(size, sure)
    if (lying > offset) await truncate(partials.pathOf(id), offset)
    if (before !== boot) await store.trustOnly(id, offset)
    found.push({ ...row, boot: before === boot ? boot : '', offset })
  }
  const known = new Set(found.map(({ id }) => id))
  for (const id of await partials.ids()) {
    if (known.has(id)) continue
    await partials.remove(id)
    log.info({ upload: id }, 'files.partial-swept')
  }
  return found
}
