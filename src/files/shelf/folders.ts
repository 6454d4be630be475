// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Database, expecting, newId, Refusal, UniqueViolation, UnmetExpectation } from '../../core'
import type { FilesLimits, Folder } from '../model'
import { folded, safeName } from '../names'
import type { FilesTables } from '../tables'
import type { Asker } from './sight'

interface Options {
  database: Database<FilesTables>
  audit: Audit
  clock: Clock
  limits: Pick<FilesLimits, 'fileFolders'>
}

/** Signs of a name: one line of a phone. */
const longestName = 60

export type Folders = ReturnType<typeof createFolders>

/**
 * One level of folders for the general drop; a room is a place of its own. Who brings files makes folders; whoever made one, and
 * administrators, rename and remove it. A folder that goes leaves its files where everything else lies.
 */
export function createFolders({ database, audit, clock, limits }: Options) {
  const { read } = database

  function readName(typed: string): string {
    const wrong = (phrase: 'shelf.folderNameMissing' | 'shelf.folderNameLong') =>
      new Refusal('invalid', phrase, { fields: { nombre: phrase }, values: { max: longestName } })
    if (typed.trim() === '') throw wrong('shelf.folderNameMissing')
    const name = safeName(typed.replace(/[/\\]/g, '-'))
    if ([...name].length > longestName) throw wrong('shelf.folderNameLong')
    return name
  }

  const taken = () => new Refusal('conflict', 'shelf.folderTaken', { fields: { nombre: 'shelf.folderTaken' } })

  async function find(id: string): Promise<Folder> {
    const folder = (await list()).find((one) => one.id === id)
    if (!folder) throw new Refusal('missing', 'errors.missing')
    return folder
  }

  async function list(): Promise<Folder[]> {
    const rows = await read
      .selectFrom('file_folders as f')
      .select((row) => [
        'f.id',
        'f.name',
        'f.maker',
        'f.maker_name',
        row
          .selectFrom('files')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .whereRef('files.folder_id', '=', 'f.id')
          .where('files.state', '!=', 'deleted')
          .as('files'),
      ])
      .orderBy('f.folded')
      .execute()
    return rows.map(({ id, name, maker, maker_name, files }) => ({ id, name, maker: { id: maker, name: maker_name }, files: files ?? 0 }))
  }

  async function own(by: Asker, id: string): Promise<Folder> {
    const folder = await find(id)
    if (folder.maker.id !== by.id && by.role !== 'administrator') throw new Refusal('forbidden', 'shelf.folderNotYours')
    return folder
  }

  /** Behind its insertion: of many at once only so many are made. */
  function within(id: string) {
    return read
      .selectFrom('file_folders')
      .select('id')
      .where('id', '=', id)
      .where(({ selectFrom, fn }) => selectFrom('file_folders as all').select(fn.countAll<number>().as('n')), '<=', limits.fileFolders)
  }

  return {
    list,
    find,

    /**
     * Refuses `invalid` for the name, `conflict` for one that is there already and beyond the number of folders. With `reuse` the one that
     * is there is the answer.
     */
    async make(by: Asker, typed: string, from: string | null, { reuse = false } = {}): Promise<Folder> {
      const name = readName(typed)
      const known = reuse ? (await list()).find((one) => folded(one.name) === folded(name)) : undefined
      if (known) return known
      const id = newId()
      const maker = { id: by.id, name: by.name }
      const row = { id, name, folded: folded(name), maker: by.id, maker_name: by.name, created_at: clock.now() }
      const told = audit.statement({ who: maker, what: 'files.folder-made', target: { id, name }, from })
      try {
        await database.writeAll([read.insertInto('file_folders').values(row), expecting(within(id)), told])
      } catch (error) {
        if (error instanceof UnmetExpectation) {
          throw new Refusal('conflict', 'shelf.tooManyFolders', { values: { n: limits.fileFolders } })
        }
        // Somebody was quicker.
        if (error instanceof UniqueViolation && reuse) return this.make(by, typed, from, { reuse })
        throw error instanceof UniqueViolation ? taken() : error
      }
      return { id, name, maker, files: 0 }
    },

    async rename(by: Asker, id: string, typed: string, from: string | null): Promise<Folder> {
      const folder = await own(by, id)
      const name = readName(typed)
      const change = read
        .updateTable('file_folders')
        .set({ name, folded: folded(name) })
        .where('id', '=', id)
      const told = audit.statement({ who: { id: by.id, name: by.name }, what: 'files.folder-renamed', target: { id, name }, from })
      try {
        await database.writeAll([expecting(change), told])
      } catch (error) {
        if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
        throw error instanceof UniqueViolation ? taken() : error
      }
      return { ...folder, name }
    },

    /** Its files stay, without a folder. */
    async remove(by: Asker, id: string, from: string | null): Promise<Folder> {
      const folder = await own(by, id)
      const told = audit.statement({ who: { id: by.id, name: by.name }, what: 'files.folder-removed', target: folder, from })
      const empty = read.updateTable('files').set({ folder_id: null }).where('folder_id', '=', id)
      await database.writeAll([empty, read.deleteFrom('file_folders').where('id', '=', id), told])
      return folder
    },
  }
}
