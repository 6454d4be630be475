// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, Refusal } from '../../core'
import type { Item, Present, Room } from '../model'
import { requireOrder } from '../order/order'
import type { Store } from '../store'
import type { Dress } from '../talk/dress'

interface Options {
  store: Store
  dress: Dress
  audit: Audit
  clock: Clock
}

/** Items read at a time: what an export holds in memory, whatever the room's size. */
const batch = 500

export type Exported = ReturnType<typeof createExport>

/**
 * Everything a kept room holds, in pieces, for its owner or an administrator. It ends with what was there when it began.
 * Written down in the audit log. Refuses `forbidden`, `conflict` (an ephemeral room).
 */
export function createExport({ store, dress, audit, clock }: Options) {
  return async function exported(
    person: Present,
    room: Room,
    from: string,
    format: string,
  ): Promise<{ at: number; pieces: AsyncGenerator<Item[]> }> {
    requireOrder(person, room)
    if (!room.kept) throw new Refusal('conflict', 'rooms.exportEphemeral')
    const last = (await store.byId(room.id))?.n ?? 0
    await audit.record({ who: { id: person.id, name: person.name }, what: 'rooms.exported', target: room, from, detail: { format } })
    return { at: clock.now(), pieces: pieces(room, last) }
  }

  async function* pieces(room: Room, last: number): AsyncGenerator<Item[]> {
    for (let after = 0; after < last; ) {
      const items = (await store.items.page(room.id, { after, limit: batch })).filter(({ n }) => n <= last)
      const end = items.at(-1)
      if (!end) return
      after = end.n
      yield await dress(room, items)
    }
  }
}
