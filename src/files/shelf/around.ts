// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Compilable, type Database, expecting, Refusal, UnmetExpectation } from '../../core'
import type { Reading } from '../downloads/reading'
import type { Receipts } from '../downloads/receipts'
import { type Belonging, type FilesLimits, isReadable, mayBeDrawn, nowhere, type StoredFile } from '../model'
import type { Scanner } from '../quarantine/scanner'
import { type FilesStore, toFile } from '../store'
import type { FilesTables } from '../tables'
import { type FileExpiry, type FileLife, fileLives } from './expiry'
import type { Folders } from './folders'
import type { Look } from './look-view'
import { type Preview, previewOf } from './preview'
import type { Asker, Sight } from './sight'
import type { Thumbnails } from './thumbnails'

interface Options {
  database: Database<FilesTables>
  audit: Audit
  store: FilesStore
  sight: Sight
  reading: Reading
  folders: Folders
  expiry: FileExpiry
  receipts: Receipts
  thumbnails: Thumbnails
  limits: FilesLimits
  scanner: Pick<Scanner, 'present'>
}

/** Rows of who took a file that its page shows. */
const latestTakings = 10

export type Around = ReturnType<typeof createAround>

/** What people do with files beside bringing and taking them: look, put in order, give an end. */
export function createAround({ database, audit, store, sight, reading, folders, expiry, receipts, thumbnails, limits, scanner }: Options) {
  return {
    folders,

    /** Where a file that comes in will belong; `missing` for a room that is not theirs and for a folder that is not there. */
    async belonging(
      person: { id: string },
      { sala, carpeta }: { sala?: string | undefined; carpeta?: string | undefined },
    ): Promise<Belonging> {
      if (sala) return { room: (await sight.joined(person.id, sala)).id, folder: null }
      return carpeta ? { room: null, folder: (await folders.find(carpeta)).id } : nowhere
    },

    /** The thumbnail of a file that may be seen, from a clean or released one alone. Refuses `missing`, and `busy` while many wait. */
    async thumbnail(user: Asker, id: string): Promise<{ sha256: string; path: string }> {
      const row = await reading.present(user, id)
      if (!mayBeDrawn(toFile(row))) throw new Refusal('missing', 'errors.missing')
      const { file, path } = await reading.readable(row)
      return { sha256: file.sha256, path: await thumbnails.of(file, path) }
    },

    /** What the page of a file shows of it; null for what may not be read and for what is not shown. */
    async preview(user: Asker, id: string): Promise<Preview | null> {
      const row = await reading.present(user, id)
      if (!isReadable(toFile(row))) return null
      const { file, path } = await reading.readable(row)
      return previewOf(file, path, limits.previewBytes)
    },

    /** What the page of a file shows beside its facts. Who took it is for administrators and for whoever brought it. */
    async look(user: Asker, file: StoredFile): Promise<Look> {
      const isTheirs = user.role === 'administrator' || user.id === file.owner.id
      const [preview, takings, rooms, all] = await Promise.all([
        this.preview(user, file.id),
        isTheirs ? receipts.of(file.id, latestTakings) : null,
        sight.named([file.room]),
        folders.list(),
      ])
      return { preview, takings, room: rooms.get(file.room ?? '') ?? null, folders: all, scans: scanner.present }
    },

    /** Epoch ms at which it goes now. Refuses `missing`, `forbidden`, and `invalid` for a life that is not on offer. */
    async setEnd(user: Asker, id: string, life: string, from: string | null): Promise<number | null> {
      const row = await reading.present(user, id)
      // The page offers to leave it as it is, too.
      if (life === '' && row.leaves_at !== null) return row.leaves_at
      if (!Object.hasOwn(fileLives, life)) throw new Refusal('invalid', 'errors.invalid')
      return expiry.set(user, row, life as FileLife, from)
    },

    /** Puts a file of the general drop into a folder, or out of any. Refuses `missing`, `forbidden`, and `conflict` for a room's file. */
    async putInto(user: Asker, id: string, folder: string | null, from: string | null): Promise<StoredFile> {
      const row = await reading.present(user, id)
      if (row.owner !== user.id && user.role !== 'administrator') throw new Refusal('forbidden', 'shelf.notYours')
      if (row.room_id !== null) throw new Refusal('conflict', 'shelf.roomHasNoFolders')
      const name = folder === null ? null : (await folders.find(folder)).name
      const target = { id: row.id, name: row.name }
      const told = audit.statement({ who: user, what: 'files.moved', target, from, ...(name ? { detail: { folder: name } } : {}) })
      await changed([store.setFolder(id, folder), told])
      return reading.shown({ ...row, folder_id: folder })
    },
  }

  async function changed([change, ...also]: [Compilable, ...Compilable[]]): Promise<void> {
    try {
      await database.writeAll([expecting(change), ...also])
    } catch (error) {
      throw error instanceof UnmetExpectation ? new Refusal('missing', 'errors.missing') : error
    }
  }
}
