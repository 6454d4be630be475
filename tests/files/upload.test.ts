// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { raw } from '../support/door'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { type Drop, openDrop, people } from './drop'

const MiB = 1024 * 1024
const sha256 = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

/** The head of an upload as no library would send it. */
const head = ({ port, origin }: Drop, headers: string, name = 'a.bin') =>
  `PUT /archivos/${name} HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${origin}\r\nCookie: who=beto\r\nAccept: application/json\r\n${headers}\r\n\r\n`

const nothingLeft = async (drop: Drop) => {
  expect(await drop.lying()).toEqual([])
  expect(await drop.rows()).toEqual([])
  expect((await drop.ask('GET', '/salud')).status).toBe(200)
}

describe('an upload', () => {
  test('is on the disk, hashed, private and never executable, before Beto hears 201', async () => {
    await using drop = await openDrop()
    const bytes = new Uint8Array(3 * MiB).fill(7)
    const file = await drop.put('Informe año.bin', bytes)
    expect(file).toMatchObject({ name: 'Informe año.bin', size: bytes.byteLength, sha256: sha256(bytes), state: 'unscanned' })
    const path = join(drop.folder, file.id)
    expect(sha256(await readFile(path))).toBe(file.sha256)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await drop.lying()).toEqual([file.id])
    const told = await drop.database.read.selectFrom('audit').selectAll().execute()
    expect(told).toMatchObject([{ what: 'files.uploaded', who_name: 'Beto Ríos', target: file.id, result: 'ok' }])
  })

  test('comes in chunks without a length, and may be empty', async () => {
    await using drop = await openDrop()
    const answer = await raw(drop.port, `${head(drop, 'Transfer-Encoding: chunked')}5\r\nhola!\r\n0\r\n\r\n`, { wait: 'head' })
    expect(answer.status).toBe(201)
    expect(await drop.put('vacío', '')).toMatchObject({ size: 0, sha256: sha256('') })
  })

  test('of the same name twice is two files', async () => {
    await using drop = await openDrop()
    const [one, two] = [await drop.put('a.txt', 'uno'), await drop.put('a.txt', 'dos')]
    expect(one.id).not.toBe(two.id)
    const texts = [one, two].map(async ({ url }) => (await drop.ask('GET', url, { as: 'carla' })).text())
    expect(await Promise.all(texts)).toEqual(['uno', 'dos'])
  })

  test('is refused to a usuario and to a stranger, and leaves nothing', async () => {
    await using drop = await openDrop()
    expect((await drop.ask('PUT', '/archivos/a.txt', { as: 'carla', body: 'x' })).status).toBe(403)
    expect((await drop.ask('PUT', '/archivos/a.txt', { body: 'x' })).status).toBe(401)
    const form = new FormData()
    form.append('archivo', new Blob(['x']), 'a.txt')
    expect((await drop.ask('POST', '/archivos', { as: 'carla', body: form })).status).toBe(403)
    await nothingLeft(drop)
  })
})

describe('too much', () => {
  test('a terabyte is refused at once, with both numbers', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: 2_000_000_000 } })
    const answer = await raw(drop.port, head(drop, 'Content-Length: 1000000000000'), { wait: 'head' })
    expect(answer.status).toBe(413)
    expect(answer.body).toContain('Pesa 1 TB')
    expect(answer.body).toContain('2 GB')
    await nothingLeft(drop)
  })

  test('an endless body is cut at the limit and its part removed', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: MiB } })
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const answer = await raw(drop.port, head(drop, 'Transfer-Encoding: chunked') + chunk.repeat(40), { wait: 'head' })
    expect(answer.status).toBe(413)
    await nothingLeft(drop)
  })

  test('exactly the limit is taken, one byte more is not', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: MiB } })
    expect((await drop.put('justo', new Uint8Array(MiB))).size).toBe(MiB)
    expect((await drop.ask('PUT', '/archivos/x', { as: 'beto', body: new Uint8Array(MiB + 1) })).status).toBe(413)
  })

  test('of 200 at once one person has three under way, and everybody else still gets in', async () => {
    await using drop = await openDrop({ limits: { uploadStall: 60_000 } })
    const open = Array.from({ length: 200 }, () => connect(drop.port, '127.0.0.1'))
    const answers: string[] = []
    for (const socket of open) {
      socket.on('data', (data) => answers.push(String(data)))
      socket.on('error', () => undefined)
      socket.write(`${head(drop, 'Content-Length: 1000')}abc`)
    }
    await until('197 refusals', () => answers.length === 197)
    expect(answers.every((text) => text.startsWith('HTTP/1.1 429') && /retry-after: 5/i.test(text))).toBe(true)
    expect((await drop.lying()).length).toBe(3)
    await drop.put('de Diego', 'x', 'diego')
    for (const socket of open) socket.destroy()
    await until('the parts to go', async () => (await drop.lying()).length === 1)
    await drop.put('otra vez Beto', 'x')
  })
})

