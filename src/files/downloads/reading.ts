// SPDX-License-Identifier: GPL-3.0-or-later
import { type Log, Refusal } from '../../core'
import type { StoredFile } from '../model'
import type { Asker, Sight } from '../shelf/sight'
import { type FileRow, type FilesStore, toFile } from '../store'
import type { Vault } from '../vault/vault'

/** A file that may be read now, and where its bytes lie. */
export interface Readable {
  file: StoredFile
  path: string
}

interface Options {
  store: FilesStore
  vault: Vault
  sight: Sight
  log: Log
  /** Counted and not yet in the row. */
  downloadsOf(id: string): number
}

export type Reading = ReturnType<typeof createReading>

/** From a row to its bytes: who may see it, and that they are the ones that were hashed. */
export function createReading({ store, vault, sight, log, downloadsOf }: Options) {
  function shown(row: FileRow): StoredFile {
    const file = toFile(row)
    return { ...file, downloads: file.downloads + downloadsOf(file.id) }
  }

  async function lost(row: FileRow, event: string): Promise<Refusal> {
    log.error({ file: row.id }, event)
    if (row.missing === 0) await store.setMissing(row.id, true)
    return new Refusal('missing', 'files.bytesMissing')
  }

  return {
    shown,

    /** `missing` for what is not there and for what is not theirs alike. */
    present: async (asker: Asker, id: string): Promise<FileRow> => sight.require(asker, await store.byId(id)),

    /** What is sent is what was hashed: bytes that look exchanged are read again first. */
    async readable(row: FileRow): Promise<Readable> {
      const print = await vault.printOf(row.id)
      if (print === null) throw await lost(row, 'files.missing')
      if (print !== row.print) {
        // A restored backup has other inodes and the same bytes.
        if ((await vault.hashOf(row.id)) !== row.sha256) throw await lost(row, 'files.changed-on-disk')
        await store.setPrint(row.id, print)
      }
      return { file: shown(row), path: vault.pathOf(row.id) }
    },
  }
}
