// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { Refusal } from '../core'
import type { RoomGuards } from './guard'
import { Seat } from './hub'
import type { Rooms } from './rooms'

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
    open(ws) {
      const { room, user, session, visitor } = ws.data
      const person = { id: user.id, name: user.name, role: user.role }
      const seat = new Seat(ws.id, ws.raw, room, person, session.id, visitor.locale, visitor.ip)
      try {
        live.open(seat)
      } catch (error) {
        live.failed(seat, error)
      }
    },
    async message(ws, message) {
      const seat = hub.seatOf(ws.id)
      if (!seat) return
      try {
        await live.receive(seat, message)
      } catch (error) {
        live.failed(seat, error)
      }
    },
    drain(ws) {
      try {
        live.drain(ws.id)
      } catch (error) {
        live.failed(hub.seatOf(ws.id), error)
      }
    },
    close(ws) {
      try {
        live.close(ws.id)
      } catch (error) {
        live.failed(undefined, error)
      }
    },
    error(context) {
      const { error } = context as { error?: unknown }
      live.failed(undefined, error)
    },
  })
}
