// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, noFields, securityHeaders, text } from '../core'
import { locales, negotiateLocale } from '../i18n'
import { localeCookie, type Pages } from '../views'
import { browserOf, choiceCookie, signedInCookies, signedOutCookies } from './answers'
import { entrancePage } from './entrance-views'
import type { Doorkeeper, Guards, Server } from './guard'
import { ownPath } from './paths'
import type { Accounts } from './service'

export interface RouteDeps {
  accounts: Accounts
  pages: Pages
  guards: Guards
  doorkeeper: Doorkeeper
}

const longestSecret = 1_024

/**
 * The door itself. Stands before the guards, because most who ask for it bring nothing to recognise them by: for a browser without
 * cookies the page is the same as for every other, so it is drawn once per language and name of the place.
 */
export function doorRoutes({ accounts, pages, doorkeeper }: Omit<RouteDeps, 'guards'>) {
  const drawn = new Map<string, { bytes: Uint8Array<ArrayBuffer>; headers: Headers }>()

  async function open(request: Request, server: Server | null, volver: string | undefined): Promise<Response> {
    const visitor = await doorkeeper.visitorOf(request, server)
    if (visitor.viewer) return pages.redirect(visitor, ownPath(volver))
    return pages.page(visitor, entrancePage(visitor, { demo: accounts.demo, place: accounts.place(), volver: ownPath(volver) }))
  }

  async function draw(request: Request, server: Server | null, key: string): Promise<Response> {
    const answer = await open(request, server, undefined)
    const bytes = new Uint8Array(await answer.clone().arrayBuffer())
    if (drawn.size >= mostDrawn) drawn.clear()
    drawn.set(key, { bytes, headers: new Headers({ ...securityHeaders, ...Object.fromEntries(answer.headers) }) })
    return answer
  }

  return new Elysia({ name: 'accounts.door' }).get(
    '/entrar',
    async ({ request, server, query }) => {
      const { headers } = request
      const anybody = query.volver === undefined && !headers.has('cookie') && !headers.has('authorization')
      if (!anybody) return open(request, server, query.volver)
      const key = `${negotiateLocale(headers.get('accept-language'))} ${accounts.place()}`
      const known = drawn.get(key)
      return known ? new Response(known.bytes, { headers: known.headers }) : draw(request, server, key)
    },
    { query: t.Object({ volver: t.Optional(t.String({ maxLength: 2_000 })) }) },
  )
}

/** Languages times names the place has had since the start. */
const mostDrawn = 10

/** Signing in and out, and what a browser may choose before that. */
export function entranceRoutes({ accounts, pages, guards, doorkeeper }: RouteDeps) {
  const { entrance, cookies, demo } = accounts
  const page = { demo, place: accounts.place }

  return new Elysia({ name: 'accounts.entrance' })
    .use(guards)
    .get('/', async ({ visitor }) => pages.redirect(visitor, visitor.viewer ? '/salas' : '/entrar'))
    .post(
      '/entrar',
      async ({ visitor, request, body }) => {
        const volver = ownPath(body.volver)
        const compartido = body.compartido !== undefined
        return pages.attempt(
          visitor,
          async () => {
            const browser = browserOf(cookies, { request, visitor, session: await doorkeeper.sessionOf(request) })
            const signedIn = await entrance.signIn({ usuario: body.usuario, clave: body.clave, shared: compartido }, browser)
            return pages.redirect(visitor, signedIn.mustChange ? '/perfil/clave' : volver, {
              setCookies: signedInCookies(cookies, signedIn),
            })
          },
          (refusal) =>
            entrancePage(visitor, { ...page, place: page.place(), volver, usuario: body.usuario.slice(0, 128), compartido, refusal }),
        )
      },
      {
        body: form({
          usuario: text({ max: longestSecret }),
          clave: text({ max: longestSecret }),
          volver: text({ max: 2_000, optional: true }),
          compartido: text({ max: 10, optional: true }),
        }),
      },
    )
    .post(
      '/salir',
      async ({ visitor, request }) => {
        const session = await doorkeeper.sessionOf(request)
        if (session) await entrance.signOut(session, visitor.ip)
        return pages.redirect(visitor, '/entrar', { say: visitor.t('accounts.signedOut'), setCookies: signedOutCookies(cookies) })
      },
      { body: noFields },
    )
    .get(
      '/idioma/:locale',
      async ({ visitor, params, query }) =>
        pages.redirect(visitor, ownWay(query.volver), { setCookies: [choiceCookie(localeCookie, params.locale)] }),
      {
        params: t.Object({ locale: t.Union(locales.map((locale) => t.Literal(locale))) }),
        query: t.Object({ volver: t.Optional(t.String({ maxLength: 2_000 })) }),
      },
    )
}

/** Changing the language leads back to where one stands, the doors included. */
function ownWay(wanted: string | undefined): string {
  return wanted && /^\/(entrar|primer-arranque)$/.test(wanted) ? wanted : ownPath(wanted, '/')
}
