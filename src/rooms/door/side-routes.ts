// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../../accounts'
import { type Pages, sideRooms } from '../../views'
import type { Rooms } from '../rooms'

/** My rooms as the side bar shows them, with what is unread: asked for every so often by every open page. `sala` is the one it shows. */
export function sideRoutes({ rooms, pages, guards }: { rooms: Rooms; pages: Pages; guards: Guards }) {
  return new Elysia({ name: 'rooms.side' })
    .use(guards)
    .get(
      '/salas/lateral',
      async ({ visitor, user, query }) => pages.fragment(sideRooms(visitor, await rooms.sideRooms(user.id), query.sala)),
      { signedIn: true, query: t.Object({ sala: t.Optional(t.String({ maxLength: 64 })) }, { additionalProperties: false }) },
    )
}
