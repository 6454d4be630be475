// SPDX-License-Identifier: GPL-3.0-or-later
import type { Selectable } from 'kysely'
import { type Compilable, type Database, expecting, first, prepared, Refusal, UnmetExpectation } from '../core'
import { type FileState, type FileStep, type ReviewGroup, type StoredFile, stateGroups, transitions } from './model'
import { folded } from './names'
import { createListStore } from './shelf/store-list'
import type { FilesTables } from './tables'

export type FileRow = Selectable<FilesTables['files']>

export interface NewFile {
  id: string
  name: string
  size: number
  sha256: string
  type: string
  state: FileState
  open: boolean
  print: string
  owner: { id: string; name: string }
  at: number
  room: string | null
  folder: string | null
  endsAt: number | null
  endsOnLine: number | null
}

interface Move {
  id: string
  from: FileState
  to: FileState
  at: number
  who?: { id: string; name: string } | null
  reason?: string | null
  /** What else changes in the row. */
  set?: Partial<Pick<FileRow, 'open' | 'before' | 'trash_ends' | 'leaves_at' | 'leaves_on_line'>>
  /** Written in the same transaction. */
  also?: readonly Compilable[]
}

/** A page of the list, and its neighbours. */
const mostRemembered = 100

export type FilesStore = ReturnType<typeof createFilesStore>

