// SPDX-License-Identifier: GPL-3.0-or-later
import { type Selectable, sql } from 'kysely'
import { type Compilable, type Database, expecting, Refusal, UnmetExpectation } from '../core'
import { type FileState, type FileStep, fileStates, type ListQuery, type StoredFile, stateGroups, transitions } from './model'
import { folded } from './names'
import type { FilesTables } from './tables'

export type FileRow = Selectable<FilesTables['files']>

export interface NewFile {
  id: string
  name: string
  size: number
  sha256: string
  type: string
  state: FileState
  print: string
  owner: { id: string; name: string }
  at: number
}

interface Move {
  id: string
  from: FileState
  to: FileState
  at: number
  who?: { id: string; name: string } | null
  reason?: string | null
  /** Written in the same transaction. */
  also?: readonly Compilable[]
}

export type FilesStore = ReturnType<typeof createFilesStore>

/** Words of a search that are looked for; the rest of a long text is not. */
const searchedWords = 8

export function createFilesStore(database: Database<FilesTables>) {
  const { read } = database

  function step(file: string, state: FileState, at: number, who: { id: string; name: string } | null, note: string | null) {
    return read.insertInto('file_steps').values({ file, state, at, who: who?.id ?? null, who_name: who?.name ?? null, note })
  }

  function matching({ q, group }: Pick<ListQuery, 'q' | 'group'>) {
    let query = read.selectFrom('files').where('state', '!=', 'deleted')
    if (group) query = query.where('state', 'in', stateGroups[group])
    for (const word of folded(q).split(/\s+/).filter(Boolean).slice(0, searchedWords)) {
      query = query.where(sql<boolean>`folded LIKE ${`%${word.replace(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`)
    }
    return query
  }

  return {
    /** The row, its first steps and what belongs to it, together. */
    async add(file: NewFile, steps: readonly FileState[], also: readonly Compilable[]): Promise<void> {
      const { owner, at, ...rest } = file
      await database.writeAll([
        read.insertInto('files').values({
          ...rest,
          folded: folded(`${file.name} ${owner.name}`),
          reason: null,
          owner: owner.id,
          owner_name: owner.name,
          created_at: at,
          changed_at: at,
        }),
        ...steps.map((state, i) => step(file.id, state, at, i === 0 ? owner : null, null)),
        ...also,
      ])
    },

    byId: (id: string): Promise<FileRow | undefined> => read.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst(),

    steps: async (id: string): Promise<FileStep[]> =>
      read
        .selectFrom('file_steps')
        .select(['state', 'at', 'who_name as who', 'note'])
        .where('file', '=', id)
        .orderBy('n')
        .limit(100)
        .execute(),

    /** A guarded change of state: refuses with `conflict` what is not allowed, and when somebody was quicker. */
    async move({ id, from, to, at, who = null, reason = null, also = [] }: Move): Promise<void> {
      if (!transitions[from].includes(to)) throw new Refusal('conflict', 'errors.conflict')
      const change = read.updateTable('files').set({ state: to, reason, changed_at: at }).where('id', '=', id).where('state', '=', from)
      try {
        await database.writeAll([expecting(change), step(id, to, at, who, reason), ...also])
      } catch (error) {
        throw error instanceof UnmetExpectation && error.index === 0 ? new Refusal('conflict', 'errors.conflict') : error
      }
    },

    async list(query: ListQuery): Promise<{ rows: FileRow[]; total: number }> {
      const found = matching(query)
      const { n } = await found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
      const all = found.selectAll().limit(query.shown)
      const rows = await {
        recientes: () => all.orderBy('n', 'desc'),
        nombre: () => all.orderBy('folded').orderBy('n', 'desc'),
        tamano: () => all.orderBy('size', 'desc').orderBy('n', 'desc'),
        descargas: () => all.orderBy('downloads', 'desc').orderBy('n', 'desc'),
        estado: () => all.orderBy('state').orderBy('n', 'desc'),
      }
        [query.sort]()
        .execute()
      return { rows, total: n }
    },

    /** How many files and bytes there are in each state. */
    async sums(): Promise<Record<FileState, { files: number; bytes: number }>> {
      const rows = await read
        .selectFrom('files')
        .select(({ fn }) => ['state', fn.countAll<number>().as('files'), fn.sum<number>('size').as('bytes')])
        .groupBy('state')
        .execute()
      const sums = Object.fromEntries(fileStates.map((state) => [state, { files: 0, bytes: 0 }])) as Record<
        FileState,
        { files: number; bytes: number }
      >
      for (const { state, files, bytes } of rows) sums[state] = { files, bytes }
      return sums
    },

    async bytesByPerson(): Promise<ReadonlyMap<string, number>> {
      const rows = await read
        .selectFrom('files')
        .select(({ fn }) => ['owner', fn.sum<number>('size').as('bytes')])
        .where('state', '!=', 'deleted')
        .groupBy('owner')
        .execute()
      return new Map(rows.map(({ owner, bytes }) => [owner, bytes]))
    },

    /** What should lie in the vault. */
    kept: () => read.selectFrom('files').select(['id', 'state', 'print', 'missing']).where('state', '!=', 'deleted').orderBy('n').execute(),

    inState: async (states: readonly FileState[]) =>
      read.selectFrom('files').select(['id', 'state']).where('state', 'in', states).orderBy('n').execute(),

    setMissing: (id: string, missing: boolean) =>
      database.write(
        read
          .updateTable('files')
          .set({ missing: missing ? 1 : 0 })
          .where('id', '=', id),
      ),

    setPrint: (id: string, print: string) => database.write(read.updateTable('files').set({ print, missing: 0 }).where('id', '=', id)),

    countDownloads: (id: string, more: number) =>
      read
        .updateTable('files')
        .set((row) => ({ downloads: row('downloads', '+', more) }))
        .where('id', '=', id),
  }
}

export function toFile(row: FileRow): StoredFile {
  return {
    id: row.id,
    name: row.name,
    size: row.size,
    sha256: row.sha256,
    type: row.type,
    state: row.state,
    reason: row.reason,
    owner: { id: row.owner, name: row.owner_name },
    at: row.created_at,
    downloads: row.downloads,
    missing: row.missing === 1,
  }
}
