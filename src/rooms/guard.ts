// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../accounts'
import { Refusal } from '../core'
import type { RoomService } from './service'

/**
 * `member: true` guards pages, forms and the socket of a room: signed in, and a member of the room in the address. Handlers get `room`.
 * "Not yours" and "not there" are the same 404. `speaker: true` is the same for programs too, whose key lets them talk.
 */
export function createRoomGuards(rooms: Pick<RoomService, 'of'>, guards: Guards) {
  async function roomOf(user: Parameters<RoomService['of']>[0], { codigo }: { codigo?: string }) {
    if (!codigo) throw new Refusal('missing', 'errors.missing')
    return { room: await rooms.of(user).find(codigo) }
  }

  return new Elysia({ name: 'rooms.guards' })
    .use(guards)
    .macro('member', {
      signedIn: true,
      resolve: async ({ user, params }) => roomOf(user, params as { codigo?: string }),
    })
    .macro('speaker', {
      access: { programs: 'chat' },
      resolve: async ({ user, params }) => roomOf(user, params as { codigo?: string }),
    })
}

export type RoomGuards = ReturnType<typeof createRoomGuards>
