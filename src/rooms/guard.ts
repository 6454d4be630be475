// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../accounts'
import { Refusal } from '../core'
import type { RoomService } from './service'

/**
 * `member: true` guards pages, forms and the socket of a room: signed in, and a member of the room in the address. Handlers get `room`.
 * "Not yours" and "not there" are the same 404.
 */
export function createRoomGuards(rooms: Pick<RoomService, 'of'>, guards: Guards) {
  return new Elysia({ name: 'rooms.guards' }).use(guards).macro('member', {
    signedIn: true,
    resolve: async ({ user, params }) => {
      const { codigo } = params as { codigo?: string }
      if (!codigo) throw new Refusal('missing', 'errors.missing')
      return { room: await rooms.of(user).find(codigo) }
    },
  })
}

export type RoomGuards = ReturnType<typeof createRoomGuards>
