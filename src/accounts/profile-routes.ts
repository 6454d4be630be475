// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, noFields, type Refusal, text } from '../core'
import { locales } from '../i18n'
import { localeCookie, type Pages, themeCookie, type Visitor } from '../views'
import { browserOf, choiceCookie, deviceCookies } from './answers'
import type { Guards } from './guard'
import { keyRoutes } from './key-routes'
import type { KeysSection } from './key-views'
import type { Session } from './model'
import { passwordPage, profilePage, type Returned } from './profile-views'
import type { Accounts } from './service'

interface Deps {
  accounts: Accounts
  pages: Pages
  guards: Guards
}

/** One's own account. */
export function profileRoutes({ accounts, pages, guards }: Deps) {
  const { own, cookies, limits } = accounts
  const minimum = limits.passwordMinimum

  async function profile(visitor: Visitor, session: Session, returned?: Returned) {
    return profileWith(visitor, session, {}, returned)
  }

  async function profileWith(visitor: Visitor, session: Session, about: Partial<KeysSection>, returned?: Returned) {
    const [sessions, keys] = await Promise.all([own.openSessions(session), accounts.keys.of(session.person.id)])
    const now = accounts.now()
    const rest = { person: session.person, sessions, now, minimum, keys: { keys, now, ...about } }
    return profilePage(visitor, { ...rest, ...(returned ? { returned } : {}) })
  }

  function passwordAgain(visitor: Visitor, session: Session, refusal: Refusal) {
    return session.mustChange ? passwordPage(visitor, session, { minimum, refusal }) : profile(visitor, session, { form: 'clave', refusal })
  }

  return new Elysia({ name: 'accounts.profile' })
    .use(guards)
    .use(keyRoutes({ accounts, pages, guards, profile: profileWith }))
    .get('/perfil', async ({ visitor, session }) => pages.page(visitor, await profile(visitor, session)), { signedIn: true })
    .post(
      '/perfil',
      async ({ visitor, session, body }) =>
        pages.attempt(
          visitor,
          async () => {
            await own.rename(session, body.nombre, visitor.ip)
            return pages.redirect(visitor, '/perfil', { say: visitor.t('accounts.nameSaved') })
          },
          (refusal) => profile(visitor, session, { form: 'nombre', refusal, nombre: body.nombre }),
        ),
      { signedIn: true, body: form({ nombre: text({ max: 20_000 }) }) },
    )
    .get('/perfil/clave', async ({ visitor, session }) => pages.page(visitor, passwordPage(visitor, session, { minimum })), {
      signedIn: true,
    })
    .post(
      '/perfil/clave',
      async ({ visitor, session, request, body }) =>
        pages.attempt(
          visitor,
          async () => {
            const device = await own.changePassword(session, body, browserOf(cookies, { request, visitor, session }))
            return pages.redirect(visitor, session.mustChange ? '/salas' : '/perfil', {
              say: visitor.t('accounts.passwordChanged'),
              setCookies: deviceCookies(cookies, device),
            })
          },
          (refusal) => passwordAgain(visitor, session, refusal),
        ),
      { signedIn: true, body: form({ actual: text(), nueva: text(), repite: text() }) },
    )
    .post(
      '/perfil/aspecto',
      async ({ visitor, body }) => {
        const setCookies = [choiceCookie(themeCookie, body.tema)]
        return visitor.htmx
          ? pages.say(visitor.t('accounts.saved'), { headers: { 'set-cookie': setCookies.join() } })
          : pages.redirect(visitor, '/perfil', { say: visitor.t('accounts.saved'), setCookies })
      },
      { signedIn: true, body: form({ tema: t.Union([t.Literal('auto'), t.Literal('light'), t.Literal('dark')]) }) },
    )
    .post(
      '/perfil/idioma',
      async ({ visitor, session, body }) => {
        await own.setLocale(session, body.idioma, visitor.ip)
        return pages.redirect(visitor, '/perfil', { setCookies: [choiceCookie(localeCookie, body.idioma)] })
      },
      { signedIn: true, body: form({ idioma: t.Union(locales.map((locale) => t.Literal(locale))) }) },
    )
    .post(
      '/perfil/sesiones/cierre',
      async ({ visitor, session }) => {
        const n = await own.endOtherSessions(session, visitor.ip)
        return pages.redirect(visitor, '/perfil', { say: visitor.t('accounts.othersEnded', { n }) })
      },
      { signedIn: true, body: noFields },
    )
    .post(
      '/perfil/sesiones/:id/cierre',
      async ({ visitor, session, params }) => {
        const device = (await own.endSession(session, params.id, visitor.ip)) || visitor.t('accounts.unknownDevice')
        return pages.redirect(visitor, '/perfil', { say: visitor.t('accounts.sessionEnded', { device }) })
      },
      { signedIn: true, params: t.Object({ id: t.String({ maxLength: 64 }) }), body: noFields },
    )
}
