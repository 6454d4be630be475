// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, type Compilable, newCode, newId } from '../../core'
import type { Room, RoomLimits, Who } from '../model'
import { newRoom } from '../service'
import type { Store } from '../store'

interface Options {
  store: Store
  clock: Clock
  limits: Pick<RoomLimits, 'keptDays'>
}

/** The room every house begins with: «General», for everybody, kept. As statements, to stand in the transaction of the claim. */
export function createFirstRoom({ store, clock, limits }: Options) {
  return (owner: Who, name: string): { room: Room; statements: Compilable[] } => {
    const room = newRoom(
      { name, code: newCode(), kind: 'grupal', kept: true, days: limits.keptDays, ownerId: owner.id, hasPassword: false },
      clock.now(),
    )
    return { room, statements: store.creation({ room, passwordHash: null, epoch: newId(), owner }) }
  }
}
