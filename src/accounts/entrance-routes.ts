// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, noFields, text } from '../core'
import { locales } from '../i18n'
import { localeCookie, type Pages } from '../views'
import { browserOf, choiceCookie, signedInCookies, signedOutCookies } from './answers'
import { entrancePage } from './entrance-views'
import type { Doorkeeper, Guards } from './guard'
import { ownPath } from './paths'
import type { Accounts } from './service'

export interface RouteDeps {
  accounts: Accounts
  pages: Pages
  guards: Guards
  doorkeeper: Doorkeeper
}

const longestSecret = 1_024

/** Signing in and out, and what a browser may choose before that. */
export function entranceRoutes({ accounts, pages, guards, doorkeeper }: RouteDeps) {
  const { entrance, cookies, demo } = accounts
  const page = { demo, place: accounts.place }

  return new Elysia({ name: 'accounts.entrance' })
    .use(guards)
    .get('/', async ({ visitor }) => pages.redirect(visitor, visitor.viewer ? '/salas' : '/entrar'))
    .get(
      '/entrar',
      async ({ visitor, query }) =>
        visitor.viewer
          ? pages.redirect(visitor, ownPath(query.volver))
          : pages.page(visitor, entrancePage(visitor, { ...page, place: page.place(), volver: ownPath(query.volver) })),
      { query: t.Object({ volver: t.Optional(t.String({ maxLength: 2_000 })) }) },
    )
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
