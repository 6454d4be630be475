// SPDX-License-Identifier: GPL-3.0-or-later

import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../src/core'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { openDrop } from './drop'
import { begin, bytesOf, named, offsetOf, onDisk, patch, patchHead, sha256, tus, type } from './tus'

const MiB = 1024 * 1024
const day = 86_400_000

describe('an upload in pieces', () => {
  test('is a file as durable as any other when the last piece is there, and says where', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(300_000)
    const path = await begin(drop, bytes.byteLength, { name: 'Informe año.bin' })
    expect(path).toMatch(/^\/subidas\/[0-9a-v]{16}$/)
    const first = await patch(drop, path, 0, bytes.subarray(0, 100_000))
    expect([first.status, first.headers.get('upload-offset'), first.headers.get('tus-resumable')]).toEqual([204, '100000', '1.0.0'])
    expect(first.headers.get('x-pichat-archivo')).toBeNull()
    expect(Date.parse(first.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() + day - 60_000)
    expect(await drop.rows()).toEqual([])
    const last = await patch(drop, path, 100_000, bytes.subarray(100_000))
    expect(last.status).toBe(204)
    const address = last.headers.get('x-pichat-archivo') ?? ''
    expect(last.headers.get('x-pichat-estado')).toBe('unscanned')
    expect(last.headers.get('x-pichat-sha256')).toBe(sha256(bytes))
    const got = await drop.ask('GET', address, { as: 'carla' })
    expect(sha256(await got.bytes())).toBe(sha256(bytes))
    const [row] = await drop.rows()
    expect(row).toMatchObject({ name: 'Informe año.bin', sha256: sha256(bytes), size: bytes.byteLength })
    expect(await drop.lying()).toEqual([row?.id ?? ''])
  })

  test('tells the same to whoever asks again because the answer got lost', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 3)
    const first = await patch(drop, path, 0, 'abc')
    const asked = await tus(drop, 'HEAD', path)
    expect([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')]).toEqual([200, '3', '3'])
    expect(asked.headers.get('x-pichat-archivo')).toBe(first.headers.get('x-pichat-archivo'))
    expect((await patch(drop, path, 0, 'abc')).status).toBe(409)
    expect(await drop.rows()).toHaveLength(1)
  })

  test('comes whole with its announcement, in part, or empty', async () => {
    await using drop = await openDrop()
    const headers = { 'upload-length': '5', 'content-type': type, 'upload-metadata': named('x') }
    const whole = await tus(drop, 'POST', '/subidas', { headers, body: 'hello' })
    expect([whole.status, whole.headers.get('upload-offset')]).toEqual([201, '5'])
    expect(whole.headers.get('x-pichat-archivo')).toContain('/archivos/')
    const part = await tus(drop, 'POST', '/subidas', { headers, body: 'hel' })
    expect([part.status, part.headers.get('upload-offset')]).toEqual([201, '3'])
    expect((await patch(drop, part.headers.get('location') ?? '', 3, 'lo')).status).toBe(204)
    const empty = await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '0' } })
    expect(empty.headers.get('x-pichat-archivo')).toContain('/archivos/')
    expect((await drop.rows()).map(({ size, name }) => [size, name])).toEqual([
      [5, 'x'],
      [5, 'x'],
      [0, 'archivo'],
    ])
  })

  test('is ended by its owner, and nothing is left', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 10)
    await patch(drop, path, 0, 'abc')
    expect((await tus(drop, 'DELETE', path)).status).toBe(204)
    expect((await tus(drop, 'HEAD', path)).status).toBe(404)
    expect(await drop.lying()).toEqual([])
  })

  test('goes on and ends by POST too, where a header names the method: for networks that know no other', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 5)
    const post = (method: string | undefined, headers: Record<string, string> = {}, body?: BodyInit, as?: 'diego') =>
      tus(drop, 'POST', path, {
        headers: { 'x-http-method-override': method, ...headers },
        ...(body === undefined ? {} : { body }),
        ...(as ? { as } : {}),
      })
    const piece = { 'content-type': type, 'upload-offset': '0' }
    for (const method of [undefined, 'HEAD', 'GET', 'patch', '__proto__']) {
      const answer = await post(method, piece, 'hel')
      expect([method, answer.status, answer.headers.get('tus-resumable')]).toEqual([method, 405, '1.0.0'])
    }
    expect((await post('PATCH', piece, 'hel', 'diego')).status).toBe(404)
    const answer = await post('PATCH', piece, 'hel')
    expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, '3'])
    expect((await post('PATCH', piece, 'lo')).status).toBe(409)
    expect((await post('DELETE')).status).toBe(204)
    expect((await tus(drop, 'HEAD', path)).status).toBe(404)
    expect(await drop.lying()).toEqual([])
  })

  test('speaks the protocol also where it is refused before anybody looks', async () => {
    await using drop = await openDrop()
    const ask = (method: string, path: string, headers: Record<string, string>) =>
      fetch(drop.origin + path, { method, headers, ...(method === 'HEAD' ? {} : { body: 'x' }) })
    const spoken = async (...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked)
      return [answer.status, answer.headers.get('tus-resumable')]
    }
    const { origin } = drop
    expect(await spoken('PATCH', '/subidas/a', { 'content-type': type })).toEqual([401, '1.0.0'])
    expect(await spoken('PATCH', '/subidas/a', { origin: 'http://evil.example' })).toEqual([403, '1.0.0'])
    expect(await spoken('PATCH', '/subidas/a', { origin, 'content-type': 'text/plain' })).toEqual([415, '1.0.0'])
    expect(await spoken('PATCH', '/subidas/%00', { origin, 'content-type': type })).toEqual([400, '1.0.0'])
    expect(await spoken('POST', '/subidas', { origin, 'content-type': type })).toEqual([401, '1.0.0'])
    expect(await spoken('HEAD', '/subidas/a', {})).toEqual([401, '1.0.0'])
    expect(await spoken('POST', '/subidasx', { origin })).toEqual([415, null])
  })

  test('is not there for anybody else: Diego, a usuario, a stranger', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 10)
    for (const method of ['HEAD', 'DELETE']) expect((await tus(drop, method, path, { as: 'diego' })).status).toBe(404)
    expect((await patch(drop, path, 0, 'abc', { as: 'diego' })).status).toBe(404)
    expect((await patch(drop, path, 0, 'abc', { as: 'carla' })).status).toBe(403)
    expect((await drop.ask('HEAD', path, { headers: { 'tus-resumable': '1.0.0' } })).status).toBe(401)
    expect(await offsetOf(drop, path)).toBe(0)
    await patch(drop, path, 0, '0123456789')
    expect((await tus(drop, 'HEAD', path, { as: 'diego' })).status).toBe(404)
  })

  test('says what it speaks, and to no other origin', async () => {
    await using drop = await openDrop()
    const answer = await tus(drop, 'OPTIONS', '/subidas', { headers: { 'tus-resumable': undefined } })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('tus-version')).toBe('1.0.0')
    expect(answer.headers.get('tus-extension')).toBe('creation,creation-with-upload,termination,expiration,checksum')
    expect(answer.headers.get('tus-max-size')).toBe(String(8 * MiB))
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect((await tus(drop, 'POST', '/subidas', { headers: { origin: 'http://evil.example', 'upload-length': '1' } })).status).toBe(403)
  })
})

