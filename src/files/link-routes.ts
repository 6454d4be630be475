// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../accounts'
import { type Clock, form, noFields, Refusal, text } from '../core'
import { type Pages, sentence } from '../views'
import { linkAddress, pageAddress } from './address'
import { beginsDownload, sendFile } from './download'
import { filePage } from './file-view'
import { type LinksSection, linkRow } from './link-view'
import { isReadable } from './model'
import type { Files } from './service'

/** Who brings files and makes links. */
export const sharers = ['administrator', 'cliente'] as const

export async function linksPart({ links }: Files, file: string): Promise<LinksSection> {
  return { list: await links.list(file), lives: links.lives(), usual: links.usualLife() }
}

/** The token is a secret in an address: it must not travel on in a Referer. */
const discreet = { 'referrer-policy': 'no-referrer' } as const

export function linkRoutes({ files, pages, guards, clock }: { files: Files; pages: Pages; guards: Guards; clock: Clock }) {
  const { links } = files

  return (
    new Elysia({ name: 'files.links' })
      .use(guards)
      .post(
        '/archivos/:id/enlaces',
        async ({ visitor, user, params, body }) => {
          const file = await files.find(user, params.id)
          const steps = await files.steps(file.id)
          const view = async (part: Partial<LinksSection>, problem?: string) => {
            const section = { ...(await linksPart(files, file.id)), ...part }
            return filePage(visitor, { file, steps, links: section, now: clock.now(), ...(problem ? { problem } : {}) })
          }
          const act = async () => {
            const life = links.lives().find((name) => name === body.vence)
            if (!life) throw new Refusal('invalid', 'errors.invalid')
            if (!isReadable(file)) throw new Refusal('conflict', 'files.noLinkYet')
            const { link, token } = await links.make(user, file, life, visitor.ip)
            const url = linkAddress(visitor.origin, token, file.name)
            if (visitor.json) return pages.json({ id: link.id, url, expires: new Date(link.expiresAt).toISOString() }, { status: 201 })
            if (visitor.partial) return pages.fragment(linkRow(visitor, file, link, clock.now(), url), { status: 201 })
            return pages.page(visitor, await view({ made: { id: link.id, url } }), { status: 201 })
          }
          if (visitor.partial) return act()
          return pages.attempt(visitor, act, (refusal) => view({}, sentence(visitor, refusal)))
        },
        { role: sharers, body: form({ vence: text({ max: 8 }) }) },
      )
      .post(
        '/archivos/:id/enlaces/:enlace/revocar',
        async ({ visitor, user, params }) => {
          const file = await files.find(user, params.id)
          await links.revoke(user, file, params.enlace, visitor.ip)
          return pages.redirect(visitor, `${pageAddress(file)}#enlaces`, { say: visitor.t('files.linkRevoked') })
        },
        { role: sharers, body: noFields },
      )
      .delete(
        '/archivos/:id/enlaces/:enlace',
        async ({ visitor, user, params }) => {
          const file = await files.find(user, params.id)
          const link = await links.revoke(user, file, params.enlace, visitor.ip)
          if (!visitor.htmx) return new Response(null, { status: 204 })
          return pages.fragment(linkRow(visitor, file, link, clock.now()))
        },
        { role: sharers, body: noFields },
      )
      // For anybody who has it: no session is asked for, and none is made.
      .get('/d/:token/:nombre', async ({ visitor, params, request }) => {
        try {
          const found = await files.readByToken(params.token, params.nombre)
          const answer = sendFile(found, { request, headers: discreet })
          if (beginsDownload(request, answer.status)) files.count({ file: found.file.id, link: found.link })
          return answer
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          const answer = await pages.refusal(visitor, error)
          for (const [name, value] of Object.entries(discreet)) answer.headers.set(name, value)
          return answer
        }
      })
  )
}