describe('a body that stalls', () => {
  test.each([
    ['silence', 'Content-Length: 100', 'abc', undefined],
    ['silence between chunks', 'Transfer-Encoding: chunked', '3\r\nabc\r\n', undefined],
    ['a drip', 'Content-Length: 100000', 'x'.repeat(1000), { bytes: 60, every: 60 }],
  ])('%s is given up and the connection closed', async (_what, headers, start, drip) => {
    await using drop = await openDrop({ limits: { uploadStall: 400 } })
    const answer = await raw(drop.port, head(drop, headers) + start, { wait: 'close', ...(drip ? { drip } : {}) })
    expect(answer).toMatchObject({ status: 400, closed: true })
    await nothingLeft(drop)
  })

  test('a slow but steady body arrives', async () => {
    await using drop = await openDrop({ limits: { uploadStall: 400 } })
    const body = 'x'.repeat(60_000)
    const answer = await raw(drop.port, head(drop, `Content-Length: ${body.length}`) + body, {
      wait: 'head',
      drip: { bytes: 5_000, every: 60 },
    })
    expect(answer.status).toBe(201)
  })

  test('one that breaks off at 100 points leaves nothing', async () => {
    await using drop = await openDrop()
    const random = seededRandom('aborted uploads')
    const size = 200_000
    for (let i = 0; i < 100; i++) {
      const socket = connect(drop.port, '127.0.0.1')
      const told = new Promise((resolve) => socket.on('close', resolve))
      const sent = random.integer(size)
      socket.write(head(drop, `Content-Length: ${size}`) + 'x'.repeat(sent), () => (i % 2 ? socket.destroy() : socket.end()))
      socket.on('error', () => undefined)
      socket.resume()
      await told
    }
    // Begun after all of them: before it is answered the last of them has been seen.
    const whole = await drop.put('entero.txt', 'x', 'diego')
    await until('the parts to go', async () => (await drop.lying()).length === 1)
    expect([await drop.lying(), (await drop.rows()).map(({ id }) => id)]).toEqual([[whole.id], [whole.id]])
  })

  test('an account that is closed meanwhile stops uploading', async () => {
    await using drop = await openDrop()
    const socket = connect(drop.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.write(`${head(drop, 'Content-Length: 1000')}abc`)
    await until('the part', async () => (await drop.lying()).length === 1)
    await drop.files.endAccessOf('beto000000000000')
    await until('the answer', () => answer.startsWith('HTTP/1.1 401'))
    socket.destroy()
    await nothingLeft(drop)
  })
})

describe('a disk that fills up', () => {
  const disk = (free: number) => ({ free, total: 100_000 * MiB })

  test('refuses before the first byte, with the numbers, and takes uploads again when there is room', async () => {
    let free = 6_000 * MiB
    await using drop = await openDrop({ limits: { maxFileBytes: 5_000 * MiB }, freeSpace: async () => disk(free) })
    const refused = await raw(drop.port, head(drop, `Content-Length: ${1_001 * MiB}`), { wait: 'head' })
    expect(refused.status).toBe(507)
    expect(refused.body).toContain('quedan 1 GB y el archivo pesa 1 GB')
    await nothingLeft(drop)
    free = 4_999 * MiB
    const below = await drop.ask('PUT', '/archivos/x', { as: 'beto', body: 'x' })
    expect([below.status, ((await below.json()) as { message: string }).message]).toEqual([507, expect.stringContaining('reserva 5,2 GB')])
    free = 5_001 * MiB
    await drop.put('x', 'x')
  })

  test('says what an administrator could have back from the trash, and takes uploads once it is empty', async () => {
    let free = 5_010 * MiB
    await using drop = await openDrop({ freeSpace: async () => disk(free) })
    const file = await drop.put('viejo.bin', new Uint8Array(2 * MiB))
    await drop.files.remove(people.ana, file.id, null)
    for (const [accept, size, left] of [
      ['application/json', 100, 4_999 * MiB],
      ['text/html', 100, 4_999 * MiB],
      ['application/json', MiB, 5_000 * MiB + 1000],
    ] as const) {
      free = left
      const refused = await drop.ask('PUT', '/archivos/x', { as: 'beto', headers: { accept }, body: new Uint8Array(size) })
      expect([refused.status, (await refused.text()).includes('papelera guarda 2,1 MB') || accept]).toEqual([507, true])
    }
    await drop.files.review.emptyTrash({ ...people.ana, from: null })
    free = 5_002 * MiB
    await drop.put('x', new Uint8Array(MiB))
  })

  test('two uploads that fit alone but not together are not both begun', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: 5_000 * MiB }, freeSpace: async () => disk(6_000 * MiB) })
    const first = connect(drop.port, '127.0.0.1')
    first.write(`${head(drop, `Content-Length: ${600 * MiB}`)}abc`)
    await until('the first part', async () => (await drop.lying()).length === 1)
    const second = await raw(drop.port, head(drop, `Content-Length: ${600 * MiB}`), { wait: 'head' })
    expect(second.status).toBe(507)
    first.destroy()
    await until('the part to go', async () => (await drop.lying()).length === 0)
  })

  test('that fills while bytes come stops the upload', async () => {
    let looks = 0
    const freeSpace = async () => disk(++looks > 2 ? 100 * MiB : 50_000 * MiB)
    await using drop = await openDrop({ limits: { maxFileBytes: 200 * MiB }, freeSpace })
    const answer = await drop.ask('PUT', '/archivos/x', { as: 'beto', body: new Uint8Array(100 * MiB) })
    expect(answer.status).toBe(507)
    await nothingLeft(drop)
  })
})

