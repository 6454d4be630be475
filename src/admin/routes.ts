// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards, Person } from '../accounts'
import { roles } from '../accounts'
import { type Clock, form, html, noFields, Refusal, text } from '../core'
import type { Files } from '../files'
import { notice, type Pages, sentence, type Visitor } from '../views'
import { auditRoutes } from './audit-routes'
import { metricsText, metricsType } from './metrics'
import { quarantineRoutes } from './quarantine-routes'
import { quotaRoutes } from './quota-routes'
import { roomRoutes } from './room-routes'
import type { Admin } from './service'
import { machinePage } from './views/machine'
import { overviewPage } from './views/overview'
import { alonePage, newPersonForm, peoplePage, personRow, temporaryPassword } from './views/people'

interface Options {
  admin: Admin
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

const role = schema.Union(roles.map((one) => schema.Literal(one)))
const onePerson = form({ id: text({ max: 32 }) })

export function adminRoutes({ admin, files, pages, guards, clock }: Options) {
  /** The row as it is now, with a sentence; the whole list for browsers without script. */
  async function changed(visitor: Visitor, person: Person, say: string, given: { chosen?: boolean } = {}): Promise<Response> {
    if (!visitor.htmx) return pages.redirect(visitor, '/admin/usuarios', { say })
    const row = await admin.person(person)
    if (!row) throw new Refusal('missing', 'errors.missing')
    return pages.fragment(personRow(visitor, row, clock.now(), given), { say })
  }

  async function once(visitor: Visitor, { person, password }: { person: Person; password: string | null }): Promise<Response> {
    const shown = temporaryPassword(visitor, person.name, password ?? '')
    return visitor.partial ? pages.fragment(shown) : pages.page(visitor, alonePage(visitor, visitor.t('admin.people'), shown))
  }

  async function formAgain(visitor: Visitor, body: Parameters<typeof newPersonForm>[1], refusal: Refusal): Promise<Response> {
    const errors = Object.fromEntries(Object.entries(refusal.fields).map(([name, phrase]) => [name, visitor.t.say(phrase, refusal.values)]))
    const problem = Object.keys(errors).length === 0 ? notice('bad', sentence(visitor, refusal)) : html``
    const again = newPersonForm(visitor, body, errors, problem)
    return visitor.partial
      ? pages.fragment(again, { status: refusal.status })
      : pages.page(visitor, alonePage(visitor, visitor.t('admin.people'), again), { status: refusal.status })
  }

  return new Elysia({ name: 'admin.routes' })
    .use(guards)
    .use(quarantineRoutes({ files, pages, guards, clock }))
    .get(
      '/metrics',
      async () =>
        new Response(metricsText(await admin.metrics()), { headers: { 'content-type': metricsType, 'cache-control': 'no-store' } }),
      { thisMachineOr: { programs: 'read', role: 'administrator' } },
    )
    .use(auditRoutes({ admin, files, pages, guards, clock }))
    .guard({ role: 'administrator' })
    .use(roomRoutes({ admin, pages, guards, clock }))
    .use(quotaRoutes({ admin, pages, guards }))
    .get('/admin', async ({ visitor, user }) => {
      return pages.page(visitor, overviewPage(visitor, await admin.overview(user), clock.now()))
    })
    .get('/admin/sistema', async ({ visitor }) => pages.page(visitor, machinePage(visitor, await admin.machine())))
    .get(
      '/admin/usuarios',
      async ({ visitor, query }) => {
        const search = query.buscar ?? ''
        return pages.page(visitor, peoplePage(visitor, { ...(await admin.people(search)), search, now: clock.now() }))
      },
      { query: form({ buscar: schema.Optional(schema.String({ maxLength: 100 })) }) },
    )
    .get('/admin/usuarios/nueva', async ({ visitor }) =>
      visitor.partial
        ? pages.fragment(newPersonForm(visitor))
        : pages.page(visitor, alonePage(visitor, visitor.t('admin.people'), newPersonForm(visitor))),
    )
    .post(
      '/admin/usuarios',
      async ({ visitor, user, body }) => {
        try {
          const account = { usuario: body.usuario, nombre: body.nombre, role: body.rol }
          return await once(visitor, await admin.create(user, account, visitor.ip))
        } catch (error) {
          if (!(error instanceof Refusal) || visitor.json) throw error
          return formAgain(visitor, body, error)
        }
      },
      { body: form({ usuario: schema.String({ maxLength: 1_000 }), nombre: schema.String({ maxLength: 1_000 }), rol: role }) },
    )
    .post(
      '/admin/usuarios/:id/rol',
      async ({ visitor, user, params, body }) => {
        const person = await admin.setRole(user, params.id, body.rol, visitor.ip)
        const word = visitor.t(`shared.role_${person.role}`)
        return changed(visitor, person, visitor.t('admin.roleChanged', { name: person.name, role: word }), { chosen: true })
      },
      { params: onePerson, body: form({ rol: role }) },
    )
    .post(
      '/admin/usuarios/:id/pausa',
      async ({ visitor, user, params }) => {
        const person = await admin.setPaused(user, params.id, true, visitor.ip)
        return changed(visitor, person, visitor.t('admin.pausedSaid', { name: person.name }))
      },
      { params: onePerson, body: noFields },
    )
    .post(
      '/admin/usuarios/:id/reactivacion',
      async ({ visitor, user, params }) => {
        const person = await admin.setPaused(user, params.id, false, visitor.ip)
        return changed(visitor, person, visitor.t('admin.reactivatedSaid', { name: person.name }))
      },
      { params: onePerson, body: noFields },
    )
    .post(
      '/admin/usuarios/:id/salida',
      async ({ visitor, user, params }) => {
        const person = await admin.endSessions(user, params.id, visitor.ip)
        return changed(visitor, person, visitor.t('admin.sessionsEndedSaid', { name: person.name }))
      },
      { params: onePerson, body: noFields },
    )
    .post(
      '/admin/usuarios/:id/clave',
      async ({ visitor, user, params }) => once(visitor, await admin.resetPassword(user, params.id, visitor.ip)),
      { params: onePerson, body: noFields },
    )
}