export function createFilesStore(database: Database<FilesTables>) {
  const { read } = database

  /** Rows of the general drop that were asked for, good for as long as nothing at all was written. */
  const lately = new Map<string, { row: FileRow; revision: number }>()

  function remember(id: string, known: { row: FileRow; revision: number }): void {
    lately.delete(id)
    lately.set(id, known)
    if (lately.size > mostRemembered) lately.delete(lately.keys().next().value as string)
  }

  const rowById = prepared(['id'], ({ id }) => read.selectFrom('files').selectAll().where('id', '=', id))

  function step(file: string, state: FileState, at: number, who: { id: string; name: string } | null, note: string | null) {
    return read.insertInto('file_steps').values({ file, state, at, who: who?.id ?? null, who_name: who?.name ?? null, note })
  }

  /** A folder that is removed while a file is on its way leaves it where everything else lies. */
  const stillThere = (folder: string) => read.selectFrom('file_folders').select('id').where('id', '=', folder)

  function inGroup(group: ReviewGroup) {
    const files = read.selectFrom('files')
    if (group === 'camino') return files.where('state', 'in', stateGroups.revision)
    if (group === 'decididos') return files.where('state', 'in', ['released', 'rejected'])
    if (group === 'papelera') return files.where('state', '=', 'deleted').where('trash_ends', 'is not', null)
    return files.where(({ eb, or, and }) =>
      or([eb('state', 'in', ['infected', 'unscannable']), and([eb('state', 'in', ['clean', 'unscanned']), eb('open', '=', 0)])]),
    )
  }

  return {
    ...createListStore(read),

    /** The row, its first steps and what belongs to it, together. */
    async add(file: NewFile, steps: readonly FileState[], also: readonly Compilable[], reason: string | null = null): Promise<void> {
      const { owner, at, open, room, folder, endsAt, endsOnLine, ...rest } = file
      await database.writeAll([
        read.insertInto('files').values({
          ...rest,
          folded: folded(`${file.name} ${owner.name}`),
          open: open ? 1 : 0,
          reason,
          owner: owner.id,
          owner_name: owner.name,
          room_id: room,
          folder_id: folder === null ? null : stillThere(folder),
          leaves_at: endsAt,
          leaves_on_line: endsOnLine,
          created_at: at,
          changed_at: at,
        }),
        ...steps.map((state, i) => step(file.id, state, at, i === 0 && owner.id !== '' ? owner : null, reason)),
        ...also,
      ])
    },

    byIds: (ids: readonly string[]): Promise<FileRow[]> => read.selectFrom('files').selectAll().where('id', 'in', ids).execute(),
    async byId(id: string): Promise<FileRow | undefined> {
      const { revision } = database
      const known = lately.get(id)
      if (known?.revision === revision) return known.row
      const row = await first(read, rowById({ id }))
      // Not those of rooms: whoever is not in one shall not learn, by how long it takes, that there is a file.
      if (row && row.room_id === null) remember(id, { row, revision })
      return row
    },

    steps: async (id: string): Promise<FileStep[]> =>
      read
        .selectFrom('file_steps')
        .select(['state', 'at', 'who_name as who', 'note'])
        .where('file', '=', id)
        .orderBy('n')
        .limit(100)
        .execute(),

    /** What was noted when the file came into this state for the last time. */
    async lastNote(id: string, state: FileState): Promise<string | null> {
      const all = read.selectFrom('file_steps').select('note').where('file', '=', id).where('state', '=', state)
      return (await all.orderBy('n', 'desc').limit(1).executeTakeFirst())?.note ?? null
    },

    /** What the last scan that saw into it said: one that gave up takes nothing back. */
    async lastVerdict(id: string): Promise<FileState | null> {
      const verdicts: readonly FileState[] = ['clean', 'infected']
      const all = read.selectFrom('file_steps').select('state').where('file', '=', id).where('state', 'in', verdicts)
      return (await all.orderBy('n', 'desc').limit(1).executeTakeFirst())?.state ?? null
    },

    /** A guarded change of state: refuses with `conflict` what is not allowed, and when somebody was quicker. */
    async move({ id, from, to, at, who = null, reason = null, set = {}, also = [] }: Move): Promise<void> {
      if (!transitions[from].includes(to)) throw new Refusal('conflict', 'errors.conflict')
      const change = read
        .updateTable('files')
        .set({ state: to, reason, changed_at: at, ...set })
        .where('id', '=', id)
        .where('state', '=', from)
      const guarded = from === 'deleted' ? change.where('trash_ends', 'is not', null) : change
      try {
        await database.writeAll([expecting(guarded), step(id, to, at, who, reason), ...also], { makesRoom: to === 'deleted' })
      } catch (error) {
        throw error instanceof UnmetExpectation && error.index === 0 ? new Refusal('conflict', 'errors.conflict') : error
      }
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

    /** The first that came while there was no scanner, and that nobody has said anything about since. */
    async neverScanned(): Promise<string | null> {
      const all = read
        .selectFrom('files')
        .select('id')
        .where('state', '=', 'unscanned')
        .where('reason', 'is', null)
        .where('missing', '=', 0)
      return (await all.orderBy('n').limit(1).executeTakeFirst())?.id ?? null
    },

    /** Since when those wait who wait for a scan, epoch ms: neither a try nor a restart begins it anew. Not by a clock before `possible`. */
    async waitingSince(possible: number): Promise<ReadonlyMap<string, number>> {
      const waits: readonly FileState[] = ['quarantined', 'scanning']
      const rows = await read
        .selectFrom('file_steps as step')
        .innerJoin('files', 'files.id', 'step.file')
        .where('files.state', 'in', waits)
        .where('step.at', '>=', possible)
        .where('step.n', '>', ({ selectFrom }) =>
          selectFrom('file_steps as other')
            .select(({ fn }) => fn.max('other.n').as('n'))
            .whereRef('other.file', '=', 'step.file')
            .where('other.state', 'not in', waits),
        )
        .select(({ fn }) => ['step.file', fn.min('step.at').as('at')])
        .groupBy('step.file')
        .execute()
      return new Map(rows.map(({ file, at }) => [file, at]))
    },

    /** Counts every change of any state: whoever knows the number knows whether there is news. */
    async lastStep(): Promise<number> {
      const row = await read.selectFrom('file_steps').select('n').orderBy('n', 'desc').limit(1).executeTakeFirst()
      return row?.n ?? 0
    },

    /** Bytes of deleted files that can still be brought back. */
    async trashBytes(): Promise<number> {
      const { bytes } = await read
        .selectFrom('files')
        .select(({ fn }) => fn.sum<number | null>('size').as('bytes'))
        .where('state', '=', 'deleted')
        .where('trash_ends', 'is not', null)
        .executeTakeFirstOrThrow()
      return bytes ?? 0
    },

    /** Deleted files that can still be brought back, the first that were deleted first. */
    trash: (most: number) =>
      read
        .selectFrom('files')
        .selectAll()
        .where('state', '=', 'deleted')
        .where('trash_ends', 'is not', null)
        .orderBy('trash_ends')
        .limit(most)
        .execute(),

    trashEndingBefore: (line: number) => read.selectFrom('files').selectAll().where('trash_ends', '<=', line).limit(100).execute(),

    setReasonOfWaiting: (reason: string) =>
      database.write(read.updateTable('files').set({ reason }).where('state', '=', 'quarantined').where('reason', 'is', null)),

    /** Changes nothing when the folder is gone. */
    setFolder(id: string, folder: string | null) {
      const change = read.updateTable('files').set({ folder_id: folder }).where('id', '=', id).where('state', '!=', 'deleted')
      return folder === null ? change : change.where(({ exists }) => exists(stillThere(folder)))
    },

    setTrash: (id: string, ends: number | null) => read.updateTable('files').set({ trash_ends: ends }).where('id', '=', id),

    async review(group: ReviewGroup, shown: number): Promise<FileRow[]> {
      return inGroup(group).selectAll().orderBy('changed_at', 'desc').orderBy('n', 'desc').limit(shown).execute()
    },

    async reviewCount(group: ReviewGroup): Promise<number> {
      const { n } = await inGroup(group)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return n
    },

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
    open: row.open === 1,
    missing: row.missing === 1,
    room: row.room_id,
    folder: row.folder_id,
    endsAt: row.leaves_at,
  }
}