describe('a client that lies', () => {
  test.each([
    ['no version', { 'tus-resumable': undefined }, 412],
    ['another version', { 'tus-resumable': '0.2.2' }, 412],
    ['no length', { 'upload-length': undefined }, 400],
    ['a negative length', { 'upload-length': '-1' }, 400],
    ['a length in words', { 'upload-length': '1e3' }, 400],
    ['a length beyond numbers', { 'upload-length': '9'.repeat(400) }, 400],
    ['a length beyond doubles', { 'upload-length': '9007199254740993' }, 400],
    ['a terabyte', { 'upload-length': '1000000000000' }, 413],
    ['a deferred length', { 'upload-defer-length': '1' }, 400],
    ['a concatenation', { 'upload-concat': 'partial' }, 400],
    ['metadata without base64', { 'upload-metadata': 'filename ñ' }, 400],
    ['metadata with half of base64', { 'upload-metadata': 'filename abc' }, 400],
    ['metadata twice', { 'upload-metadata': 'filename YQ==,filename Yg==' }, 400],
    ['metadata without a key', { 'upload-metadata': ',' }, 400],
    ['much metadata', { 'upload-metadata': `filename ${'YWFh'.repeat(1500)}` }, 400],
    ['a checksum of another kind', { 'upload-checksum': 'md5 1B2M2Y8AsgTpgAmY7PhCfg==' }, 400],
  ])('%s is refused, and nothing begins', async (_what, headers, status) => {
    await using drop = await openDrop()
    const answer = await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '10', ...headers } })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0')
    expect(await answer.json()).toHaveProperty('error')
    expect(await drop.lying()).toEqual([])
    expect(drop.files.resumable.unfinished).toBe(0)
  })

  test('names of any kind are kept as names only', async () => {
    await using drop = await openDrop()
    const kept: string[] = []
    for (const name of ['../../etc/passwd', '', '\u0000\r\n"', 'á'.repeat(300), '\u202egpj.exe']) {
      await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '0', 'upload-metadata': named(name) } })
      kept.push((await drop.rows()).at(-1)?.name ?? '')
    }
    expect(kept[0]).toBe('passwd')
    expect(kept.every((name) => Buffer.byteLength(name) <= 255 && !/[/\u0000-\u001f\u202e]/.test(name))).toBe(true)
    expect((await drop.lying()).every((name) => /^[0-9a-v]{16}$/.test(name))).toBe(true)
  })

  test('the wrong place, type or amount changes nothing', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 10)
    await patch(drop, path, 0, 'abc')
    expect((await patch(drop, path, 0, 'abc')).status).toBe(409)
    expect((await patch(drop, path, 4, 'abc')).status).toBe(409)
    expect((await patch(drop, path, 3, 'x'.repeat(8))).status).toBe(413)
    expect((await patch(drop, path, 3, 'abc', { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await patch(drop, path, 3, 'abc', { headers: { 'upload-offset': undefined } })).status).toBe(400)
    expect((await patch(drop, path, 3, 'abc', { headers: { 'upload-offset': '-3' } })).status).toBe(400)
    expect((await patch(drop, path, 3, 'abc', { headers: { 'tus-resumable': undefined } })).status).toBe(412)
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(8))
      },
    })
    expect((await patch(drop, path, 3, endless)).status).toBe(413)
    expect(await offsetOf(drop, path)).toBe(3)
    expect((await patch(drop, path, 3, 'defghij')).status).toBe(204)
    expect((await drop.rows())[0]?.sha256).toBe(sha256('abcdefghij'))
  })

  test('a wrong checksum is told as 460, and what came with it is not kept', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(500_000)
    const path = await begin(drop, bytes.byteLength)
    const half = bytes.subarray(0, 250_000)
    const sums = (algorithm: 'sha1' | 'sha256', of: Uint8Array) =>
      `${algorithm} ${new Bun.CryptoHasher(algorithm).update(of).digest('base64')}`
    const wrong = await patch(drop, path, 0, half, { headers: { 'upload-checksum': sums('sha1', bytes) } })
    expect(wrong.status).toBe(460)
    expect(await offsetOf(drop, path)).toBe(0)
    expect((await patch(drop, path, 0, half, { headers: { 'upload-checksum': sums('sha1', half) } })).status).toBe(204)
    const rest = bytes.subarray(250_000)
    expect((await patch(drop, path, 250_000, rest, { headers: { 'upload-checksum': sums('sha256', half) } })).status).toBe(460)
    expect((await patch(drop, path, 250_000, rest, { headers: { 'upload-checksum': sums('sha256', rest) } })).status).toBe(204)
    expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
  })
})

