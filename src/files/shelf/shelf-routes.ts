// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../../accounts'
import { type Clock, form, noFields, text } from '../../core'
import { type Pages, sentence, type Visitor } from '../../views'
import { pageAddress } from '../address'
import { sendThumbnail } from '../downloads/download'
import { linksPart, sharers } from '../links/link-routes'
import type { StoredFile } from '../model'
import type { Files } from '../service'
import { filePage } from './file-view'
import type { Asker } from './sight'

interface Doors {
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

const naming = form({ nombre: text({ max: 1_000 }) })

/** The page of a file as this person sees it. */
export async function fileViewOf(
  { files, clock }: Pick<Doors, 'files' | 'clock'>,
  visitor: Visitor,
  user: Asker,
  file: StoredFile,
  problem?: string,
) {
  const [links, steps, step, look] = await Promise.all([
    user.role === 'usuario' ? null : linksPart(files, file.id),
    files.steps(file.id),
    files.lastStep(),
    files.look(user, file),
  ])
  return filePage(visitor, { file, steps, links, look, now: clock.now(), step, ...(problem ? { problem } : {}) })
}

/** Folders, ends and thumbnails. */
export function shelfRoutes({ files, pages, guards, clock }: Doors) {
  const { folders } = files

  return new Elysia({ name: 'files.shelf' })
    .use(guards)
    .get('/miniaturas/:id', async ({ user, params, request }) => sendThumbnail(await files.thumbnail(user, params.id), request), {
      access: { programs: 'read' },
    })
    .post(
      '/archivos/carpetas',
      async ({ visitor, user, body }) => {
        const folder = await folders.make(user, body.nombre, visitor.ip, { reuse: body.reusar === 'si' })
        if (visitor.json) return pages.json({ id: folder.id, nombre: folder.name }, { status: 201 })
        return pages.redirect(visitor, `/archivos?carpeta=${folder.id}`, { say: visitor.t('shelf.folderMade', { name: folder.name }) })
      },
      { role: sharers, body: form({ nombre: text({ max: 1_000 }), reusar: text({ max: 2, optional: true }) }) },
    )
    .post(
      '/archivos/carpetas/:carpeta/nombre',
      async ({ visitor, user, params, body }) => {
        const folder = await folders.rename(user, params.carpeta, body.nombre, visitor.ip)
        return pages.redirect(visitor, `/archivos?carpeta=${folder.id}`, { say: visitor.t('shelf.folderRenamed', { name: folder.name }) })
      },
      { role: sharers, body: naming },
    )
    .post(
      '/archivos/carpetas/:carpeta/eliminar',
      async ({ visitor, user, params }) => {
        const { name } = await folders.remove(user, params.carpeta, visitor.ip)
        return pages.redirect(visitor, '/archivos', { say: visitor.t('shelf.folderRemoved', { name }) })
      },
      { role: sharers, body: noFields },
    )
    .post(
      '/archivos/:id/carpeta',
      async ({ visitor, user, params, body }) => {
        const { t } = visitor
        const file = await files.putInto(user, params.id, body.carpeta || null, visitor.ip)
        const folder = file.folder === null ? null : await folders.find(file.folder)
        const say = folder ? t('shelf.wasPutInto', { name: file.name, folder: folder.name }) : t('shelf.wasTakenOut', { name: file.name })
        return pages.redirect(visitor, pageAddress(file), { say })
      },
      { role: sharers, body: form({ carpeta: text({ max: 32 }) }) },
    )
    .post(
      '/archivos/:id/vencimiento',
      async ({ visitor, user, params, body }) => {
        const { t } = visitor
        const file = await files.find(user, params.id)
        const act = async () => {
          const endsAt = await files.setEnd(user, file.id, body.vence, visitor.ip)
          const say =
            endsAt === null
              ? t('shelf.endNever', { name: file.name })
              : t('shelf.endIs', { name: file.name, d: t.format.moment(endsAt, clock.now()) })
          return pages.redirect(visitor, pageAddress(file), { say })
        }
        return pages.attempt(visitor, act, (refusal) => fileViewOf({ files, clock }, visitor, user, file, sentence(visitor, refusal)))
      },
      { role: sharers, body: form({ vence: text({ max: 8 }) }) },
    )
}
