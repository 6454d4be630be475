// SPDX-License-Identifier: GPL-3.0-or-later
import { kindNames } from './kinds'
import { groupNames, type ListQuery, sortNames } from './model'

/** Where a file's bytes are, for people signed in. */
export function fileAddress({ id, name }: { id: string; name: string }): string {
  return `/archivos/${id}/${encodeURIComponent(name)}`
}

export function pageAddress({ id }: { id: string }): string {
  return `/archivos/${id}`
}

export function linkAddress(origin: string, token: string, name: string): string {
  return `${origin}/d/${token}/${encodeURIComponent(name)}`
}

const pageSize = 25
const mostShown = 1_000

/** What an address asks for. What it does not know is as if it were not there: a list has no wrong address. */
export function readListQuery({
  q = '',
  orden,
  estado,
  tipo,
  carpeta,
  sala,
  para,
  pagina,
}: {
  q?: string
  orden?: string
  estado?: string
  tipo?: string
  carpeta?: string
  sala?: string
  para?: string
  pagina?: string
}): ListQuery {
  const page = /^\d{1,3}$/.test(pagina ?? '') ? Number(pagina) : 1
  return {
    q: q.trim(),
    sort: sortNames.find((name) => name === orden) ?? 'recientes',
    group: groupNames.find((name) => name === estado) ?? null,
    kind: kindNames.find((name) => name === tipo) ?? null,
    folder: carpeta || null,
    room: sala || null,
    choosing: para || null,
    shown: Math.min(mostShown, Math.max(1, page) * pageSize),
  }
}

/** The address of a list like this one, with something changed; the first page again unless said otherwise. */
export function listAddress(query: ListQuery, change: Partial<ListQuery> = {}): string {
  const { q, sort, group, kind, folder, room, choosing, shown } = { ...query, shown: pageSize, ...change }
  const search = new URLSearchParams()
  if (q) search.set('q', q)
  if (room) search.set('sala', room)
  if (choosing) search.set('para', choosing)
  if (folder) search.set('carpeta', folder)
  if (kind) search.set('tipo', kind)
  if (group) search.set('estado', group)
  if (sort !== 'recientes') search.set('orden', sort)
  if (shown > pageSize) search.set('pagina', String(Math.ceil(shown / pageSize)))
  const text = search.toString()
  return text ? `/archivos?${text}` : '/archivos'
}

/** Everything that a folder, or a room's tab, holds. */
export function zipAddress({ folder, room }: Pick<ListQuery, 'folder' | 'room'>): string {
  return `/archivos/zip?${new URLSearchParams(folder ? { carpeta: folder } : { sala: room ?? '' })}`
}

export function nextPage(query: ListQuery): Partial<ListQuery> {
  return { shown: query.shown + pageSize }
}
