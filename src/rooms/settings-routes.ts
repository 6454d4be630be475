// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import { form, Refusal, showCode, text } from '../core'
import type { Pages, Visitor } from '../views'
import type { RoomGuards } from './guard'
import { type InvitationLife, invitationLifeNames } from './invitations'
import type { Room } from './model'
import { requireOrder } from './order'
import type { Rooms } from './rooms'
import { type SettingsPage, settingsDialog, settingsPage } from './views/settings'

interface Options {
  rooms: Rooms
  pages: Pages
  member: RoomGuards
  origins: (visitor: Visitor) => readonly string[]
}

const lives = schema.Union(invitationLifeNames.map((life) => schema.Literal(life)))
const nothing = schema.Optional(form({}))

/** What the owner of a room, and administrators among its members, may change about it. */
export function settingsRoutes({ rooms, pages, member, origins }: Options) {
  const { settings, invitations, moderation, limits } = rooms

  async function data(room: Room): Promise<SettingsPage> {
    const [members, bans, living] = await Promise.all([rooms.members(room), moderation.bans(room), invitations.list(room)])
    return { room, members, bans, invitations: living, limits }
  }

  /** Does it and comes back to the settings with a sentence, or shows them again with what is wrong. */
  function attempt(visitor: Visitor, room: Room, act: () => Promise<{ room: Room; say: string }>): Promise<Response> {
    return pages.attempt(
      visitor,
      async () => {
        const done = await act()
        if (visitor.json) return pages.json({ codigo: done.room.code, nombre: done.room.name })
        return pages.redirect(visitor, `/salas/${done.room.code}/ajustes`, { say: done.say })
      },
      async (refusal) => {
        if (refusal.code === 'forbidden') throw refusal
        return settingsPage(visitor, { ...(await data(room)), refusal })
      },
    )
  }

  return new Elysia({ name: 'rooms.settings' })
    .use(member)
    .get(
      '/salas/:codigo/ajustes',
      async ({ visitor, user, room }) => {
        requireOrder(user, room)
        const given = await data(room)
        return visitor.partial ? pages.fragment(settingsDialog(visitor, given)) : pages.page(visitor, settingsPage(visitor, given))
      },
      { member: true },
    )
    .post(
      '/salas/:codigo/ajustes',
      async ({ visitor, user, room, body }) =>
        attempt(visitor, room, async () => ({
          room: await settings.alter(user, room, body, visitor.ip),
          say: visitor.t('rooms.settingsSaved'),
        })),
      {
        member: true,
        body: form({
          nombre: text(),
          cerrojo: text({ max: 2, optional: true }),
          lento: text({ max: 10, optional: true }),
          caduca: text({ max: 10, optional: true }),
        }),
      },
    )
    .post(
      '/salas/:codigo/clave',
      async ({ visitor, user, room, body }) =>
        attempt(visitor, room, async () => ({
          room: await settings.setPassword(user, room, body.clave, visitor.ip),
          say: visitor.t('rooms.passwordChanged'),
        })),
      { member: true, body: form({ clave: text() }) },
    )
    .post(
      '/salas/:codigo/historia',
      async ({ visitor, user, room, body }) =>
        attempt(visitor, room, async () => ({
          room: await settings.setHistory(user, room, body, visitor.ip),
          say: visitor.t('rooms.historyChanged'),
        })),
      { member: true, body: form({ historial: text({ max: 20 }), dias: text({ max: 20, optional: true }) }) },
    )
    .post(
      '/salas/:codigo/codigo',
      async ({ visitor, user, room }) =>
        attempt(visitor, room, async () => {
          const now = await settings.renewCode(user, room, visitor.ip)
          return { room: now, say: visitor.t('rooms.newCodeSaid', { code: showCode(now.code) }) }
        }),
      { member: true, body: nothing },
    )
    .post(
      '/salas/:codigo/entrega',
      async ({ visitor, user, room, body }) => {
        requireOrder(user, room)
        const heir = (await rooms.members(room)).find(({ id }) => id === body.persona)
        if (!heir) throw new Refusal('missing', 'errors.missing')
        await settings.handOver(user, room, heir, visitor.ip)
        return pages.redirect(visitor, `/salas/${room.code}`, { say: visitor.t('rooms.handedOver', { name: heir.name }) })
      },
      { member: true, body: form({ persona: text({ max: 32 }) }) },
    )
    .post(
      '/salas/:codigo/invitaciones',
      async ({ visitor, user, room, body }) => {
        const wanted = { once: body.para === 'una', life: body.vence as InvitationLife }
        const token = await invitations.make(user, room, wanted, visitor.ip)
        const link = `${origins(visitor)[0] ?? visitor.origin}/unirse/${room.code}?invitacion=${token}`
        if (visitor.json) return pages.json({ enlace: link }, { status: 201 })
        return pages.page(visitor, settingsPage(visitor, { ...(await data(room)), link }))
      },
      { member: true, body: form({ para: schema.Union([schema.Literal('una'), schema.Literal('todas')]), vence: lives }) },
    )
    .post(
      '/salas/:codigo/invitaciones/:id/revocacion',
      async ({ visitor, user, room, params }) =>
        attempt(visitor, room, async () => {
          await invitations.revoke(user, room, params.id, visitor.ip)
          return { room, say: visitor.t('rooms.invitationRevoked') }
        }),
      { member: true, params: form({ codigo: text({ max: 200 }), id: text({ max: 32 }) }), body: nothing },
    )
}
