// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../../accounts'
import { type BodyRule, form, type ProgramDoor, Refusal } from '../../core'
import type { Pages, Visitor } from '../../views'
import { fileAddress } from '../address'
import { sharers } from '../links/link-routes'
import type { StoredFile } from '../model'
import type { Files } from '../service'
import type { Asker } from '../shelf/sight'
import type { Upload } from './resumable'
import { lengthOf, nothing, streaming, type Waiting } from './streaming'
import {
  bodyType,
  checksumAlgorithms,
  checkVersion,
  readBytes,
  readChecksum,
  readMetadata,
  TusRefusal,
  tusExtensions,
  tusVersion,
} from './tus-headers'

/** The bodies of this protocol are files in pieces: they count themselves. */
export const tusBodies: BodyRule[] = [
  { method: 'POST', path: '/subidas', exact: true, limit: Number.POSITIVE_INFINITY, types: [bodyType], chunked: true },
  { method: 'POST', path: '/subidas/', limit: Number.POSITIVE_INFINITY, types: [bodyType], chunked: true },
  { method: 'PATCH', path: '/subidas/', limit: Number.POSITIVE_INFINITY, types: [bodyType], chunked: true },
]

/** Whoever speaks the protocol is answered in it, before anybody has asked who it is. */
export const tusDoor: ProgramDoor = { path: '/subidas', headers: { 'tus-resumable': tusVersion } }

interface Asked {
  visitor: Visitor
  request: Request
  server: Waiting | null
}

