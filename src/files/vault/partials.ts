// SPDX-License-Identifier: GPL-3.0-or-later
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isId, isMissing, ownerOnly, partialsOf, printOf, resumableEnd, sharedSync } from './vault'

/** Parts of uploads that may go on later: they lie beside the kept files and outlive a restart. */
export interface Partials {
  create(id: string): Promise<void>
  /** For writing anywhere in it; made again when it is gone. */
  open(id: string): Promise<FileHandle>
  /** Bytes; null when it is not there. */
  sizeOf(id: string): Promise<number | null>
  pathOf(id: string): string
  remove(id: string): Promise<void>
  ids(): Promise<Set<string>>
  /** Makes it a kept file under the same id; when this resolves, bytes and name survive a pulled plug. Answers its print. */
  settle(id: string, handle: FileHandle): Promise<string>
  /** Takes that back. */
  unsettle(id: string): Promise<void>
}

export function createPartials(folder: string): Partials {
  const pathOf = (id: string) => {
    if (!isId(id)) throw new Error('not an id of the vault')
    return join(partialsOf(folder), id + resumableEnd)
  }
  const keptPath = (id: string) => join(folder, id)
  const syncNames = sharedSync(folder)

  return {
    pathOf,
    async create(id) {
      const handle = await open(pathOf(id), 'wx', ownerOnly)
      await handle.close()
    },
    async open(id) {
      try {
        return await open(pathOf(id), 'r+')
      } catch (error) {
        if (!isMissing(error)) throw error
        return open(pathOf(id), 'wx+', ownerOnly)
      }
    },
    async sizeOf(id) {
      try {
        return (await stat(pathOf(id))).size
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    async ids() {
      const names = await readdir(partialsOf(folder))
      return new Set(names.filter((name) => name.endsWith(resumableEnd)).map((name) => name.slice(0, -resumableEnd.length)))
    },
    async settle(id, handle) {
      await handle.datasync()
      const print = await printOf(handle)
      await rename(pathOf(id), keptPath(id))
      await syncNames()
      return print
    },
    async unsettle(id) {
      await rename(keptPath(id), pathOf(id)).catch((error) => {
        if (!isMissing(error)) throw error
      })
    },
  }
}
