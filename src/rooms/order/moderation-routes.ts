// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import { form, type Html, html, Refusal, text } from '../../core'
import type { Pages, Visitor } from '../../views'
import type { Member } from '../door/lobby'
import type { RoomGuards } from '../guard'
import type { Present, Room } from '../model'
import type { Rooms } from '../rooms'
import { member as memberLine } from '../views/people'
import { reasonForm, reasonPage } from '../views/reason'
import { muteMinutes } from './moderation'
import { mayOrderAbout } from './order'

interface Options {
  rooms: Rooms
  pages: Pages
  member: RoomGuards
}

const onePerson = form({ codigo: text({ max: 200 }), persona: text({ max: 32 }) })
const withReason = form({ motivo: text() })
const nothing = schema.Optional(form({}))

/** Sending away, silencing, shutting out: for the owner of a room and administrators among its members. */
export function moderationRoutes({ rooms, pages, member }: Options) {
  const { moderation } = rooms

  async function memberOf(room: Room, id: string): Promise<Member> {
    const found = (await rooms.members(room)).find((one) => one.id === id)
    if (!found) throw new Refusal('missing', 'errors.missing')
    return found
  }

  /** With htmx the page stays and hears a sentence; a dialog closes. */
  function done(visitor: Visitor, room: Room, say: string, beside = html``): Response {
    if (visitor.json) return pages.json({ dicho: say })
    if (visitor.htmx) return pages.say(say, { beside, headers: { 'hx-trigger': 'close-dialog' } })
    return pages.redirect(visitor, `/salas/${room.code}`, { say })
  }

  /** The line of somebody who was silenced or may speak again, for the list of the page that asked. */
  function lineOf(visitor: Visitor, room: Room, person: Member): Html {
    return memberLine(visitor, person, room, moderation.mutedIn(room.id), { anew: true })
  }

  async function ask(visitor: Visitor, user: Present, room: Room, id: string, verb: 'expulsion' | 'veto'): Promise<Response> {
    const person = await memberOf(room, id)
    if (!mayOrderAbout(user, room, person)) throw new Refusal('forbidden', 'rooms.notThem')
    const given = { room, person, verb }
    return visitor.partial ? pages.fragment(reasonForm(visitor, given)) : pages.page(visitor, reasonPage(visitor, given))
  }

  async function send(visitor: Visitor, user: Present, room: Room, id: string, verb: 'expulsion' | 'veto', motivo: string) {
    const person = await memberOf(room, id)
    const act = async () => {
      if (verb === 'veto') await moderation.ban(user, room, person, motivo, visitor.ip)
      else await moderation.remove(user, room, person, motivo, visitor.ip)
      return done(visitor, room, visitor.t(verb === 'veto' ? 'rooms.bannedSaid' : 'rooms.removedSaid', { name: person.name }))
    }
    if (visitor.partial) {
      // In the dialog that asked: a toast would lie under it.
      const again = (refusal: Refusal) =>
        pages.fragment(reasonForm(visitor, { room, person, verb, typed: motivo.slice(0, 200), refusal }), {
          status: refusal.status,
          headers: { 'hx-retarget': '#dialog', 'hx-reswap': 'innerHTML' },
        })
      return act().catch((error) => {
        if (error instanceof Refusal && error.code === 'invalid') return again(error)
        throw error
      })
    }
    return pages.attempt(visitor, act, (refusal) => {
      if (refusal.code === 'forbidden') throw refusal
      return reasonPage(visitor, { room, person, verb, typed: motivo.slice(0, 200), refusal })
    })
  }

  return new Elysia({ name: 'rooms.moderation' })
    .use(member)
    .get(
      '/salas/:codigo/personas/:persona/expulsion',
      async ({ visitor, user, room, params }) => ask(visitor, user, room, params.persona, 'expulsion'),
      { member: true, params: onePerson },
    )
    .get(
      '/salas/:codigo/personas/:persona/veto',
      async ({ visitor, user, room, params }) => ask(visitor, user, room, params.persona, 'veto'),
      {
        member: true,
        params: onePerson,
      },
    )
    .post(
      '/salas/:codigo/personas/:persona/expulsion',
      async ({ visitor, user, room, params, body }) => send(visitor, user, room, params.persona, 'expulsion', body.motivo),
      { member: true, params: onePerson, body: withReason },
    )
    .post(
      '/salas/:codigo/personas/:persona/veto',
      async ({ visitor, user, room, params, body }) => send(visitor, user, room, params.persona, 'veto', body.motivo),
      { member: true, params: onePerson, body: withReason },
    )
    .post(
      '/salas/:codigo/personas/:persona/silencio',
      async ({ visitor, user, room, params, body }) => {
        const person = await memberOf(room, params.persona)
        const { until } = await moderation.mute(user, room, person, Number(body.minutos), body.motivo, visitor.ip)
        const { t } = visitor
        return done(visitor, room, t('rooms.mutedSaid', { name: person.name, t: t.format.time(until) }), lineOf(visitor, room, person))
      },
      {
        member: true,
        params: onePerson,
        body: form({
          minutos: schema.Union(muteMinutes.map((n) => schema.Literal(String(n)))),
          motivo: text({ optional: true }),
        }),
      },
    )
    .post(
      '/salas/:codigo/personas/:persona/voz',
      async ({ visitor, user, room, params }) => {
        const person = await memberOf(room, params.persona)
        await moderation.unmute(user, room, person, visitor.ip)
        return done(visitor, room, visitor.t('rooms.unmutedSaid', { name: person.name }), lineOf(visitor, room, person))
      },
      { member: true, params: onePerson, body: nothing },
    )
}
