// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { type Compilable, form, pathOf, text } from '../core'
import type { Pages } from '../views'
import { browserOf, signedInCookies } from './answers'
import type { RouteDeps } from './entrance-routes'
import { firstRunPage } from './entrance-views'
import type { Doorkeeper, Server } from './guard'
import type { Person } from './model'
import type { Accounts } from './service'

interface Deps extends RouteDeps {
  /** What else arises in the transaction of the claim: the first room. */
  alongside?: (admin: Person) => readonly Compilable[]
}

export function firstRunRoutes({ accounts, pages, guards, doorkeeper, alongside }: Deps) {
  const { claims, cookies, entrance, limits } = accounts
  const minimum = limits.passwordMinimum

  return new Elysia({ name: 'accounts.first-run' })
    .use(guards)
    .get(
      '/primer-arranque',
      async ({ visitor, query }) => {
        claims.refuseOutside(visitor.ip)
        return pages.page(visitor, firstRunPage(visitor, { minimum, codigo: query.codigo?.slice(0, 11) }))
      },
      { query: t.Object({ codigo: t.Optional(t.String({ maxLength: 100 })) }) },
    )
    .post(
      '/primer-arranque',
      async ({ visitor, request, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const admin = await claims.claim({ ...body, lugar: body.lugar ?? '' }, visitor.ip, alongside)
            const browser = browserOf(cookies, { request, visitor, session: await doorkeeper.sessionOf(request) })
            const signedIn = await entrance.enter(admin, browser)
            return pages.redirect(visitor, '/salas', { say: visitor.t('accounts.claimed'), setCookies: signedInCookies(cookies, signedIn) })
          },
          (refusal) => firstRunPage(visitor, { ...body, minimum, refusal }),
        ),
      {
        body: form({
          codigo: text(),
          usuario: text(),
          nombre: text(),
          clave: text(),
          lugar: text({ optional: true }),
        }),
      },
    )
}

/** What answers before there is an owner: the claim, the health of the box, and what pages are made of. */
const open = /^\/(primer-arranque|salud|activos\/.*|idioma\/.*)$/

/**
 * Stands before all routes: as long as nobody owns the box there is nothing else on it. It promises nothing to Elysia where it has nothing
 * to say: every request of the years after the first minutes passes here.
 */
export function firstRunGate({ accounts, pages, doorkeeper }: { accounts: Accounts; pages: Pages; doorkeeper: Doorkeeper }) {
  async function sendAway(request: Request, server: Server | null): Promise<Response> {
    const visitor = await doorkeeper.visitorOf(request, server)
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && !visitor.json && !visitor.htmx && !request.headers.has('upgrade')) return pages.redirect(visitor, '/primer-arranque')
    return pages.json({ error: 'busy', message: visitor.t('accounts.noOwner') }, { status: 503 })
  }

  return new Elysia({ name: 'accounts.first-run-gate' }).onRequest(({ request, server }) => {
    const stands = !accounts.claims.isClaimed && !open.test(pathOf(request))
    return stands ? sendAway(request, server) : undefined
  })
}
