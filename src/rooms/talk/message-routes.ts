// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, noFields, Refusal, text } from '../../core'
import { initials, type Pages, toneOf } from '../../views'
import type { RoomGuards } from '../guard'
import type { Present, Room, Said } from '../model'
import { mayOrder } from '../order/order'
import type { Rooms } from '../rooms'
import { editPage } from '../views/edit'
import { exportAnswer, exportQuery } from '../views/export'
import { memberLine } from '../views/people'

interface Options {
  rooms: Rooms
  pages: Pages
  member: RoomGuards
}

const wide = 40_000
/** People offered while a name is typed. */
const offered = 8

/** Single messages: their address, and what their menu does without script. */
export function messageRoutes({ rooms, pages, member }: Options) {
  async function find(room: Room, id: string): Promise<Said> {
    const said = /^[1-9]\d{0,14}$/.test(id) ? await rooms.message(room, Number(id)) : null
    if (!said) throw new Refusal('missing', 'rooms.messageGone')
    return said
  }

  async function findMine(room: Room, person: Present, id: string): Promise<{ said: Said; own: boolean }> {
    const said = await find(room, id)
    const own = said.author.id === person.id
    if (!own && !mayOrder(person, room)) throw new Refusal('missing', 'rooms.messageGone')
    return { said, own }
  }

  const addressOf = (room: Room, id: string) => `/salas/${room.code}?mensaje=${id}#m-${id}`

  return new Elysia({ name: 'rooms.messages' })
    .use(member)
    .get(
      '/salas/:codigo/mensajes/:id',
      async ({ visitor, user, room, params }) => {
        const said = await find(room, params.id)
        if (!visitor.json) return pages.redirect(visitor, addressOf(room, said.id))
        const { id, n, author, text: texto } = said
        return pages.json({ id, n, autor: author, texto, editable: author.id === user.id })
      },
      { member: true },
    )
    .get(
      '/salas/:codigo/mensajes/:id/editar',
      async ({ visitor, user, room, params }) =>
        pages.page(visitor, editPage(visitor, { room, ...(await findMine(room, user, params.id)), limits: rooms.limits })),
      { member: true },
    )
    .post(
      '/salas/:codigo/mensajes/:id',
      async ({ visitor, user, room, params, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const { id, changed } = await rooms.edit(room, user, params.id, body.texto)
            if (visitor.json) return pages.json({ id, n: changed })
            return pages.redirect(visitor, addressOf(room, id), { say: visitor.t('rooms.messageSaved') })
          },
          async (refusal) =>
            editPage(visitor, { room, ...(await findMine(room, user, params.id)), limits: rooms.limits, typed: body.texto, refusal }),
        ),
      { member: true, body: form({ texto: text({ max: wide }) }) },
    )
    .post(
      '/salas/:codigo/mensajes/:id/borrar',
      async ({ visitor, user, room, params }) => {
        const { id, changed } = await rooms.remove(room, user, params.id, visitor.ip)
        if (visitor.json) return pages.json({ id, n: changed })
        return pages.redirect(visitor, `/salas/${room.code}`, { say: visitor.t('rooms.messageDeleted') })
      },
      { member: true, body: noFields },
    )
    .post(
      '/salas/:codigo/mensajes/:id/reaccion',
      async ({ visitor, user, room, params, body }) => {
        const { id, changed } = await rooms.react(room, user, params.id, body.emoji)
        if (visitor.json) return pages.json({ id, n: changed })
        return pages.redirect(visitor, addressOf(room, id))
      },
      { member: true, body: form({ emoji: text({ max: 32 }) }) },
    )
    .get(
      '/salas/:codigo/personas',
      async ({ visitor, room, query }) => {
        const people = (await rooms.membersLike(room, query.q ?? '')).slice(0, offered)
        if (!visitor.json) return pages.fragment(people.map((person) => memberLine(visitor, person)))
        return pages.json(
          people.map(({ id, username, name, role, here }) => ({
            id,
            usuario: username,
            nombre: name,
            rol: role,
            aqui: here,
            tono: toneOf(id),
            siglas: initials(name),
          })),
        )
      },
      { member: true, query: t.Object({ q: t.Optional(t.String({ maxLength: 100 })) }) },
    )
    .get(
      '/salas/:codigo/exportar',
      async ({ visitor, user, room, query }) => {
        const format = query.formato ?? 'html'
        return exportAnswer({ t: visitor.t, room, by: user.name, ...(await rooms.exported(user, room, visitor.ip, format)) }, format)
      },
      { member: true, query: exportQuery },
    )
}
