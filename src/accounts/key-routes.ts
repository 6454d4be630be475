// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import { form, noFields, text } from '../core'
import type { Pages, View, Visitor } from '../views'
import type { Guards } from './guard'
import { type KeysSection, scopeFields } from './key-views'
import { type Session, scopes } from './model'
import type { Accounts } from './service'

interface Deps {
  accounts: Pick<Accounts, 'keys'>
  pages: Pages
  guards: Guards
  /** The whole profile with this in its section about keys. */
  profile(visitor: Visitor, session: Session, keys: Partial<KeysSection>): Promise<View>
}

/** Keys for programs, for people alone: no key makes another. */
export function keyRoutes({ accounts, pages, guards, profile }: Deps) {
  const { keys } = accounts
  const choice = text({ max: 10, optional: true })

  return new Elysia({ name: 'accounts.keys' })
    .use(guards)
    .post(
      '/perfil/claves',
      async ({ visitor, session, body }) => {
        const typed = { name: body.nombre, scopes: scopes.filter((scope) => body[scopeFields[scope]] !== undefined) }
        return pages.attempt(
          visitor,
          async () => {
            const made = await keys.make(session, typed, visitor.ip)
            if (visitor.json) return pages.json({ id: made.key.id, name: made.key.name, key: made.secret }, { status: 201 })
            return pages.page(visitor, await profile(visitor, session, { made }), { status: 201 })
          },
          (refusal) => profile(visitor, session, { refusal, typed }),
        )
      },
      { signedIn: true, body: form({ nombre: text({ max: 2_000 }), subir: choice, leer: choice, hablar: choice }) },
    )
    .post(
      '/perfil/claves/:id/revocar',
      async ({ visitor, session, params }) => {
        await keys.revoke(session, params.id, visitor.ip)
        return pages.redirect(visitor, '/perfil#claves', { say: visitor.t('accounts.keyRevoked') })
      },
      { signedIn: true, body: noFields, params: t.Object({ id: t.String({ maxLength: 64 }) }) },
    )
}