describe('a connection that breaks', () => {
  test('leaves what came, and the rest goes on from there', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(2 * MiB)
    const path = await begin(drop, bytes.byteLength)
    const random = seededRandom('broken tus')
    let offset = 0
    for (let i = 0; i < 15; i++) {
      const socket = connect(drop.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      const end = offset + 1 + random.integer(100_000)
      socket.write(patchHead(drop, path, offset, bytes.byteLength - offset))
      socket.write(bytes.subarray(offset, end))
      await until('some of it on the disk', async () => (await onDisk(drop)) > offset)
      socket.destroy()
      const before = offset
      offset = await offsetOf(drop, path)
      expect(offset).toBeGreaterThan(before)
    }
    await until('the rest', async () => {
      offset = await offsetOf(drop, path)
      // A dying connection may still have brought something in between: then it is asked again.
      return (await patch(drop, path, offset, bytes.subarray(offset))).status === 204
    })
    expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
  })

  test('or is alive, and somebody else only asks: it is not cut off', async () => {
    await using drop = await openDrop()
    const path = await begin(drop, 6)
    const sending = connect(drop.port, '127.0.0.1')
    let told = ''
    sending.on('data', (data) => {
      told += data
    })
    sending.write(`${patchHead(drop, path, 0, 6)}abc`)
    await until('the first part on the disk', async () => (await onDisk(drop)) === 3)
    expect(await offsetOf(drop, path)).toBe(3)
    sending.write('def')
    await until('the answer', () => told.startsWith('HTTP/1.1 204'))
    sending.destroy()
  })

  test('or only stalls: a new request takes over within a second', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(MiB)
    const path = await begin(drop, bytes.byteLength)
    const stalled = connect(drop.port, '127.0.0.1')
    let told = ''
    stalled.on('data', (data) => {
      told += data
    })
    stalled.on('error', () => undefined)
    stalled.write(patchHead(drop, path, 0, bytes.byteLength))
    stalled.write(bytes.subarray(0, 300_000))
    await until('the first part on the disk', async () => (await onDisk(drop)) === 300_000)
    const start = performance.now()
    expect(await offsetOf(drop, path)).toBe(300_000)
    expect((await patch(drop, path, 300_000, bytes.subarray(300_000))).status).toBe(204)
    expect(performance.now() - start).toBeLessThan(1000)
    expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
    await until('the stalled one to hear', () => told.startsWith('HTTP/1.1 423'))
    stalled.destroy()
  })
})

