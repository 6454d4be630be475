// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards } from '../accounts'
import { type Clock, form, Refusal, showCode, text } from '../core'
import type { Pages, Visitor } from '../views'
import type { Admin } from './service'
import { askPage, eraseForm, removeForm, roomRow, roomsPage } from './views/rooms'

interface Options {
  admin: Admin
  pages: Pages
  guards: Guards
  clock: Clock
}

const oneRoom = form({ id: text({ max: 32 }) })
const nothing = schema.Optional(form({}))

/** Rooms as administrators see them. */
export function roomRoutes({ admin, pages, guards, clock }: Options) {
  const { rooms } = admin

  /** The row as it is now, with a sentence; the whole list for browsers without script. */
  async function changed(visitor: Visitor, id: string, say: string): Promise<Response> {
    if (!visitor.htmx) return pages.redirect(visitor, '/admin/salas', { say })
    const row = await rooms.row(id)
    if (!row) throw new Refusal('missing', 'errors.missing')
    return pages.fragment(roomRow(visitor, row, clock.now()), { say })
  }

  async function removal(visitor: Visitor, id: string, refusal?: Refusal) {
    const room = await rooms.find(id)
    return removeForm(visitor, { room, connections: rooms.connections(room), messages: await rooms.messages(room), refusal })
  }

  return new Elysia({ name: 'admin.rooms' })
    .use(guards)
    .guard({ role: 'administrator' })
    .get('/admin/salas', async ({ visitor }) => pages.page(visitor, roomsPage(visitor, await rooms.list(), clock.now())))
    .post(
      '/admin/salas/:id/codigo',
      async ({ visitor, user, params }) => {
        const { code } = await rooms.renewCode(user, params.id, visitor.ip)
        return changed(visitor, params.id, visitor.t('admin.newCodeSaid', { code: showCode(code) }))
      },
      { params: oneRoom, body: nothing },
    )
    .post(
      '/admin/salas/:id/cerrojo',
      async ({ visitor, user, params, body }) => {
        const locked = body.cerrojo === 'si'
        const { name } = await rooms.setLocked(user, params.id, locked, visitor.ip)
        return changed(visitor, params.id, visitor.t(locked ? 'admin.lockedSaid' : 'admin.unlockedSaid', { room: name }))
      },
      { params: oneRoom, body: form({ cerrojo: schema.Union([schema.Literal('si'), schema.Literal('no')]) }) },
    )
    .get(
      '/admin/salas/:id/borrado',
      async ({ visitor, params }) => {
        const room = await rooms.find(params.id)
        const asked = eraseForm(visitor, { room, messages: await rooms.messages(room) })
        return visitor.partial ? pages.fragment(asked) : pages.page(visitor, askPage(visitor, asked))
      },
      { params: oneRoom },
    )
    .post(
      '/admin/salas/:id/borrado',
      async ({ visitor, user, params }) => {
        const room = await rooms.find(params.id)
        await rooms.erase(user, params.id, visitor.ip)
        return pages.redirect(visitor, '/admin/salas', { say: visitor.t('admin.erasedSaid', { room: room.name }) })
      },
      { params: oneRoom, body: nothing },
    )
    .get(
      '/admin/salas/:id/eliminacion',
      async ({ visitor, params }) => {
        const asked = await removal(visitor, params.id)
        return visitor.partial ? pages.fragment(asked) : pages.page(visitor, askPage(visitor, asked))
      },
      { params: oneRoom },
    )
    .post(
      '/admin/salas/:id/eliminacion',
      async ({ visitor, user, params, body }) => {
        try {
          await rooms.remove(user, params.id, body.nombre, visitor.ip)
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== 'invalid' || visitor.json) throw error
          const again = await removal(visitor, params.id, error)
          return visitor.partial
            ? pages.fragment(again, { status: error.status })
            : pages.page(visitor, askPage(visitor, again), { status: error.status })
        }
        return pages.redirect(visitor, '/admin/salas', { say: visitor.t('admin.roomRemoved') })
      },
      { params: oneRoom, body: form({ nombre: text() }) },
    )
}
