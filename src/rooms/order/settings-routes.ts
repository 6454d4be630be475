// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import { form, Refusal, showCode, text } from '../../core'
import { type Pages, sentence, type Visitor } from '../../views'
import { type InvitationLife, invitationLifeNames } from '../door/invitations'
import type { RoomGuards } from '../guard'
import type { Room } from '../model'
import type { Rooms } from '../rooms'
import { allSections, type SettingsPage, type SettingsSection, settingsDialog, settingsPage, settingsSection } from '../views/settings'
import { requireOrder } from './order'
import type { SettingsForm } from './settings'

interface Options {
  rooms: Rooms
  pages: Pages
  member: RoomGuards
  origins: (visitor: Visitor) => readonly string[]
}

/** What an act on the settings ends in. `link`: an invitation just made. */
interface Done {
  room: Room
  say: string
  link?: string
}

/** Refusals that are said where the form stands, rather than as a toast that an open dialog would cover. */
const beside = new Set<string>(['invalid', 'conflict', 'throttled', 'busy', 'full'])

const lives = schema.Union(invitationLifeNames.map((life) => schema.Literal(life)))
const nothing = schema.Optional(form({}))

/** What the owner of a room, and administrators among its members, may change about it. */
export function settingsRoutes({ rooms, pages, member, origins }: Options) {
  const { settings, invitations, moderation, limits } = rooms

  async function data(room: Room): Promise<SettingsPage> {
    const [members, bans, living] = await Promise.all([rooms.members(room), moderation.bans(room), invitations.list(room)])
    return { room, members, bans, invitations: living, limits }
  }

  /** Does it and says so in the section that asked, or on the page anew; or shows either again with what is wrong. */
  async function attempt(
    visitor: Visitor,
    room: Room,
    section: SettingsSection,
    act: () => Promise<Done>,
    typed?: SettingsForm,
  ): Promise<Response> {
    if (visitor.partial) return inPlace(visitor, room, section, act, typed)
    return pages.attempt(
      visitor,
      async () => {
        const { room: now, say, link } = await act()
        if (visitor.json)
          return pages.json(
            link === undefined ? { codigo: now.code, nombre: now.name } : { enlace: link },
            link === undefined ? {} : { status: 201 },
          )
        if (link !== undefined) return pages.page(visitor, settingsPage(visitor, { ...(await data(now)), link }))
        return pages.redirect(visitor, `/salas/${now.code}/ajustes`, { say })
      },
      async (refusal) => {
        if (refusal.code === 'forbidden') throw refusal
        return settingsPage(visitor, { ...(await data(room)), refusal, typed })
      },
    )
  }

  async function inPlace(
    visitor: Visitor,
    room: Room,
    section: SettingsSection,
    act: () => Promise<Done>,
    typed?: SettingsForm,
  ): Promise<Response> {
    try {
      const { room: now, say, link } = await act()
      // Their own page shows name and code around the sections; a room's page hears of both over its socket.
      const around = (section === 'general' || section === 'code') && visitor.currentPath === `/salas/${room.code}/ajustes`
      if (around) return pages.redirect(visitor, `/salas/${now.code}/ajustes`, { say })
      const given = { ...(await data(now)), ...(link === undefined ? { told: { section, say } } : { link }) }
      return pages.fragment(section === 'code' ? allSections(visitor, given) : settingsSection(visitor, section, given))
    } catch (error) {
      if (!(error instanceof Refusal) || !beside.has(error.code)) throw error
      const told = { section, say: sentence(visitor, error), bad: true }
      const given = { ...(await data(room)), refusal: error, typed, ...(Object.keys(error.fields).length > 0 ? {} : { told }) }
      return pages.fragment(settingsSection(visitor, section, given), { status: error.status })
    }
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
        attempt(
          visitor,
          room,
          'general',
          async () => ({ room: await settings.alter(user, room, body, visitor.ip), say: visitor.t('rooms.settingsSaved') }),
          body,
        ),
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
        attempt(visitor, room, 'password', async () => {
          const now = await settings.setPassword(user, room, body.clave, visitor.ip)
          return { room: now, say: visitor.t(now.hasPassword ? 'rooms.passwordChanged' : 'rooms.passwordGone') }
        }),
      { member: true, body: form({ clave: text() }) },
    )
    .post(
      '/salas/:codigo/historia',
      async ({ visitor, user, room, body }) =>
        attempt(visitor, room, 'history', async () => ({
          room: await settings.setHistory(user, room, body, visitor.ip),
          say: visitor.t('rooms.historyChanged'),
        })),
      { member: true, body: form({ historial: text({ max: 20 }), dias: text({ max: 20, optional: true }) }) },
    )
    .post(
      '/salas/:codigo/codigo',
      async ({ visitor, user, room }) =>
        attempt(visitor, room, 'code', async () => {
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
        return attempt(visitor, room, 'invitations', async () => {
          const token = await invitations.make(user, room, wanted, visitor.ip)
          const link = `${origins(visitor)[0] ?? visitor.origin}/unirse/${room.code}?invitacion=${token}`
          return { room, say: visitor.t('rooms.invitationMade'), link }
        })
      },
      { member: true, body: form({ para: schema.Union([schema.Literal('una'), schema.Literal('todas')]), vence: lives }) },
    )
    .post(
      '/salas/:codigo/invitaciones/:id/revocacion',
      async ({ visitor, user, room, params }) =>
        attempt(visitor, room, 'invitations', async () => {
          await invitations.revoke(user, room, params.id, visitor.ip)
          return { room, say: visitor.t('rooms.invitationRevoked') }
        }),
      { member: true, params: form({ codigo: text({ max: 200 }), id: text({ max: 32 }) }), body: nothing },
    )
    .post(
      '/salas/:codigo/vetos/:persona/perdon',
      async ({ visitor, user, room, params }) =>
        attempt(visitor, room, 'banned', async () => {
          const banned = (await moderation.bans(room)).find(({ person }) => person.id === params.persona)
          await moderation.unban(user, room, params.persona, visitor.ip)
          return { room, say: visitor.t('rooms.unbannedSaid', { name: banned?.person.name ?? '' }) }
        }),
      { member: true, params: form({ codigo: text({ max: 200 }), persona: text({ max: 32 }) }), body: nothing },
    )
}
