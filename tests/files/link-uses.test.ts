// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readdirSync, readlinkSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompiledQuery } from 'kysely'
import { manualClock } from '../../src/core'
import { createCoverage } from '../../src/files/links/coverage'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { type Described, type Drop, openDrop } from './drop'
import { fetching } from './fetching'

const MiB = 1024 * 1024
/** More than the kernel takes for a client that reads nothing. */
const large = 32 * MiB
const roomy = { limits: { maxFileBytes: 64 * MiB } }

async function linkTo(drop: Drop, file: Described, fields: Record<string, string> = {}) {
  const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, {
    as: 'beto',
    body: new URLSearchParams({ vence: '1d', ...fields }),
  })
  expect(answer.status).toBe(201)
  const { id, url } = (await answer.json()) as { id: string; url: string }
  const about = async () => (await drop.files.links.list(file.id)).find((one) => one.id === id)
  return {
    path: new URL(url).pathname,
    /** Completed downloads, and whether it still works. */
    uses: async () => (await about())?.uses,
    ended: async () => (await about())?.ended,
  }
}
const put = (drop: Drop, bytes: number) => drop.put('datos.bin', new Uint8Array(bytes).fill(7))
const get = (drop: Drop, path: string, headers: Record<string, string> = {}, method = 'GET') => drop.ask(method, path, { headers })

