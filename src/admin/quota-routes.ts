// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../accounts'
import { form, Refusal, text } from '../core'
import { type Pages, sentence, type Visitor } from '../views'
import type { Admin } from './service'
import { alonePage } from './views/people'
import { quotaForm } from './views/quota'

const onePerson = form({ id: text({ max: 32 }) })

/** How much somebody may keep here. */
export function quotaRoutes({ admin, pages, guards }: { admin: Admin; pages: Pages; guards: Guards }) {
  async function asked(visitor: Visitor, id: string, again: { typed?: string; error?: string } = {}, status = 200): Promise<Response> {
    const shown = quotaForm(visitor, await admin.quotaOf(id), again)
    return visitor.partial
      ? pages.fragment(shown, { status })
      : pages.page(visitor, alonePage(visitor, visitor.t('admin.people'), shown), { status })
  }

  return new Elysia({ name: 'admin.quotas' })
    .use(guards)
    .guard({ role: 'administrator' })
    .get('/admin/usuarios/:id/cuota', async ({ visitor, params }) => asked(visitor, params.id), { params: onePerson })
    .post(
      '/admin/usuarios/:id/cuota',
      async ({ visitor, user, params, body }) => {
        try {
          const { name } = await admin.setQuota(user, params.id, body.cuota, visitor.ip)
          const say = visitor.t('admin.quotaSaid', { name })
          return visitor.json ? pages.json({ message: say }) : pages.redirect(visitor, '/admin/usuarios', { say })
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== 'invalid' || visitor.json) throw error
          return asked(visitor, params.id, { typed: body.cuota, error: sentence(visitor, error) }, error.status)
        }
      },
      { params: onePerson, body: form({ cuota: text({ max: 100 }) }) },
    )
}