describe('a start', () => {
  test('sweeps parts, marks rows without bytes, takes in bytes without a row, and heals what came back', async () => {
    const first = await openDrop()
    const kept = await first.put('a.txt', 'hola')
    const gone = await first.put('b.txt', 'adiós')
    await first.close()
    const stranger = '0'.repeat(16)
    await mkdir(join(first.folder, 'parciales'), { recursive: true })
    await writeFile(join(first.folder, 'parciales', 'x'), 'half')
    await writeFile(join(first.folder, stranger), 'nobody knows')
    const bytes = await readFile(join(first.folder, gone.id))
    await Bun.file(join(first.folder, gone.id)).delete()

    const second = await openDrop({ data: first.data })
    expect(await second.lying()).toEqual([kept.id, stranger].sort())
    // It waits for Ana: seen by everybody, read by nobody, also when the antivirus should find nothing in it.
    const stray = await until('the one nobody knows', async () => (await second.rows()).find(({ id }) => id === stranger))
    expect(stray).toMatchObject({ state: 'unscanned', open: 0, reason: 'without-row', size: 12, sha256: sha256('nobody knows'), owner: '' })
    expect((await second.rows()).map(({ id, missing }) => [id, missing])).toEqual([
      [kept.id, 0],
      [gone.id, 1],
      [stranger, 0],
    ])
    expect(second.journal()).toContain('files.without-row')
    const address = `/archivos/${stranger}/${stray.name}`
    for (const as of ['ana', 'beto', 'carla'] as const) expect((await second.ask('GET', address, { as })).status).toBe(423)
    expect((await second.files.review.list('espera')).items.map(({ file }) => file.id)).toEqual([stranger])
    await second.files.review.release({ ...people.ana, from: null }, stranger, 'Es de Beto')
    expect(await (await second.ask('GET', address, { as: 'carla' })).text()).toBe('nobody knows')
    expect((await second.ask('GET', gone.url, { as: 'carla' })).status).toBe(404)
    await second.close()

    await writeFile(join(first.folder, gone.id), bytes)
    await using third = await openDrop({ data: first.data })
    expect(await (await third.ask('GET', gone.url, { as: 'carla' })).text()).toBe('adiós')
  })
})