describe('a restart', () => {
  test('keeps what came, and the hash of the whole is right', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-tus-'))
    try {
      const bytes = bytesOf(400_000)
      let path = ''
      {
        await using drop = await openDrop({ data })
        path = await begin(drop, bytes.byteLength)
        await patch(drop, path, 0, bytes.subarray(0, 150_000))
      }
      {
        await using drop = await openDrop({ data })
        expect(await offsetOf(drop, path)).toBe(150_000)
        expect((await tus(drop, 'HEAD', path, { as: 'diego' })).status).toBe(404)
        expect((await patch(drop, path, 150_000, bytes.subarray(150_000))).status).toBe(204)
        const [row] = await drop.rows()
        expect(row?.sha256).toBe(sha256(bytes))
        expect(sha256(await readFile(join(drop.folder, row?.id ?? '')))).toBe(sha256(bytes))
      }
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })

  test('after a pulled plug believes only what was synced', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-tus-'))
    try {
      const bytes = bytesOf(200_000)
      let path = ''
      {
        await using drop = await openDrop({ data })
        path = await begin(drop, bytes.byteLength)
        await patch(drop, path, 0, bytes.subarray(0, 100_000))
      }
      // As after another boot whose kernel had brought only half of it to the disk.
      const database = new Database(join(data, 'pichat.db'))
      database.run("UPDATE uploads SET boot = 'another', synced = 60000")
      database.close()
      await using drop = await openDrop({ data })
      expect(await offsetOf(drop, path)).toBe(60_000)
      expect((await patch(drop, path, 60_000, bytes.subarray(60_000))).status).toBe(204)
      expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })
})