/** tus 1.0: uploads that go on where they stopped. Ids are ours, and an upload is only there for whoever began it. */
export function tusRoutes({ files, pages, guards }: { files: Files; pages: Pages; guards: Guards }) {
  const { resumable, limits } = files
  const access = { programs: 'upload', role: sharers } as const

  /** Every answer speaks the protocol, refusals included, and those are JSON: no program wants a page. */
  async function door(asked: Asked, act: () => Promise<Response>): Promise<Response> {
    const visitor = asked.visitor.asProgram()
    let answer: Response
    try {
      checkVersion(asked.request.headers)
      answer = await streaming(pages, { ...asked, visitor, stall: limits.uploadStall }, act)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer = await pages.refusal(visitor, error)
      if (error instanceof TusRefusal && error.special === 412) answer.headers.set('tus-version', tusVersion)
    }
    answer.headers.set('tus-resumable', tusVersion)
    return answer
  }

  async function offer(): Promise<Response> {
    return new Response(null, {
      status: 204,
      headers: {
        'tus-resumable': tusVersion,
        'tus-version': tusVersion,
        'tus-extension': tusExtensions,
        'tus-max-size': String(limits.maxFileBytes),
        'tus-checksum-algorithm': checksumAlgorithms.join(','),
      },
    })
  }

  /** The whole file in the request that announces it is an upload like any other: one way to the disk less. */
  async function begin({ visitor, request }: Asked, user: Parameters<Files['receive']>[0]): Promise<Response> {
    const { headers } = request
    if (headers.has('upload-defer-length') || headers.has('upload-concat')) throw new Refusal('unreadable', 'errors.unreadable')
    const size = readBytes(headers.get('upload-length'))
    const metadata = headers.get('upload-metadata')
    const said = readMetadata(metadata)
    const name = said.get('filename') ?? ''
    const belonging = await files.belonging(user, { sala: said.get('sala'), carpeta: said.get('carpeta') })
    const checksum = readChecksum(headers.get('upload-checksum'))
    const declared = lengthOf(request)
    const withBody = request.body !== null && declared !== 0
    if (withBody && declared !== null && declared > size) throw new Refusal('too-large', 'errors.bodyTooLarge')
    const body = request.body ?? nothing()
    if (withBody && !checksum && declared === size) {
      const file = await files.receive(user, { name, declared, body, belonging }, visitor.ip)
      return created(user, { id: file.id, size, offset: size, metadata, expires: null, file })
    }
    const upload = await resumable.create(user, { size, name, metadata, belonging }, visitor.ip)
    if (!withBody || upload.file) return created(user, upload)
    try {
      return await created(user, await resumable.append(user, upload.id, { offset: 0, declared, body, checksum }, visitor.ip))
    } catch (error) {
      // Nobody has heard its address yet.
      await resumable.remove(user, upload.id).catch(() => {})
      throw error
    }
  }

  async function append(asked: Asked, user: Asker, id: string): Promise<Response> {
    return door(asked, async () => {
      const { headers, body } = asked.request
      if (headers.get('content-type') !== bodyType) throw new Refusal('unsupported', 'errors.unsupported')
      const piece = {
        offset: readBytes(headers.get('upload-offset')),
        declared: body === null ? 0 : lengthOf(asked.request),
        body: body ?? nothing(),
        checksum: readChecksum(headers.get('upload-checksum')),
      }
      const upload = await resumable.append(user, id, piece, asked.visitor.ip)
      return new Response(null, { status: 204, headers: await standing(user, upload) })
    })
  }

  async function end(asked: Asked, user: Asker, id: string): Promise<Response> {
    return door(asked, async () => {
      await resumable.remove(user, id)
      return new Response(null, { status: 204 })
    })
  }

  async function created(user: Asker, upload: Upload): Promise<Response> {
    return new Response(null, { status: 201, headers: { location: `/subidas/${upload.id}`, ...(await standing(user, upload)) } })
  }

  async function standing(user: Asker, { offset, expires, file }: Upload): Promise<Record<string, string>> {
    return {
      'upload-offset': String(offset),
      ...(expires === null ? {} : { 'upload-expires': new Date(expires).toUTCString() }),
      ...(file ? await becameHeaders(user, file) : {}),
    }
  }

  /** Where the finished file is, for whoever waits to call it done. Only after it is durable. */
  async function becameHeaders(user: Asker, file: StoredFile): Promise<Record<string, string>> {
    const twin = await files.twinOf(user, file)
    return {
      'x-pichat-archivo': fileAddress(file),
      'x-pichat-estado': file.state,
      'x-pichat-sha256': file.sha256,
      ...(twin ? { 'x-pichat-igual': encodeURIComponent(twin.owner.name) } : {}),
    }
  }

  return new Elysia({ name: 'files.tus' })
    .use(guards)
    .options('/subidas', offer, { access })
    .options('/subidas/:id', offer, { access })
    .post(
      '/subidas',
      async ({ visitor, user, request, server }) => {
        const asked = { visitor, request, server }
        return door(asked, () => begin(asked, user))
      },
      { access, parse: 'none' },
    )
    .head(
      '/subidas/:id',
      async ({ visitor, user, request, server, params }) =>
        door({ visitor, request, server }, async () => {
          const upload = await resumable.look(user, params.id, visitor.ip)
          const headers = { 'upload-length': String(upload.size), ...(await standing(user, upload)) }
          return new Response(null, {
            headers: { 'cache-control': 'no-store', ...headers, ...(upload.metadata ? { 'upload-metadata': upload.metadata } : {}) },
          })
        }),
      { access },
    )
    .patch('/subidas/:id', async ({ visitor, user, request, server, params }) => append({ visitor, request, server }, user, params.id), {
      access,
      parse: 'none',
    })
    .delete('/subidas/:id', async ({ visitor, user, request, server, params }) => end({ visitor, request, server }, user, params.id), {
      access,
      body: t.Optional(form({})),
    })
    .post(
      '/subidas/:id',
      async ({ visitor, user, request, server, params }) => {
        const asked = { visitor, request, server }
        // The protocol's own way around networks that let nothing but GET and POST through. Nowhere else does a header change what is asked.
        const wanted = request.headers.get('x-http-method-override')
        if (wanted === 'PATCH') return append(asked, user, params.id)
        if (wanted === 'DELETE') return end(asked, user, params.id)
        return door(asked, () => Promise.reject(new Refusal('not-allowed', 'errors.method')))
      },
      { access, parse: 'none' },
    )
}
