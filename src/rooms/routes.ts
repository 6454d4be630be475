// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../accounts'
import { form, noFields, showCode, text } from '../core'
import { type Pages, sentence, type Visitor } from '../views'
import { doorRoutes } from './door/door-routes'
import { sideRoutes } from './door/side-routes'
import { createRoomGuards } from './guard'
import { liveRoutes } from './live/live-routes'
import { muteWords } from './order/moderation'
import { moderationRoutes } from './order/moderation-routes'
import { settingsRoutes } from './order/settings-routes'
import type { Rooms } from './rooms'
import { searchRoutes } from './search/search-routes'
import { newCid } from './talk/cid'
import { messageRoutes } from './talk/message-routes'
import type { Where } from './talk/talk'
import { createDialog, createPage } from './views/create'
import { doorPage } from './views/door'
import { joinPage } from './views/join'
import { lobbyPage } from './views/lobby'
import { log, newerItems, olderItems } from './views/log'
import { roomPage } from './views/room'

interface Options {
  rooms: Rooms
  pages: Pages
  guards: Guards
  /** Addresses of this house as people can type them, best first: `http://pichat.local:8000`. Without it, the one the visitor typed. */
  origins?: (visitor: Visitor) => readonly string[]
}

/** Bytes of a form field that bounds nothing but the edge: services judge the content. 4,000 characters can be 16,000 bytes. */
const wide = 40_000

const creation = form({
  nombre: text(),
  clave: text({ max: 1_000, optional: true }),
  tipo: text({ max: 20, optional: true }),
  historial: text({ max: 20, optional: true }),
  codigo: text({ max: 64, optional: true }),
  dias: text({ max: 20, optional: true }),
})

const joining = form({
  codigo: text({ max: 200 }),
  clave: text({ max: 2_000, optional: true }),
  invitacion: text({ max: 100, optional: true }),
  /** Sent from the page of a link, which comes back as itself. */
  enlace: text({ max: 2, optional: true }),
})

const saying = form({
  texto: text({ max: wide }),
  cid: t.Optional(t.String({ maxLength: 64, pattern: '^[A-Za-z0-9_-]*$' })),
  respuestaA: text({ max: 64, optional: true }),
  archivo: text({ max: 64, optional: true }),
})

/** The number of a message, or of a place in the log. */
const number = t.String({ pattern: '^\\d{1,15}$' })

function placeOf({ antes, despues, mensaje }: { antes?: string; despues?: string; mensaje?: string }): Where {
  if (antes !== undefined) return { before: Number(antes) }
  return despues === undefined ? { around: mensaje } : { after: Number(despues) }
}

