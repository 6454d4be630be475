// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { boundaryOf, readParts } from '../../src/files/uploads/multipart'
import { seededRandom } from '../support/payloads'
import { openDrop } from './drop'

const boundary = '----WebKitFormBoundaryAbC123'

/** A form as a browser writes it. */
function written(parts: readonly { head: string; body: string }[], { end = `--${boundary}--\r\n` } = {}): Buffer {
  return Buffer.from(parts.map(({ head, body }) => `--${boundary}\r\n${head}\r\n\r\n${body}\r\n`).join('') + end, 'latin1')
}
const fileHead = (name: string) => `Content-Disposition: form-data; name="archivo"; filename="${name}"\r\nContent-Type: x/x`

async function* pieces(bytes: Buffer, sizes: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; ) {
    const size = Math.max(1, sizes())
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function read(bytes: Buffer, sizes = () => 7) {
  const found: { field: string; fileName: string | null; body: string }[] = []
  for await (const part of readParts(pieces(bytes, sizes), boundary)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of part.body) chunks.push(chunk)
    found.push({ field: part.field, fileName: part.fileName, body: Buffer.concat(chunks).toString('latin1') })
  }
  return found
}

describe('a form', () => {
  test('is read however it is cut into chunks, with bodies that look like delimiters', async () => {
    const random = seededRandom('multipart')
    const alphabet = `\r\n-${boundary}x`
    for (let i = 0; i < 300; i++) {
      const parts = Array.from({ length: 1 + random.integer(4) }, (_, n) => ({
        name: `f${n}`,
        body: random.text(random.integer(200), alphabet).replaceAll(boundary, 'x'),
      }))
      const bytes = written(parts.map(({ name, body }) => ({ head: fileHead(name), body })))
      const found = await read(bytes, () => random.integer(40))
      expect(found).toEqual(parts.map(({ name, body }) => ({ field: 'archivo', fileName: name, body })))
    }
  })

  test.each([
    ['cut in the middle', written([{ head: fileHead('a'), body: 'x' }], { end: '' })],
    ['without an end', Buffer.from(`--${boundary}\r\n${fileHead('a')}\r\n\r\nxxx`)],
    ['without a beginning', Buffer.from('hello')],
    ['with endless headers', written([{ head: `${fileHead('a')}\r\nX: ${'x'.repeat(20_000)}`, body: 'x' }])],
    ['with a part that names no field', written([{ head: 'Content-Type: x/x', body: 'x' }])],
    ['of a thousand parts', written(Array.from({ length: 1000 }, () => ({ head: fileHead('a'), body: '' })))],
  ])('%s is refused', async (_what, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'unreadable' })
  })

  test.each([
    null,
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'text/plain',
  ])('of type %j has no boundary', (type) => {
    expect(() => boundaryOf(type)).toThrow()
  })

  test('brings several files with any name, without script, and says so on the next page', async () => {
    await using drop = await openDrop()
    const form = new FormData()
    form.append('archivo', new Blob(['uno']), 'año "1"; filename=x.txt')
    form.append('archivo', new Blob(['x'.repeat(300_000)]), '../../dos.bin')
    const answer = await drop.ask('POST', '/archivos', { as: 'beto', headers: { accept: 'text/html' }, body: form })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/archivos'])
    expect((await drop.rows()).map(({ name, size }) => [name, size])).toEqual([
      ['año "1"; filename=x.txt', 3],
      ['dos.bin', 300_000],
    ])
  })

  test('is refused for no sum of its parts: each is a file, and takes of the quota what it is', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: 5_000, quotaCliente: 15_000 } })
    const send = (...sizes: number[]) => {
      const form = new FormData()
      for (const size of sizes) form.append('archivo', new Blob(['x'.repeat(size)]), `${size}.txt`)
      return drop.ask('POST', '/archivos', { as: 'beto', body: form })
    }
    expect((await send(5_001)).status).toBe(413)
    expect((await send(5_000)).status).toBe(201)
    expect((await send(4_000, 4_000)).status).toBe(201)
    expect((await send(3_000)).status).toBe(507)
    expect((await drop.rows()).map(({ size }) => size)).toEqual([5_000, 4_000, 4_000])
  })

  test('with nothing chosen, another field or too large a file comes back with a sentence', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: 1000 } })
    const send = async (field: string, body: Blob | string, name?: string) => {
      const form = new FormData()
      if (typeof body === 'string') form.append(field, body)
      else form.append(field, body, name)
      const answer = await drop.ask('POST', '/archivos', { as: 'beto', headers: { accept: 'text/html' }, body: form })
      return [answer.status, (await answer.text()).includes('role="alert"')]
    }
    expect(await send('archivo', new Blob([]), '')).toEqual([422, true])
    expect(await send('archivo', 'text')).toEqual([422, true])
    expect(await send('otro', new Blob(['x']), 'x')).toEqual([422, true])
    expect(await send('archivo', new Blob(['x'.repeat(5000)]), 'x')).toEqual([413, true])
    expect([await drop.lying(), await drop.rows()]).toEqual([[], []])
  })
})
