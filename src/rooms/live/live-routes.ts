// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { Refusal } from '../../core'
import type { RoomGuards } from '../guard'
import type { Rooms } from '../rooms'
import { Seat } from './seat'

interface Options {
  rooms: Rooms
  member: RoomGuards
}

/**
 * The socket of a room. The guards have asked for session and membership before the upgrade; from then on events close it. Whatever a
 * handler throws ends this socket alone: an exception that leaves it would end the process.
 */
export function liveRoutes({ rooms: { live, hub }, member }: Options) {
  return new Elysia({ name: 'rooms.live' }).use(member).ws('/salas/:codigo/vivo', {
    member: true,
    beforeHandle: ({ visitor, server }) => {
      hub.attach(server)
      if (!hub.hasPlaceFor(visitor.ip)) throw new Refusal('throttled', 'rooms.tooManyPages', { retryAfter: 10 })
    },
    open({ raw, data: { room, user, session, visitor } }) {
      const person = { id: user.id, name: user.name, role: user.role, username: user.username }
      const seat = new Seat(raw, room, person, session.id, visitor.locale, visitor.ip, live)
      // Elysia's dispatcher calls `ws.data.message(ws, data)` and so on: from here on it talks to the seat (tests/rooms/floods.test.ts).
      Object.assign(raw, { data: seat })
      live.open(seat)
    },
    error: ({ error }) => live.failed(undefined, error),
  })
}
