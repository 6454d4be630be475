// SPDX-License-Identifier: GPL-3.0-or-later
import type { Selectable } from 'kysely'
import type { Compilable, Database } from '../../core'
import type { FilesTables } from '../tables'
import type { ResumableTables } from './resumable-tables'

export type UploadRow = Omit<Selectable<ResumableTables['uploads']>, 'n'>

export type ResumableStore = ReturnType<typeof createResumableStore>

/** SQL about uploads that may go on later. */
export function createResumableStore({ read, write, writeAll }: Database<FilesTables>) {
  const one = (id: string) => read.updateTable('uploads').where('id', '=', id)

  return {
    all: (): Promise<UploadRow[]> => read.selectFrom('uploads').selectAll().orderBy('n').execute(),
    /** With where the line stands: a row with an end in it must be readable after a restart. */
    add: (row: UploadRow, mark: Compilable) => writeAll([read.insertInto('uploads').values(row), mark]),
    /** Its bytes go with it, so it is done on a full disk too. */
    remove: (id: string) => writeAll([read.deleteFrom('uploads').where('id', '=', id)], { makesRoom: true }),
    removal: (id: string) => read.deleteFrom('uploads').where('id', '=', id),
    synced: (id: string, bytes: number) => write(one(id).set({ synced: bytes })),
    /** Only these bytes count from here on, whatever else lies in the part. */
    trustOnly: (id: string, bytes: number) => write(one(id).set({ synced: bytes, boot: '' })),
    /** When bytes last came, of several at once. */
    async seen(all: readonly { id: string; seen: number }[]): Promise<void> {
      if (all.length > 0) await writeAll(all.map(({ id, seen }) => one(id).set({ seen })))
    },
  }
}
