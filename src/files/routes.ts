// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { Guards } from '../accounts'
import { type BodyRule, type Clock, form, html, noFields, Refusal, released, text } from '../core'
import { type Pages, sentence, type Visitor } from '../views'
import { fileAddress, pageAddress, readListQuery } from './address'
import { beginsDownload, sendFile } from './download'
import { filePage } from './file-view'
import { linkRoutes, linksPart, sharers } from './link-routes'
import { fileCount, fileList, listPage, mayUpload } from './list-view'
import type { StoredFile } from './model'
import { boundaryOf, readParts } from './multipart'
import type { Files } from './service'

interface Doors {
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

interface Waiting {
  timeout(request: Request, seconds: number): void
}

const secondsAfterRefusal = 10

/** Uploads count themselves, so that the refusal can say the numbers; the edge only lets them through. */
export const filesBodies: BodyRule[] = [
  { method: 'PUT', path: '/archivos/', limit: Number.POSITIVE_INFINITY, chunked: true },
  { method: 'POST', path: '/archivos', exact: true, limit: Number.POSITIVE_INFINITY, types: ['multipart/form-data'], chunked: true },
]

const listQuery = form({
  q: text({ max: 200, optional: true }),
  orden: text({ max: 20, optional: true }),
  estado: text({ max: 20, optional: true }),
  pagina: text({ max: 3, optional: true }),
})

export function filesRoutes({ files, pages, guards, clock }: Doors) {
  type Person = Parameters<Files['find']>[0]

  async function listView(visitor: Visitor, user: Person, query: Parameters<typeof readListQuery>[0], problem?: string) {
    const [listing, space] = await Promise.all([files.list(user, readListQuery(query)), files.space()])
    const { maxFileBytes } = files.limits
    return listPage(visitor, { listing, space, maxFileBytes, scanning: files.scanning, now: clock.now(), ...(problem ? { problem } : {}) })
  }

  return new Elysia({ name: 'files.routes' })
    .use(guards)
    .use(linkRoutes({ files, pages, guards, clock }))
    .get(
      '/archivos',
      async ({ visitor, user, query }) => {
        if (!visitor.partial) return pages.page(visitor, await listView(visitor, user, query))
        const listing = await files.list(user, readListQuery(query))
        const count = mayUpload(visitor) ? fileCount(visitor, listing, { live: true }) : ''
        return pages.fragment(html`${fileList(visitor, listing, clock.now())}${count}`)
      },
      { signedIn: true, query: listQuery },
    )
    .put(
      '/archivos/:nombre',
      async ({ visitor, user, params, request, server }) => {
        const incoming = { name: params.nombre, declared: lengthOf(request), body: released(request.body ?? nothing()) }
        return streaming(visitor, request, server, async () => {
          const file = await files.receive(user, incoming, visitor.ip)
          return pages.json(described(file), { status: 201, headers: { location: fileAddress(file) } })
        })
      },
      { role: sharers, parse: 'none' },
    )
    .post(
      '/archivos',
      async ({ visitor, user, request, server }) => {
        const act = async () => {
          const received = await receiveForm(user, request, visitor.ip)
          if (visitor.json) return pages.json(received.map(described), { status: 201 })
          const [first] = received
          const say =
            first && received.length === 1
              ? visitor.t('files.received', { name: first.name })
              : visitor.t('files.receivedMany', { n: received.length })
          return pages.redirect(visitor, '/archivos', { say })
        }
        const again = (refusal: Refusal) => listView(visitor, user, {}, sentence(visitor, refusal))
        return streaming(visitor, request, server, () => pages.attempt(visitor, act, again))
      },
      { role: sharers, parse: 'none' },
    )
    .get(
      '/archivos/:id',
      async ({ visitor, user, params }) => {
        const file = await files.find(user, params.id)
        if (visitor.json) return pages.json(described(file))
        const links = user.role === 'usuario' ? null : await linksPart(files, file.id)
        return pages.page(visitor, filePage(visitor, { file, steps: await files.steps(file.id), links, now: clock.now() }))
      },
      { signedIn: true },
    )
    .get(
      '/archivos/:id/:nombre',
      async ({ user, params, request }) => {
        const found = await files.read(user, params.id, params.nombre)
        const answer = sendFile(found, { request })
        if (beginsDownload(request, answer.status)) files.count({ file: found.file.id })
        return answer
      },
      { signedIn: true },
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

  /**
   * While a body streams in, only our own patience counts: the server's would end an upload whose last sync takes long. Once it is refused
   * nobody reads what still comes: a client that stalled is cut off, others have a moment to take the answer.
   */
  async function streaming(visitor: Visitor, request: Request, server: Waiting | null, act: () => Promise<Response>): Promise<Response> {
    server?.timeout(request, 0)
    try {
      const answer = await act()
      if (answer.status >= 400) server?.timeout(request, secondsAfterRefusal)
      return answer
    } catch (error) {
      server?.timeout(request, secondsAfterRefusal)
      if (!(error instanceof Refusal) || error.code !== 'unreadable') throw error
      const answer = await pages.refusal(visitor, error)
      answer.headers.set('connection', 'close')
      return answer
    }
  }

  async function receiveForm(user: Person, request: Request, from: string): Promise<StoredFile[]> {
    const boundary = boundaryOf(request.headers.get('content-type'))
    const declared = lengthOf(request)
    const received: StoredFile[] = []
    for await (const { field, fileName, body } of readParts(request.body ?? nothing(), boundary)) {
      if (field !== 'archivo' || fileName === null) throw new Refusal('invalid', 'errors.invalid')
      // A browser sends an empty part for a field nobody filled.
      if (fileName === '') continue
      received.push(await files.receive(user, { name: fileName, declared, body }, from))
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

/** Bytes as declared; null when the body comes in chunks. */
function lengthOf(request: Request): number | null {
  const length = request.headers.get('content-length')
  return length === null || request.headers.has('transfer-encoding') ? null : Number(length)
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** JSON for a header: ASCII only. */
function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