export function roomsRoutes({ rooms, pages, guards, origins = ({ origin }) => [origin] }: Options) {
  const member = createRoomGuards(rooms, guards)
  const { limits } = rooms

  async function lobby(visitor: Visitor, user: { id: string }) {
    return { ...(await rooms.lobby(user)), origins: origins(visitor) }
  }

  async function roomView(visitor: Visitor, room: Awaited<ReturnType<ReturnType<Rooms['of']>['find']>>, where: Where = {}) {
    if (visitor.viewer) rooms.reads(room, visitor.viewer)
    const page = await rooms.page(room, where)
    const mute = rooms.moderation.muteOf(room.id, visitor.viewer?.id ?? '')
    return {
      room,
      muted: rooms.moderation.mutedIn(room.id),
      silence: mute && muteWords(visitor.locale, mute),
      page,
      seen: rooms.seenBy(visitor.viewer?.id ?? '', room, room.seen),
      members: await rooms.members(room),
      origins: origins(visitor),
      limits,
      scanning: rooms.scanning,
    }
  }

  return new Elysia({ name: 'rooms.routes' })
    .use(guards)
    .use(member)
    .get('/salas', async ({ visitor, user }) => pages.page(visitor, lobbyPage(visitor, await lobby(visitor, user))), { signedIn: true })
    .post(
      '/salas',
      async ({ visitor, user, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const room = await rooms.create(user, body, visitor.ip)
            if (visitor.json) return pages.json({ codigo: room.code, nombre: room.name }, { status: 201 })
            return pages.redirect(visitor, `/salas/${room.code}`, { say: visitor.t('rooms.created', { code: showCode(room.code) }) })
          },
          (refusal) => createPage(visitor, { typed: body, limits, refusal }),
        ),
      { signedIn: true, body: creation },
    )
    .get(
      '/salas/nueva',
      async ({ visitor }) => {
        const given = { typed: {}, limits }
        return visitor.partial ? pages.fragment(createDialog(visitor, given)) : pages.page(visitor, createPage(visitor, given))
      },
      { signedIn: true },
    )
    .get('/salas/unirse', async ({ visitor, query }) => pages.page(visitor, joinPage(visitor, { code: query.codigo ?? '' })), {
      query: t.Object({ codigo: t.Optional(t.String({ maxLength: 200 })) }),
    })
    .post(
      '/salas/unirse',
      async ({ visitor, user, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const { codigo: code, clave: password = '', invitacion: invitation } = body
            const room = await rooms.join(user, { code, password, invitation, from: visitor.ip })
            if (visitor.json) return pages.json({ codigo: room.code, nombre: room.name })
            return pages.redirect(visitor, `/salas/${room.code}`, { say: visitor.t('rooms.joined', { room: room.name }) })
          },
          (refusal) =>
            body.invitacion !== undefined || body.enlace !== undefined
              ? doorPage(visitor, { code: body.codigo.slice(0, 32), open: false, invitation: body.invitacion, refusal })
              : joinPage(visitor, { code: body.codigo, refusal }),
        ),
      { signedIn: true, body: joining },
    )
    .get(
      '/salas/:codigo',
      async ({ visitor, room, query }) => {
        const where = placeOf(query)
        if (!visitor.partial) {
          return pages.page(visitor, roomPage(visitor, { ...(await roomView(visitor, room, where)), target: query.mensaje }))
        }
        const page = await rooms.page(room, where)
        if (where.before !== undefined) return pages.fragment(olderItems(visitor, room, page))
        if (where.after !== undefined) return pages.fragment(newerItems(visitor, room, page))
        return pages.fragment(log(visitor, room, page, rooms.seenBy(visitor.viewer?.id ?? '', room, room.seen), query.mensaje))
      },
      { member: true, query: t.Object({ antes: t.Optional(number), despues: t.Optional(number), mensaje: t.Optional(number) }) },
    )
    .post(
      '/salas/:codigo/mensajes',
      async ({ visitor, user, room, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const said = await rooms.say({
              room,
              person: user,
              cid: body.cid || newCid(),
              text: body.texto,
              replyTo: body.respuestaA || undefined,
              fileId: body.archivo || undefined,
            })
            if (visitor.json) return pages.json({ id: said.id, n: said.n })
            return pages.redirect(visitor, `/salas/${room.code}#escribir`)
          },
          async (refusal) =>
            roomPage(visitor, { ...(await roomView(visitor, room)), refused: { sentence: sentence(visitor, refusal), text: body.texto } }),
        ),
      {
        speaker: true,
        body: saying,
      },
    )
    .post(
      '/salas/:codigo/salida',
      async ({ visitor, user, room }) => {
        await rooms.leave(user, room, visitor.ip)
        return pages.redirect(visitor, '/salas', { say: visitor.t('rooms.left', { room: room.name }) })
      },
      { member: true, body: noFields },
    )
    .post(
      '/salas/:codigo/cierre',
      async ({ visitor, user, room }) => {
        await rooms.close(user, room, visitor.ip)
        return pages.redirect(visitor, '/salas', { say: visitor.t('rooms.closed', { room: room.name }) })
      },
      { member: true, body: noFields },
    )
    .use(settingsRoutes({ rooms, pages, member, origins }))
    .use(moderationRoutes({ rooms, pages, member }))
    .use(doorRoutes({ rooms, pages, guards, member, origins }))
    .use(messageRoutes({ rooms, pages, member }))
    .use(searchRoutes({ rooms, pages, guards }))
    .use(sideRoutes({ rooms, pages, guards }))
    .use(liveRoutes({ rooms, member }))
}
