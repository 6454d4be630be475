// SPDX-License-Identifier: GPL-3.0-or-later
import type { StoredFile } from '../../files'
import type { Item, Quote, Reaction, Room, Said } from '../model'
import type { Store } from '../store'
import type { Rings } from './ring'

/** The files that messages carry; the file drop knows. */
export interface FileDesk {
  /** Those of these that were ever there, as they are now; a deleted one says so. */
  known(ids: readonly string[]): Promise<readonly StoredFile[]>
  /** Whether an antivirus looks at what is uploaded. */
  readonly scanning?: boolean
}

interface Options {
  store: Store
  rings: Rings
  files: FileDesk
}

export type Dress = ReturnType<typeof createDress>

/** Gives messages what others know of them: the message they answer, what people felt about them, the file they carry, all as it is now. */
export function createDress({ store, rings, files }: Options) {
  return async function dress<One extends Item>(room: Room, items: readonly One[]): Promise<One[]> {
    const said = items.filter((item): item is One & Said => item.kind === 'said' && item.removedBy === null)
    if (said.length === 0) return [...items]
    const [quotes, reactions, carried] = await Promise.all([
      quotesOf(room, said),
      room.kept
        ? store.revised.reactions(
            room.id,
            said.map(({ n }) => n),
          )
        : new Map<string, Reaction[]>(),
      filesOf(said),
    ])
    return items.map((item) => {
      if (item.kind !== 'said' || item.removedBy) return item
      const { replyTo, fileId } = item
      return {
        ...item,
        quote: replyTo === null ? null : (quotes.get(replyTo) ?? null),
        reactions: room.kept ? (reactions.get(item.id) ?? []) : item.reactions,
        file: fileId === null ? null : (carried.get(fileId) ?? null),
      }
    })
  }

  async function quotesOf(room: Room, said: readonly Said[]): Promise<Map<string, Quote>> {
    const ids = [...new Set(said.flatMap(({ replyTo }) => replyTo ?? []))]
    if (ids.length === 0) return new Map()
    if (room.kept) return store.revised.quotes(room.id, ids.map(Number))
    const ring = rings.of(room)
    return new Map(
      ids.flatMap((id) => {
        const item = ring.byNumber(Number(id))
        return item?.kind === 'said' ? [[id, item] as const] : []
      }),
    )
  }

  async function filesOf(said: readonly Said[]): Promise<Map<string, StoredFile>> {
    const ids = [...new Set(said.flatMap(({ fileId }) => fileId ?? []))]
    return ids.length === 0 ? new Map() : new Map((await files.known(ids)).map((file) => [file.id, file]))
  }
}
