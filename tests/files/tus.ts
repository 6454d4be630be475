// SPDX-License-Identifier: GPL-3.0-or-later
//
// Requests of the upload protocol, sent to a drop.
import { join } from 'node:path'
import { seededRandom } from '../support/payloads'
import type { Drop, Name } from './drop'

export const type = 'application/offset+octet-stream'
export const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
export const named = (name: string) => `filename ${Buffer.from(name).toString('base64')}`

export function bytesOf(size: number, seed = 'tus'): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed)
  return Uint8Array.from({ length: size }, () => random.integer(256))
}

interface Ask {
  as?: Name
  headers?: Record<string, string | undefined>
  body?: BodyInit
}

/** A request as the protocol wants it; a header that is `undefined` is left out. */
export function tus(drop: Drop, method: string, path: string, { as = 'beto', headers = {}, body }: Ask = {}): Promise<Response> {
  const all = { 'tus-resumable': '1.0.0', ...headers }
  const sent = Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
  return drop.ask(method, path, { as, headers: sent, ...(body === undefined ? {} : { body }) })
}

export async function begin(drop: Drop, size: number, { name = 'a.bin', as }: { name?: string; as?: Name } = {}): Promise<string> {
  const headers = { 'upload-length': String(size), 'upload-metadata': named(name) }
  const answer = await tus(drop, 'POST', '/subidas', { headers, ...(as ? { as } : {}) })
  if (answer.status !== 201) throw new Error(`The upload did not begin: ${answer.status} ${await answer.text()}`)
  return answer.headers.get('location') ?? ''
}

export const patch = (drop: Drop, path: string, offset: number, body: BodyInit, { as, headers = {} }: Ask = {}) =>
  tus(drop, 'PATCH', path, {
    headers: { 'content-type': type, 'upload-offset': String(offset), ...headers },
    body,
    ...(as ? { as } : {}),
  })

export const offsetOf = async (drop: Drop, path: string) => Number((await tus(drop, 'HEAD', path)).headers.get('upload-offset'))

/** Bytes of the one part that lies there. */
export async function onDisk(drop: Drop): Promise<number> {
  const [part] = await drop.lying()
  return part === undefined ? 0 : (await Bun.file(join(drop.folder, part)).stat()).size
}

/** The head of a PATCH whose body comes as the test likes. */
export const patchHead = ({ port, origin }: Drop, path: string, offset: number, length: number) =>
  `PATCH ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${origin}\r\nCookie: who=beto\r\nTus-Resumable: 1.0.0\r\nContent-Type: ${type}\r\nUpload-Offset: ${offset}\r\nContent-Length: ${length}\r\n\r\n`
