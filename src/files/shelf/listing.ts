// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'
import type { Reading } from '../downloads/reading'
import { type FileState, fileStates, type Listing, type ListQuery } from '../model'
import type { FilesStore } from '../store'
import type { Folders } from './folders'
import type { Asker, Sight } from './sight'

interface Options {
  store: FilesStore
  sight: Sight
  folders: Folders
  shown: Reading['shown']
}

/** Lists for people: what they may see of the general drop and of rooms, of one room, or to choose from for a conversation. */
export function createListing({ store, sight, folders, shown }: Options) {
  return async function list(user: Asker, query: ListQuery): Promise<Listing> {
    const step = await store.lastStep()
    const code = query.room ?? query.choosing
    const place = code === null ? null : await sight.room(user, code)
    // Only members send to a room.
    if (place && !place.member && query.room === null) throw new Refusal('missing', 'errors.missing')
    const all = await folders.list()
    if (query.folder !== null) await folders.find(query.folder)
    const seen = {
      horizon: await sight.horizon(user),
      folder: query.folder,
      ...(place && query.room !== null ? { room: { id: place.id, also: await sight.carriedIn(place.id) } } : {}),
      ...(place && query.room === null ? { choosing: place.id } : {}),
    }
    const { q, sort, group, kind, shown: most } = query
    const wanted = { q, sort, group, kind, shown: most, ...seen }
    const [{ rows, total }, sums] = await Promise.all([store.list(wanted), store.sums(seen)])
    const counts = Object.fromEntries(fileStates.map((state) => [state, sums[state].files])) as Record<FileState, number>
    const rooms = await sight.named(rows.map((row) => row.room_id))
    return { query, files: rows.map(shown), total, counts, step, folders: place && query.room !== null ? [] : all, rooms, place }
  }
}