describe('a link with a maximum', () => {
  test('ends with the last completed download, and everybody hears the same no', async () => {
    await using drop = await openDrop()
    const link = await linkTo(drop, await put(drop, 100), { max: '2' })
    for (const n of [1, 2]) {
      expect((await (await get(drop, link.path)).arrayBuffer()).byteLength).toBe(100)
      expect(await link.uses()).toBe(n)
    }
    expect([(await get(drop, link.path, { 'user-agent': 'another' })).status, await link.ended()]).toEqual([404, 'used'])
    expect((await get(drop, link.path, {}, 'HEAD')).status).toBe(404)
  })

  test('is not used by HEAD, 304, 412, 416, a range or a preview', async () => {
    await using drop = await openDrop()
    const png = new Uint8Array(200)
    png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    const file = await drop.put('foto.png', png)
    const link = await linkTo(drop, file, { max: '1' })
    const answers = [
      await get(drop, link.path, {}, 'HEAD'),
      await get(drop, link.path, { 'if-none-match': `"${file.sha256}"` }),
      await get(drop, link.path, { 'if-match': '"x"' }),
      await get(drop, link.path, { range: 'bytes=999-' }),
      await get(drop, link.path, { range: 'bytes=0-9' }),
      await get(drop, link.path, { range: 'bytes=-1' }),
      await get(drop, `${link.path}?ver`),
      await get(drop, `${link.path}?ver`),
    ]
    for (const answer of answers) await answer.arrayBuffer()
    expect(answers.map(({ status }) => status)).toEqual([200, 304, 412, 416, 206, 206, 200, 200])
    expect(await link.uses()).toBe(0)
    expect((await get(drop, link.path)).status).toBe(200)
  })

  test('answers parts as everybody else does', async () => {
    await using drop = await openDrop()
    const file = await drop.put('letras.txt', 'abcdefghij')
    const [link, free] = [await linkTo(drop, file, { max: '1000' }), await linkTo(drop, file)]
    for (const headers of [
      { range: 'bytes=2-4' },
      { range: 'bytes=-3' },
      { range: 'bytes=20-' },
      { range: 'bytes=4-2' },
      { range: 'bytes=0-1,3-4' },
      { range: 'bytes=2-', 'if-range': `"${file.sha256}"` },
      { range: 'bytes=2-', 'if-range': '"x"' },
      {},
    ] as Record<string, string>[]) {
      const told = async (path: string) => {
        const answer = await get(drop, path, headers)
        const shown = Object.fromEntries([...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)))
        return { status: answer.status, shown, body: await answer.text() }
      }
      expect({ headers, ...(await told(link.path)) }).toEqual({ headers, ...(await told(free.path)) })
    }
  })

  test('counts a download that broke off and went on once, over any number of answers', async () => {
    await using drop = await openDrop(roomy)
    const link = await linkTo(drop, await put(drop, large), { max: '1' })
    const one = fetching(drop, { path: link.path, from: '127.0.0.3', stopAfter: 3 * MiB })
    const had = (await one.ended).body
    expect([had < large, await link.uses()]).toEqual([true, 0])
    // A look at some bytes in between is not where it goes on.
    for (const range of ['bytes=0-9', 'bytes=5000-5009'])
      await fetching(drop, { path: link.path, from: '127.0.0.3', headers: { range } }).ended
    expect(await link.uses()).toBe(0)
    const two = fetching(drop, { path: link.path, from: '127.0.0.3', headers: { range: `bytes=${had}-` }, stopAfter: 5 * MiB })
    const more = await two.ended
    expect([more.status, await link.uses()]).toEqual([206, 0])
    const three = await fetching(drop, { path: link.path, from: '127.0.0.3', headers: { range: `bytes=${had + more.body}-` } }).ended
    expect([three.status, had + more.body + three.body]).toEqual([206, large])
    await until('it is counted', async () => (await link.uses()) === 1)
    expect(await link.ended()).toBe('used')
  })

  test('lets a client finish for whom the kernel had taken everything already', async () => {
    await using drop = await openDrop()
    const link = await linkTo(drop, await put(drop, 300_000), { max: '1' })
    // So small a file lies in the socket's buffer whole, whatever the client reads.
    const one = fetching(drop, { path: link.path, from: '127.0.0.2', stopAfter: 100_000 })
    const had = (await one.ended).body
    await until('it is counted', async () => (await link.uses()) === 1)
    const rest = await fetching(drop, { path: link.path, from: '127.0.0.2', headers: { range: `bytes=${Math.min(had, 200_000)}-` } }).ended
    expect([rest.status, await link.uses()]).toEqual([206, 1])
    // Nobody else, and not from the beginning.
    expect((await fetching(drop, { path: link.path, from: '127.0.0.9', headers: { range: 'bytes=1000-' } }).ended).status).toBe(404)
    expect((await fetching(drop, { path: link.path, from: '127.0.0.2' }).ended).status).toBe(404)
  })

  test('completes no more than it promised, however many come at once', async () => {
    await using drop = await openDrop(roomy)
    const link = await linkTo(drop, await put(drop, large), { max: '3' })
    const clients = Array.from({ length: 50 }, (_, n) =>
      fetching(drop, { path: link.path, from: n % 2 ? '127.0.0.1' : `127.0.1.${n + 1}`, hold: true }),
    )
    const begun = await Promise.all(clients.map(({ begun }) => begun))
    expect(begun.map(({ status }) => status).sort()).toEqual([...Array(3).fill(200), ...Array(47).fill(503)])
    expect(begun.find(({ status }) => status === 503)?.head).toContain('retry-after:')
    for (const client of clients) client.goOn()
    const ended = await Promise.all(clients.map(({ ended }) => ended))
    expect(ended.filter(({ body }) => body === large).length).toBe(3)
    expect([await link.uses(), await link.ended()]).toEqual([3, 'used'])
  })

  test('gives the place of one who breaks off to the next', async () => {
    await using drop = await openDrop(roomy)
    const link = await linkTo(drop, await put(drop, large), { max: '1' })
    const first = fetching(drop, { path: link.path, from: '127.0.0.2', hold: true })
    expect((await first.begun).status).toBe(200)
    expect((await fetching(drop, { path: link.path, from: '127.0.0.9', hold: true }).begun).status).toBe(503)
    first.hangUp()
    await until('the place is free', async () => (await fetching(drop, { path: link.path, from: '127.0.0.9' }).ended).body === large)
    await until('it is counted', async () => (await link.uses()) === 1)
  })

  test('forgets nothing when the box restarts, in the middle of a download or not', async () => {
    const first = await openDrop(roomy)
    try {
      const link = await linkTo(first, await put(first, large), { max: '1' })
      const had = (await fetching(first, { path: link.path, from: '127.0.0.2', stopAfter: 4 * MiB }).ended).body
      const stuck = fetching(first, { path: link.path, from: '127.0.0.3', hold: true })
      await stuck.begun
      await first.app.server?.stop(true)
      await first.database.close()

      await using second = await openDrop({ ...roomy, data: first.data })
      const uses = async () => (await second.database.read.selectFrom('file_links').selectAll().executeTakeFirst())?.uses
      const tail = await fetching(second, { path: link.path, from: '127.0.0.2', headers: { range: `bytes=${had}-` } }).ended
      expect([tail.status, tail.body]).toEqual([206, large - had])
      await until('it is counted', async () => (await uses()) === 1)
      expect((await fetching(second, { path: link.path, from: '127.0.0.3' }).ended).status).toBe(404)
    } finally {
      await rm(first.data, { recursive: true, force: true })
    }
  })

  test('knows after a pulled plug who was in the middle of it', async () => {
    await using first = await openDrop(roomy)
    const link = await linkTo(first, await put(first, large), { max: '1' })
    const stuck = fetching(first, { path: link.path, hold: true })
    await stuck.begun
    const data = await mkdtemp(join(tmpdir(), 'pichat-plug-'))
    try {
      // What lies on the disk at this moment, while the answer runs.
      await cp(first.data, data, { recursive: true })
      await using second = await openDrop({ ...roomy, data })
      const row = async () => second.database.read.selectFrom('file_links').selectAll().executeTakeFirstOrThrow()
      expect((await row()).uses).toBe(0)
      await fetching(second, { path: link.path, headers: { range: `bytes=${MiB}-` } }).ended
      await until('it is counted', async () => (await row()).uses === 1)
    } finally {
      stuck.hangUp()
      await rm(data, { recursive: true, force: true })
    }
  })

  test('says after some days that it is used up, also to who could have finished', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock, limits: { linkResume: 3_600_000 } })
    const link = await linkTo(drop, await put(drop, 1000), { max: '1' })
    await fetching(drop, { path: link.path }).ended
    const tail = async () => (await fetching(drop, { path: link.path, headers: { range: 'bytes=500-' } }).ended).status
    expect(await tail()).toBe(206)
    await clock.advance(3_700_000)
    expect(await tail()).toBe(404)
  })

  test('leaves neither a name nor a descriptor of a hundred answers that broke off', async () => {
    await using drop = await openDrop(roomy)
    const file = await put(drop, large)
    const link = await linkTo(drop, file, { max: '1000' })
    for (let round = 0; round < 10; round++) {
      const clients = Array.from({ length: 10 }, (_, n) => fetching(drop, { path: link.path, from: `127.0.2.${n + 1}`, hold: true }))
      expect((await Promise.all(clients.map(({ begun }) => begun))).map(({ status }) => status)).toEqual(Array(10).fill(200))
      for (const client of clients) client.hangUp()
    }
    await until('the names are gone', async () => (await drop.lying()).join() === file.id)
    const open = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(drop.folder))
    await until('the files are closed', () => open().length === 0)
    expect(await link.uses()).toBe(0)
  })

  test('works for an empty file too', async () => {
    await using drop = await openDrop()
    const link = await linkTo(drop, await put(drop, 0), { max: '2' })
    expect([(await get(drop, link.path)).status, await link.uses()]).toEqual([200, 1])
    expect([(await get(drop, link.path)).status, await link.uses(), await link.ended()]).toEqual([200, 2, 'used'])
  })

  test('takes a number from one to what the settings say, or none', async () => {
    await using drop = await openDrop({ limits: { linkUsesMaximum: 10 } })
    const file = await put(drop, 10)
    const made = async (max: string) =>
      (await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1d', max }) })).status
    const answers: number[] = []
    for (const max of ['', '1', '10', '0', '11', '-1', '1.5', 'x', '1e9', '1e1', '0x3', '+3', '3.0', ' 3 ']) answers.push(await made(max))
    expect(answers).toEqual([201, 201, 201, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 201])
  })
})

