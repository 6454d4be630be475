// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards } from '../accounts'
import { type Clock, form, Refusal, showCode, text } from '../core'
import { exportAnswer, exportQuery } from '../rooms'
import { type Pages, sentence, type Visitor } from '../views'
import type { Admin } from './service'
import { keepingForm } from './views/keeping'
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

  function keeping(visitor: Visitor, again: { typed?: string; error?: string } = {}, status = 200): Promise<Response> | Response {
    const asked = keepingForm(visitor, rooms.houseDays, again)
    return visitor.partial ? pages.fragment(asked, { status }) : pages.page(visitor, askPage(visitor, asked), { status })
  }

  return new Elysia({ name: 'admin.rooms' })
    .use(guards)
    .guard({ role: 'administrator' })
    .get('/admin/salas', async ({ visitor }) =>
      pages.page(visitor, roomsPage(visitor, { rows: await rooms.list(), most: rooms.houseDays.most, now: clock.now() })),
    )
    .get('/admin/salas/conservacion', async ({ visitor }) => keeping(visitor))
    .post(
      '/admin/salas/conservacion',
      async ({ visitor, user, body }) => {
        try {
          await rooms.setHouseDays(user, body.dias, visitor.ip)
          const say = visitor.t('admin.keepSaid', { n: rooms.houseDays.most })
          return visitor.json ? pages.json({ message: say }) : pages.redirect(visitor, '/admin/salas', { say })
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== 'invalid' || visitor.json) throw error
          return keeping(visitor, { typed: body.dias, error: sentence(visitor, error) }, error.status)
        }
      },
      { body: form({ dias: text({ max: 20 }) }) },
    )
    .get(
      '/admin/salas/:id/exportar',
      async ({ visitor, user, params, query }) => {
        const format = query.formato ?? 'html'
        return exportAnswer({ t: visitor.t, by: user.name, ...(await rooms.exported(user, params.id, visitor.ip, format)) }, format)
      },
      { params: oneRoom, query: exportQuery },
    )
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
