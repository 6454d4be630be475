// SPDX-License-Identifier: GPL-3.0-or-later
//
// Uploads as they break on the way, and what lies on the disk of a box that runs.
import { Database } from 'bun:sqlite'
import { createHash } from 'node:crypto'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Appliance } from '../support/appliance'
import { requestText } from '../support/door'
import type { Person } from '../support/people'

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
export const pieceType = 'application/offset+octet-stream'
const metadata = `filename ${Buffer.from('a.bin').toString('base64')}`

/** Its own, in which nothing that came lies as a file. */
const folders: ReadonlySet<string> = new Set(['parciales', 'miniaturas'])

interface FileRow {
  id: string
  size: number
  sha256: string
  state: string
}

/** What the box remembers and what lies in its quarantine, read beside it. */
export async function shelfOf({ data }: Appliance) {
  const database = new Database(join(data, 'pichat.db'), { readonly: true })
  try {
    return {
      files: database.query("SELECT id, size, sha256, state FROM files WHERE state <> 'deleted'").all() as FileRow[],
      unfinished: (database.query('SELECT id FROM uploads').all() as { id: string }[]).map(({ id }) => id),
      lying: (await readdir(join(data, 'cuarentena'), { recursive: true })).filter((name) => !folders.has(name)).sort(),
      bytesOf: (name: string) => readFile(join(data, 'cuarentena', name)),
    }
  } finally {
    database.close()
  }
}

/** Open descriptors of the box: of files in its quarantine, of any files, and of everything, connections included. */
export async function descriptorsOf({ pid, data }: Appliance): Promise<{ quarantine: number; files: number; all: number }> {
  const folder = `/proc/${pid}/fd`
  const targets = await Promise.all((await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')))
  const count = (start: string) => targets.filter((target) => target.startsWith(start)).length
  return { quarantine: count(join(data, 'cuarentena')), files: count('/'), all: targets.length }
}

/** How an upload comes in. `announced`: by tus with its first bytes; `pieces`: by tus afterwards. */
export type Way = 'put' | 'chunked' | 'form' | 'announced' | 'pieces'
export const ways: readonly Way[] = ['put', 'chunked', 'form', 'announced', 'pieces']

/** The head of an upload, what frames its bytes, and how many bytes of it are the file's. */
export function upload(box: Appliance, person: Person, { way, size, at = '' }: { way: Way; size: number; at?: string }) {
  const common = { Host: `localhost:${box.port}`, Origin: box.origin, Cookie: person.cookie, Accept: 'application/json' }
  const tus = { ...common, 'Tus-Resumable': '1.0.0', 'Content-Type': pieceType, 'Content-Length': String(size) }
  switch (way) {
    case 'put':
      return { head: requestText('PUT', '/archivos/a.bin', { ...common, 'Content-Length': String(size) }), tail: '' }
    case 'chunked':
      return {
        head: `${requestText('PUT', '/archivos/a.bin', { ...common, 'Transfer-Encoding': 'chunked' })}${size.toString(16)}\r\n`,
        tail: '\r\n0\r\n\r\n',
      }
    case 'form': {
      const open = '--limit\r\nContent-Disposition: form-data; name="archivo"; filename="a.bin"\r\n\r\n'
      const close = '\r\n--limit--\r\n'
      const length = String(open.length + size + close.length)
      const headers = { ...common, 'Content-Type': 'multipart/form-data; boundary=limit', 'Content-Length': length }
      return { head: requestText('POST', '/archivos', headers) + open, tail: close }
    }
    case 'announced':
      return {
        head: requestText('POST', '/subidas', { ...tus, 'Upload-Length': String(size), 'Upload-Metadata': metadata }),
        tail: '',
      }
    case 'pieces':
      return { head: requestText('PATCH', at, { ...tus, 'Upload-Offset': '0' }), tail: '' }
  }
}

/** Announces an upload by tus and answers its address. */
export async function announce(person: Person, size: number): Promise<string> {
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': String(size), 'upload-metadata': metadata }
  const answer = await person.request('POST', '/subidas', { headers })
  const at = answer.headers.get('location')
  if (answer.status !== 201 || !at) throw new Error(`Not announced: ${answer.status} ${await answer.text()}`)
  return at
}

/** Sends so much of an upload on a connection of its own, and stays; `answer` is what came back so far. */
export async function sendPart(port: number, text: string, bytes: Uint8Array) {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    answer += data.toString('latin1')
  })
  // A box that is killed in the middle takes nothing more: then there is nothing to wait for.
  await Promise.race([
    new Promise<void>((resolve) => socket.write(Buffer.concat([Buffer.from(text, 'latin1'), bytes]), () => resolve())),
    closed,
  ])
  return { socket, closed, answer: () => answer }
}
