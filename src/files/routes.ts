// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../accounts'
import { type BodyRule, type Clock, form, html, noFields, type ProgramDoor, Refusal, text } from '../core'
import { type Pages, sentence, type Visitor } from '../views'
import { fileAddress, listAddress, pageAddress, readListQuery } from './address'
import { beginsDownload, isShown, sendFile } from './downloads/download'
import { createZipSender } from './downloads/send-zip'
import { linkRoutes, sharers } from './links/link-routes'
import type { Belonging, StoredFile } from './model'
import type { Files } from './service'
import { fileCount, fileList, listPage, mayUpload } from './shelf/list-view'
import { fileViewOf, shelfRoutes } from './shelf/shelf-routes'
import { boundaryOf, readParts } from './uploads/multipart'
import { lengthOf, nothing, streaming } from './uploads/streaming'
import { tusBodies, tusDoor, tusRoutes } from './uploads/tus-routes'

interface Doors {
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

/** What the edge knows of these doors. */
export const filesDoors = {
  // Uploads count themselves, so that the refusal can say the numbers; the edge only lets them through.
  bodies: [
    { method: 'PUT', path: '/archivos/', limit: Number.POSITIVE_INFINITY, chunked: true },
    { method: 'POST', path: '/archivos', exact: true, limit: Number.POSITIVE_INFINITY, types: ['multipart/form-data'], chunked: true },
    ...tusBodies,
  ] as BodyRule[],
  programs: [{ method: 'PUT', path: '/archivos', names: true }, tusDoor] as ProgramDoor[],
}

const listQuery = form({
  q: text({ max: 200, optional: true }),
  orden: text({ max: 20, optional: true }),
  estado: text({ max: 20, optional: true }),
  tipo: text({ max: 20, optional: true }),
  carpeta: text({ max: 32, optional: true }),
  sala: text({ max: 64, optional: true }),
  para: text({ max: 64, optional: true }),
  pagina: text({ max: 3, optional: true }),
})

/** Where what is uploaded will belong; whatever else an address says is none of this door's business. */
const place = t.Object({ sala: text({ max: 64, optional: true }), carpeta: text({ max: 32, optional: true }) })

export function filesRoutes({ files, pages, guards, clock }: Doors) {
  type Person = Parameters<Files['find']>[0]

  const zips = createZipSender({ files })
  const stall = files.limits.uploadStall

  async function listView(visitor: Visitor, user: Person, query: Parameters<typeof readListQuery>[0], problem?: string) {
    const [listing, space, used] = await Promise.all([files.list(user, readListQuery(query)), files.space(), files.quotas.usedBy(user.id)])
    const own = { used, limit: files.quotas.limitOf(user) }
    const { maxFileBytes } = files.limits
    return listPage(visitor, {
      listing,
      space,
      own,
      maxFileBytes,
      scanning: files.scanning,
      now: clock.now(),
      ...(problem ? { problem } : {}),
    })
  }

  return new Elysia({ name: 'files.routes' })
    .use(guards)
    .use(linkRoutes({ files, pages, guards, clock }))
    .use(shelfRoutes({ files, pages, guards, clock }))
    .use(tusRoutes({ files, pages, guards }))
    .get(
      '/archivos',
      async ({ visitor, user, query }) => {
        if (!visitor.partial && !visitor.json) return pages.page(visitor, await listView(visitor, user, query))
        const listing = await files.list(user, readListQuery(query))
        if (visitor.json && !visitor.partial) return pages.json({ total: listing.total, files: listing.files.map(described) })
        const count = mayUpload(visitor) ? fileCount(visitor, listing, { live: true }) : ''
        return pages.fragment(html`${fileList(visitor, listing, clock.now())}${count}`)
      },
      { access: { programs: 'read' }, query: listQuery },
    )
    .put(
      '/archivos/:nombre',
      async ({ visitor, user, params, query, request, server }) => {
        const incoming = { name: params.nombre, declared: lengthOf(request), body: request.body ?? nothing() }
        return streaming(pages, { visitor, request, server, stall }, async () => {
          const belonging = await files.belonging(user, query)
          const file = await files.receive(user, { ...incoming, belonging }, visitor.ip)
          const twin = await files.twinOf(user, file)
          const same = twin ? { same: { id: twin.id, name: twin.name, by: twin.owner.name } } : {}
          return pages.json({ ...described(file), ...same }, { status: 201, headers: { location: fileAddress(file) } })
        })
      },
      { access: { programs: 'upload', role: sharers }, parse: 'none', query: place },
    )
    .post(
      '/archivos',
      async ({ visitor, user, query, request, server }) => {
        const act = async () => {
          const received = await receiveForm(user, request, visitor.ip, await files.belonging(user, query))
          if (visitor.json) return pages.json(received.map(described), { status: 201 })
          const [first] = received
          const say =
            first && received.length === 1
              ? visitor.t('files.received', { name: first.name })
              : visitor.t('files.receivedMany', { n: received.length })
          return pages.redirect(visitor, listAddress(readListQuery(query)), { say })
        }
        const again = (refusal: Refusal) => listView(visitor, user, query, sentence(visitor, refusal))
        return streaming(pages, { visitor, request, server, stall }, () => pages.attempt(visitor, act, again))
      },
      { role: sharers, parse: 'none', query: place },
    )
    .get(
      '/archivos/zip',
      async ({ visitor, user, request }) => {
        const { searchParams } = new URL(request.url)
        const act = async () => {
          const { ids, name } = await zips.wishOf(user, searchParams)
          return zips.send(user, { ids, name: name ?? visitor.t('files.zipName'), from: visitor.ip }, request)
        }
        return pages.attempt(visitor, act, (refusal) => listView(visitor, user, {}, sentence(visitor, refusal)))
      },
      { access: { programs: 'read' } },
    )
    .get(
      '/archivos/novedades',
      async ({ query }) => {
        const news = (await files.lastStep()) !== Number(query.desde)
        return pages.fragment('', news ? { headers: { 'hx-trigger': 'files-changed' } } : {})
      },
      { signedIn: true, query: form({ desde: text({ max: 16 }) }) },
    )
    .get(
      '/archivos/:id',
      async ({ visitor, user, params, query }) => {
        const file = await files.find(user, params.id).catch((error) => {
          if (query.vivo !== undefined && error instanceof Refusal && error.code === 'missing') return null
          throw error
        })
        // Somebody deleted it while the page was open: where it was in the list there is more to see than in a refusal.
        if (!file) return pages.redirect(visitor, '/archivos', { say: visitor.t('files.goneMeanwhile') })
        if (visitor.json) return pages.json(described(file))
        return pages.page(visitor, await fileViewOf({ files, clock }, visitor, user, file))
      },
      { access: { programs: 'read' }, query: form({ vivo: text({ max: 1, optional: true }) }) },
    )
    .get(
      '/archivos/:id/:nombre',
      async ({ visitor, user, params, request }) => {
        const found = await files.read(user, params.id, params.nombre)
        const answer = await sendFile(found, { request })
        const { id, name, type } = found.file
        const taken = { file: id, name, by: user, from: visitor.ip }
        if (beginsDownload(found, request, answer.status)) files.count(taken)
        else if (isShown(type, request) && request.method === 'GET' && answer.status === 200) files.count({ ...taken, viewed: true })
        return answer
      },
      { access: { programs: 'read' } },
    )
    .delete(
      '/archivos/:id/:nombre',
      async ({ visitor, user, params }) => {
        const file = await files.find(user, params.id)
        if (file.name !== params.nombre.normalize('NFC')) throw new Refusal('missing', 'errors.missing')
        await files.remove(user, file.id, visitor.ip)
        if (!visitor.htmx) return new Response(null, { status: 204 })
        const said = { toast: { text: visitor.t('files.deleted', { name: file.name }), icon: 'trash-2' } }
        return pages.fragment('', { headers: { 'hx-trigger': plainJson(said) } })
      },
      { role: 'administrator', body: noFields },
    )
    .post(
      '/archivos/:id/eliminar',
      async ({ visitor, user, params }) => {
        const file = await files.remove(user, params.id, visitor.ip)
        return pages.redirect(visitor, '/archivos', { say: visitor.t('files.deleted', { name: file.name }) })
      },
      { role: 'administrator', body: noFields },
    )

  async function receiveForm(user: Person, request: Request, from: string, belonging: Belonging): Promise<StoredFile[]> {
    const boundary = boundaryOf(request.headers.get('content-type'))
    const declared = lengthOf(request)
    const received: StoredFile[] = []
    for await (const { field, fileName, body } of readParts(request.body ?? nothing(), boundary)) {
      if (field !== 'archivo' || fileName === null) throw new Refusal('invalid', 'errors.invalid')
      // A browser sends an empty part for a field nobody filled.
      if (fileName === '') continue
      // A part is at most what is left of its form, and one file: the largest is told by its bytes.
      const left =
        declared === null ? null : Math.min(files.limits.maxFileBytes, declared - received.reduce((sum, { size }) => sum + size, 0))
      received.push(await files.receive(user, { name: fileName, declared: left, body, belonging }, from))
    }
    if (received.length === 0) throw new Refusal('invalid', 'files.nothingChosen')
    return received
  }
}

/** What a program gets to know about a file. */
function described(file: StoredFile) {
  const { id, name, size, sha256, type, state } = file
  return { id, name, size, sha256, type, state, url: fileAddress(file), page: pageAddress(file) }
}

/** JSON for a header: ASCII only. */
function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
