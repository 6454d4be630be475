// SPDX-License-Identifier: GPL-3.0-or-later
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { type Kind, knownTypes, typesOf } from '../kinds'
import { type FileState, fileStates, type ListQuery, stateGroups } from '../model'
import { folded } from '../names'
import type { FileRow } from '../store'
import type { FilesTables } from '../tables'
import type { Horizon } from './sight'

/** What a list shows: see `ListQuery`, with rooms by their ids. */
export interface Wanted extends Pick<ListQuery, 'q' | 'group' | 'kind' | 'folder'> {
  horizon: Horizon
  /** A room's own files, and these others of the general drop. */
  room?: { id: string; also: readonly string[] }
  /** The general drop and a room's own. */
  choosing?: string
}

type Seen = Pick<Wanted, 'horizon' | 'room' | 'choosing'> & Partial<Pick<Wanted, 'folder'>>

/** Words of a search that are looked for; the rest of a long text is not. */
const searchedWords = 8
/** Enough of a fingerprint to mean one, as the list shows it: its beginning, its end, or both with dots between. Shorter ones are words. */
const fingerprint = /^([0-9a-f]{4,64})(?:\.\.\.([0-9a-f]{4,64}))?$/

/** What somebody may see of the files: lists, their numbers, and whether the same bytes are there already. */
export function createListStore(read: Kysely<FilesTables>) {
  /** The query is the permission: nothing outside of somebody's horizon is counted, searched or listed. */
  function within({ horizon, room, choosing, folder = null }: Seen) {
    const all = read.selectFrom('files').where('state', '!=', 'deleted')
    const files = folder === null ? all : all.where('folder_id', '=', folder)
    if (room) {
      return files.where(({ or, and, eb }) =>
        or([eb('room_id', '=', room.id), ...(room.also.length > 0 ? [and([eb('room_id', 'is', null), eb('id', 'in', room.also)])] : [])]),
      )
    }
    const near = choosing ? [choosing] : horizon
    if (near === null) return files
    return files.where(({ or, eb }) => or([eb('room_id', 'is', null), ...(near.length > 0 ? [eb('room_id', 'in', near)] : [])]))
  }

  function matching(wanted: Wanted) {
    const { q, group, kind } = wanted
    let query = within(wanted)
    if (group) query = query.where('state', 'in', stateGroups[group])
    if (kind) query = query.where(isOfKind(kind))
    for (const word of folded(q).split(/\s+/).filter(Boolean).slice(0, searchedWords)) {
      const inWords = sql<boolean>`folded LIKE ${`%${word.replace(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`
      query = query.where(({ or, eb }) => or([inWords, ...fingerprintsLike(word).map((like) => eb('sha256', 'like', like))]))
    }
    return query
  }

  return {
    /** Another living file with the same bytes that may be mentioned, the first that came. */
    twin: (id: string, sha256: string, horizon: Horizon): Promise<FileRow | undefined> =>
      within({ horizon }).selectAll().where('sha256', '=', sha256).where('id', '!=', id).orderBy('n').limit(1).executeTakeFirst(),

    async list(query: Wanted & Pick<ListQuery, 'sort' | 'shown'>): Promise<{ rows: FileRow[]; total: number }> {
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

    /** How many files and bytes there are in each state; deleted ones are not counted. */
    async sums(seen: Seen = { horizon: null }): Promise<Record<FileState, { files: number; bytes: number }>> {
      const rows = await within(seen)
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
  }
}

function fingerprintsLike(word: string): string[] {
  const [, begins, ends] = fingerprint.exec(word) ?? []
  if (begins === undefined) return []
  return ends === undefined ? [`${begins}%`, `%${begins}`] : [`${begins}%${ends}`]
}

function isOfKind(kind: Kind) {
  const { types, family } = typesOf(kind)
  return ({ or, and, not, eb }: ExpressionBuilder<FilesTables, 'files'>) => {
    if (kind !== 'other')
      return or([
        eb('type', 'in', types.length > 0 ? types : ['']),
        ...(family ? [and([eb('type', 'like', `${family}%`), eb('type', 'not in', knownTypes)])] : []),
      ])
    const families = ['image/%', 'audio/%', 'video/%'].map((name) => not(eb('type', 'like', name)))
    return and([eb('type', 'not in', knownTypes), ...families])
  }
}
