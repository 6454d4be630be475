// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, text } from '../core'
import { browserOf, signedInCookies } from './answers'
import type { RouteDeps } from './entrance-routes'
import { resetPage } from './entrance-views'

const params = t.Object({ token: t.String({ maxLength: 100 }) })

/** The door behind a link from `pichat reset-admin`. Looking at it uses nothing up: chat programs and scanners look at links too. */
export function resetRoutes({ accounts, pages, guards, doorkeeper }: RouteDeps) {
  const { resets, entrance, cookies, limits } = accounts
  const minimum = limits.passwordMinimum

  return new Elysia({ name: 'accounts.reset' })
    .use(guards)
    .get(
      '/restablecer/:token',
      async ({ visitor, params }) => {
        const { username } = await resets.read(params.token)
        return pages.page(visitor, resetPage(visitor, { user: username, minimum }))
      },
      { params },
    )
    .post(
      '/restablecer/:token',
      async ({ visitor, request, params, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const user = await resets.follow(params.token, body, visitor.ip)
            const browser = browserOf(cookies, { request, visitor, session: await doorkeeper.sessionOf(request) })
            const signedIn = await entrance.enter(user, browser)
            return pages.redirect(visitor, '/salas', {
              say: visitor.t('accounts.passwordChanged'),
              setCookies: signedInCookies(cookies, signedIn),
            })
          },
          async (refusal) => resetPage(visitor, { user: (await resets.read(params.token)).username, minimum, refusal }),
        ),
      { params, body: form({ nueva: text(), repite: text() }) },
    )
}
