// SPDX-License-Identifier: GPL-3.0-or-later
import { readCode } from '../../core'
import type { FileRoom, RoomDesk } from '../../files'
import type { Room } from '../model'
import type { Store } from '../store'
import type { Rings } from './ring'

/** What the files know of rooms: who belongs to one, and what its messages carry. */
export function createFileDesk({ store, rings }: { store: Store; rings: Rings }): RoomDesk {
  const plain = ({ id, code, name }: Room): FileRoom => ({ id, code, name })

  return {
    async byCode(typed) {
      const code = readCode(typed)
      const found = code === null ? null : await store.byCode(code)
      return found && plain(found.room)
    },
    async byIds(ids) {
      const found = await Promise.all(ids.map((id) => store.byId(id)))
      return found.flatMap((stored) => (stored ? plain(stored.room) : []))
    },
    idsOf: store.roomIdsOf,
    isMember: store.isMember,
    async carriedIn(roomId) {
      const passing = rings.peek(roomId)?.carried() ?? []
      return [...new Set([...(await store.revised.carriedIn(roomId)), ...passing])]
    },
  }
}