/** Where a descriptor leads; nowhere when it was closed while we looked. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return ''
  }
}

describe('a link without one', () => {
  test('counts what was completed and takes back what broke off', async () => {
    await using drop = await openDrop(roomy)
    const link = await linkTo(drop, await put(drop, large))
    const one = fetching(drop, { path: link.path, from: '127.0.0.2', hold: true })
    await one.begun
    one.hangUp()
    await until('it is taken back', async () => (await link.uses()) === 0)
    const rest = await fetching(drop, { path: link.path, from: '127.0.0.2', headers: { range: `bytes=${MiB}-` } }).ended
    expect([rest.status, await link.uses()]).toEqual([206, 1])
    await fetching(drop, { path: link.path, from: '127.0.0.2' }).ended
    expect(await link.uses()).toBe(2)
  })
})

describe('a link whose downloads could not be read once', () => {
  const rename = (drop: Drop, from: string, to: string) => drop.database.write(CompiledQuery.raw(`ALTER TABLE ${from} RENAME TO ${to}`, []))

  test('works again as soon as they can be', async () => {
    await using drop = await openDrop()
    const link = await linkTo(drop, await put(drop, 100), { max: '1' })
    await rename(drop, 'file_link_downloads', 'away')
    expect((await get(drop, link.path)).status).toBe(500)
    await rename(drop, 'away', 'file_link_downloads')
    expect((await get(drop, link.path)).status).toBe(200)
    expect(await link.uses()).toBe(1)
  })
})

describe('the parts of a file', () => {
  test('are whole when every byte is among them, in whatever order', () => {
    const random = seededRandom('coverage')
    for (let round = 0; round < 300; round++) {
      const size = 1 + random.integer(60)
      const bytes = new Uint8Array(size)
      const coverage = createCoverage()
      for (let step = 0; step < 12; step++) {
        const first = random.integer(size)
        const last = Math.min(size - 1, first + random.integer(12))
        bytes.fill(1, first, last + 1)
        coverage.add({ first, last })
        expect(coverage.isWhole(size)).toBe(bytes.every((byte) => byte === 1))
        const listed = new Uint8Array(size)
        for (const part of coverage.parts) listed.fill(1, part.first, part.last + 1)
        expect(listed).toEqual(bytes)
      }
    }
  })

  test('are never more than can be kept', () => {
    const coverage = createCoverage()
    for (let n = 0; n < 5_000; n++) coverage.add({ first: n * 2, last: n * 2 })
    expect(coverage.parts.length).toBeLessThanOrEqual(256)
  })
})
