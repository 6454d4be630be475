// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../../accounts'
import { type Clock, form, noFields, Refusal, text } from '../../core'
import { type Pages, sentence } from '../../views'
import { linkAddress, pageAddress } from '../address'
import { isReadable } from '../model'
import type { Files } from '../service'
import { filePage } from '../shelf/file-view'
import { linkDoor } from './link-door'
import { linksPage } from './link-list-view'
import { type LinksSection, linkRow } from './link-view'
import type { LinkWish } from './links'

/** Who brings files and makes links. */
export const sharers = ['administrator', 'cliente'] as const

export async function linksPart({ links }: Files, file: string): Promise<LinksSection> {
  return { list: await links.list(file), lives: links.lives(), usual: links.usualLife(), usesMaximum: links.usesMaximum }
}

/** Where all living links are listed. */
const listPath = '/archivos/enlaces'

const wishFields = form({
  vence: text({ max: 8 }),
  max: text({ max: 8, optional: true }),
  'clave-enlace': text({ max: 512, optional: true }),
  nota: text({ max: 1_000, optional: true }),
})
type Wished = (typeof wishFields)['static']

export function linkRoutes({ files, pages, guards, clock }: { files: Files; pages: Pages; guards: Guards; clock: Clock }) {
  const { links, linkLock } = files

  /** Refuses with `invalid` what the form does not offer. */
  async function wishOf({ vence, max = '', nota = '', 'clave-enlace': password = '' }: Wished): Promise<LinkWish> {
    const life = links.lives().find((name) => name === vence)
    if (!life) throw new Refusal('invalid', 'errors.invalid')
    const typed = max.trim()
    const most = typed === '' ? null : Number(typed)
    if (most !== null && !(/^\d+$/.test(typed) && most >= 1 && most <= links.usesMaximum)) {
      throw new Refusal('invalid', 'files.linkUsesRange', { values: { max: links.usesMaximum }, fields: { max: 'files.linkUsesRange' } })
    }
    return { life, most, password: await linkLock.hash(password), note: nota }
  }

  return new Elysia({ name: 'files.links' })
    .use(guards)
    .use(linkDoor({ files, pages, guards, clock }))
    .post(
      '/archivos/:id/enlaces',
      async ({ visitor, user, params, body }) => {
        const file = await files.find(user, params.id)
        const [steps, look] = await Promise.all([files.steps(file.id), files.look(user, file)])
        const view = async (part: Partial<LinksSection>, problem?: string) => {
          const section = { ...(await linksPart(files, file.id)), ...part }
          return filePage(visitor, { file, steps, look, links: section, now: clock.now(), ...(problem ? { problem } : {}) })
        }
        const act = async () => {
          if (!isReadable(file)) throw new Refusal('conflict', 'files.noLinkYet')
          const { link, token } = await links.make(user, file, await wishOf(body), visitor.ip)
          const url = linkAddress(visitor.origin, token, file.name)
          if (visitor.json) return pages.json({ id: link.id, url, expires: new Date(link.expiresAt).toISOString() }, { status: 201 })
          if (visitor.partial) return pages.fragment(linkRow(visitor, file, link, clock.now(), { url }), { status: 201 })
          return pages.page(visitor, await view({ made: { id: link.id, url } }), { status: 201 })
        }
        if (visitor.partial) return act()
        return pages.attempt(visitor, act, (refusal) => view({}, sentence(visitor, refusal)))
      },
      { role: sharers, body: wishFields },
    )
    .post(
      '/archivos/:id/enlaces/:enlace/revocar',
      async ({ visitor, user, params }) => {
        const file = await files.find(user, params.id)
        await links.revoke(user, file, params.enlace, visitor.ip)
        const back = visitor.returnPath === listPath ? listPath : `${pageAddress(file)}#enlaces`
        return pages.redirect(visitor, back, { say: visitor.t('files.linkRevoked') })
      },
      { role: sharers, body: noFields },
    )
    .delete(
      '/archivos/:id/enlaces/:enlace',
      async ({ visitor, user, params }) => {
        const file = await files.find(user, params.id)
        const link = await links.revoke(user, file, params.enlace, visitor.ip)
        if (!visitor.htmx) return new Response(null, { status: 204 })
        return pages.fragment(linkRow(visitor, file, link, clock.now(), { named: visitor.currentPath === listPath }))
      },
      { role: sharers, body: noFields },
    )
    .get(
      listPath,
      async ({ visitor, user }) => {
        const all = await links.living(user)
        const seen = await files.seenOf(
          user,
          all.map(({ file }) => file.id),
        )
        // Of rooms that its maker has left, a link gives nothing out any more.
        const living = all.filter(({ file }) => seen.has(file.id))
        if (visitor.json) return pages.json(living.map(({ link, file }) => ({ ...link, file: file.id, name: file.name })))
        return pages.page(visitor, linksPage(visitor, living, clock.now()))
      },
      { role: sharers },
    )
}
