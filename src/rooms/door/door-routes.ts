// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards } from '../../accounts'
import { form, text } from '../../core'
import type { Pages, Visitor } from '../../views'
import type { RoomGuards } from '../guard'
import type { Rooms } from '../rooms'
import { doorPage } from '../views/door'
import { posterPage } from '../views/poster'

interface Options {
  rooms: Rooms
  pages: Pages
  guards: Guards
  member: RoomGuards
  origins: (visitor: Visitor) => readonly string[]
}

/** Coming in by QR or link, and the sheet for the wall. Whoever is signed out signs in first and comes back here. */
export function doorRoutes({ rooms, pages, guards, member, origins }: Options) {
  return new Elysia({ name: 'rooms.door' })
    .use(guards)
    .use(member)
    .get(
      '/unirse/:codigo',
      async ({ visitor, user, params, query }) => {
        const { code, member: isMember, open } = await rooms.door(user, params.codigo, query.invitacion)
        if (isMember) return pages.redirect(visitor, `/salas/${code}`)
        return pages.page(visitor, doorPage(visitor, { code, open, invitation: query.invitacion }))
      },
      {
        signedIn: true,
        params: form({ codigo: text({ max: 200 }) }),
        query: schema.Object({ invitacion: schema.Optional(schema.String({ maxLength: 100 })) }),
      },
    )
    .get('/salas/:codigo/cartel', async ({ visitor, room }) => pages.page(visitor, posterPage(visitor, room, origins(visitor))), {
      member: true,
    })
}