describe('space that is set aside', () => {
  const disk = (free: number) => async () => ({ free, total: 100_000 * MiB })

  test('is set aside when an upload begins, refused with the numbers, and given back when it expires', async () => {
    const clock = manualClock(Date.now())
    await using drop = await openDrop({
      clock,
      limits: { maxFileBytes: 2_000 * MiB, reservePercent: 1, reserveBytes: 0 },
      freeSpace: disk(2_500 * MiB),
    })
    const path = await begin(drop, 1_000 * MiB)
    await patch(drop, path, 0, 'abc')
    const refused = await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': String(1_000 * MiB) } })
    expect(refused.status).toBe(507)
    expect(((await refused.json()) as { message: string }).message).toMatch(/quedan .*B y el archivo pesa 1 GB/i)
    await clock.advance(day + 120_000)
    await until('the upload to expire', () => drop.files.resumable.unfinished === 0)
    expect((await tus(drop, 'HEAD', path)).status).toBe(404)
    expect(await drop.lying()).toEqual([])
    await begin(drop, 1_000 * MiB)
  })

  test('counts against the quota of a person, of a role and of all', async () => {
    await using drop = await openDrop({ limits: { quotaCliente: 1_000, quotaTotal: 2_500 } })
    await drop.put('a', 'x'.repeat(400))
    const path = await begin(drop, 500)
    const refused = await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '200' } })
    expect(refused.status).toBe(507)
    expect(((await refused.json()) as { message: string }).message).toBe(
      'Esta cuenta puede guardar 1 KB y ya ocupa 900 B: el archivo pesa 200 B.',
    )
    expect((await drop.ask('PUT', '/archivos/b', { as: 'beto', body: 'x'.repeat(101) })).status).toBe(507)
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(64))
      },
    })
    expect((await drop.ask('PUT', '/archivos/b', { as: 'beto', body: endless })).status).toBe(507)
    expect((await tus(drop, 'DELETE', path)).status).toBe(204)
    await begin(drop, 200)
    await drop.put('de Ana', 'x'.repeat(1_500), 'ana')
    expect((await drop.ask('PUT', '/archivos/c', { as: 'diego', body: 'x'.repeat(600) })).status).toBe(507)
    await drop.files.quotas.set({ id: 'beto000000000000', name: 'Beto' }, 500, { who: { id: 'ana', name: 'Ana' }, from: null })
    expect((await drop.ask('PUT', '/archivos/b', { as: 'beto', body: 'xxx' })).status).toBe(507)
  })

  test('one person begins only so many', async () => {
    await using drop = await openDrop({ limits: { unfinishedUploads: 2 } })
    await begin(drop, 10)
    await begin(drop, 10)
    expect((await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '10' } })).status).toBe(429)
    await begin(drop, 10, { as: 'diego' })
  })

  test('one person begins only so many, also at once', async () => {
    await using drop = await openDrop({ limits: { unfinishedUploads: 2 } })
    const begun = await Promise.all(Array.from({ length: 6 }, () => tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '10' } })))
    expect(begun.map(({ status }) => status).sort()).toEqual([201, 201, 429, 429, 429, 429])
  })
})

describe('the same bytes twice', () => {
  test('are two files, and the second is told of the first', async () => {
    await using drop = await openDrop()
    const first = await drop.put('uno.txt', 'hola')
    const again = await drop.ask('PUT', '/archivos/dos.txt', { as: 'diego', body: 'hola' })
    expect(await again.json()).toMatchObject({ name: 'dos.txt', same: { id: first.id, name: 'uno.txt', by: 'Beto Ríos' } })
    const path = await begin(drop, 4)
    const last = await patch(drop, path, 0, 'hola')
    expect(decodeURIComponent(last.headers.get('x-pichat-igual') ?? '')).toBe('Beto Ríos')
    expect(await drop.rows()).toHaveLength(3)
  })
})
