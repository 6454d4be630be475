// SPDX-License-Identifier: GPL-3.0-or-later
//
// Uploads that break: by the thousand, by the end of the box, by connections that only seem to be there.
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Appliance } from '../support/appliance'
import { raw } from '../support/door'
import { seededRandom } from '../support/payloads'
import type { Person } from '../support/people'
import { paced, until } from '../support/until'
import { openBox } from './claimed'
import { announce, descriptorsOf, pieceType, sendPart, sha256, shelfOf, upload, ways } from './shelf'

const KiB = 1024
const MiB = 1024 * KiB
const mostPerPerson = { PICHAT_UPLOADS_PER_PERSON: '100', PICHAT_UNFINISHED_UPLOADS: '1000' }

const tus = (person: Person, method: string, at: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>) =>
  person.request(method, at, { headers: { 'tus-resumable': '1.0.0', ...headers }, ...(body ? { body } : {}) })

describe('a thousand uploads that break off', () => {
  test('leave no descriptor, no part, no row and no reserved byte, whichever way they came', async () => {
    const random = seededRandom('a thousand broken uploads')
    const size = 100 * KiB
    const atOnce = 20
    // What all of them announce is more than may be kept, and the last one needs nearly all of that: a few that leak would show.
    await using house = await openBox({ env: { ...mostPerPerson, PICHAT_QUOTA_ADMINISTRATOR: '64MiB', PICHAT_UPLOAD_STALL: '10m' } })
    const { box, ana } = house
    const bytes = new Uint8Array(size).fill(97)
    await box.line('service.ready')
    const before = await descriptorsOf(box)
    let turn = 0
    async function breakOff(): Promise<void> {
      for (;;) {
        const own = turn++
        if (own >= 1000) return
        const way = ways[own % ways.length] ?? 'put'
        const at = way === 'pieces' ? await announce(ana, size) : ''
        const { head } = upload(box, ana, { way, size, at })
        const { socket, closed } = await sendPart(box.port, head, bytes.subarray(0, random.integer(size)))
        if (random.integer(2)) socket.destroy()
        else socket.end()
        await closed
        // What could go on is given up by whoever sent it.
        if (way === 'pieces') expect((await tus(ana, 'DELETE', at)).status).toBe(204)
        // An answer, so that the next does not come before this one was seen to break.
        else await (await ana.get('/salud')).text()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, breakOff))
    const whole = await ana.put('/archivos/entero.bin', new Uint8Array(63 * MiB), { accept: 'application/json' })
    expect(whole.status).toBe(201)
    const { id } = (await whole.json()) as { id: string }
    await until('the last parts to go', async () => (await shelfOf(box)).lying.length === 1)
    const { files, unfinished, lying } = await shelfOf(box)
    expect([files.map((file) => file.id), unfinished, lying]).toEqual([[id], [], [id]])
    await until('descriptors as before', async () => {
      const now = await descriptorsOf(box)
      // The connections that asked are kept.
      return now.quarantine === 0 && now.files === before.files && now.all <= before.all + atOnce + 1
    })
    expect(box.journal().filter(({ level }) => level === 'error')).toEqual([])
  }, 60_000)
})

describe('kill -9 while uploads come in', () => {
  const lives = 20
  const perLife = 5

  test('at a hundred points: every row has its whole file, what was acknowledged is there, and what broke goes on', async () => {
    const random = seededRandom('a hundred kills')
    await using house = await openBox({ env: mostPerPerson })
    const { box, ana } = house
    /** Hash by id, of everything the box said it has. */
    const acknowledged = new Map<string, string>()
    const announced = new Map<string, Uint8Array<ArrayBuffer>>()
    let onTheDisk = 0
    let resumed = 0

    for (let life = 0; life < lives; life++) {
      const sent = await Promise.all(
        Array.from({ length: perLife }, async (_, i) => {
          const bytes = Buffer.from(random.text(64, 'abcdef').repeat(1 + random.integer(6 * KiB)))
          const way = i % 2 ? 'pieces' : random.pick(['put', 'chunked', 'announced'] as const)
          const at = way === 'pieces' ? await announce(ana, bytes.length) : ''
          if (at) announced.set(at, new Uint8Array(bytes))
          // A third of them have sent everything: the end then falls among hash, sync, name and row.
          const cut = random.integer(3) ? random.integer(bytes.length) : bytes.length
          const { head, tail } = upload(box, ana, { way, size: bytes.length, at })
          const rest = cut === bytes.length ? Buffer.from(tail) : Buffer.alloc(0)
          return { bytes, at, ...(await sendPart(box.port, head, Buffer.concat([bytes.subarray(0, cut), rest]))) }
        }),
      )
      let left = random.integer(12)
      await paced(1, () => left-- > 0)
      await box.restart({ signal: 'SIGKILL' })
      for (const { bytes, answer, socket } of sent) {
        socket.destroy()
        if (!/^HTTP\/1.1 20[14]/.test(answer())) continue
        const id = /"id":"([0-9a-v]{16})"|\/archivos\/([0-9a-v]{16})\//.exec(answer())?.slice(1).find(Boolean)
        if (id) acknowledged.set(id, sha256(bytes))
      }
      onTheDisk = await inOrder(box, acknowledged)
    }

    for (const [at, bytes] of announced) {
      const asked = await tus(ana, 'HEAD', at)
      expect(asked.status).toBe(200)
      const offset = Number(asked.headers.get('upload-offset'))
      if (offset < bytes.length) {
        resumed++
        const rest = await tus(ana, 'PATCH', at, { 'content-type': pieceType, 'upload-offset': String(offset) }, bytes.slice(offset))
        expect(rest.status).toBe(204)
      }
      acknowledged.set(at.split('/').at(-1) ?? '', sha256(bytes))
    }
    onTheDisk = await inOrder(box, acknowledged)
    expect((await shelfOf(box)).unfinished).toEqual([])
    // What was cut off between its name and its row waits for an administrator.
    await until('every file to have its row', async () => {
      const { files, lying } = await shelfOf(box)
      return (
        lying.join() ===
        files
          .map(({ id }) => id)
          .sort()
          .join()
      )
    })
    console.log(`      ${lives * perLife} uploads: ${onTheDisk} on the disk, ${resumed} went on after a kill`)
    expect(resumed).toBeGreaterThan(0)
  }, 60_000)

  /** No row without its whole file, no file without its row, no part without an upload that may go on. Answers how many there are. */
  async function inOrder(box: Appliance, acknowledged: ReadonlyMap<string, string>): Promise<number> {
    const { files, unfinished, lying, bytesOf } = await shelfOf(box)
    const parts = unfinished.map((id) => `parciales/${id}.tus`)
    expect(lying.filter((name) => name.startsWith('parciales') && !parts.includes(name))).toEqual([])
    for (const { id, size, sha256: sum } of files) {
      const bytes = await bytesOf(id)
      expect([bytes.length, sha256(bytes)]).toEqual([size, sum])
    }
    const known = new Map(files.map((file) => [file.id, file.sha256]))
    for (const [id, sum] of acknowledged) expect(known.get(id)).toBe(sum)
    return files.length
  }
})

describe('connections that only seem to be there', () => {
  test('two hundred takeovers of one upload: each within a second, with flat memory and no descriptor left', async () => {
    await using house = await openBox({ env: { ...mostPerPerson, PICHAT_UPLOAD_STALL: '10m' } })
    const { box, ana } = house
    const size = 64 * MiB
    const piece = new Uint8Array(64 * KiB).fill(98)
    const at = await announce(ana, size)
    const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${box.pid}/status`, 'utf8'))?.[1]) * KiB
    const head = (offset: number) =>
      upload(box, ana, { way: 'pieces', size: size - offset, at }).head.replace('Upload-Offset: 0', `Upload-Offset: ${offset}`)
    const stalled: Awaited<ReturnType<typeof sendPart>>[] = []
    let offset = 0
    let slowest = 0
    let settled = 0
    for (let i = 0; i < 200; i++) {
      const begun = performance.now()
      stalled.push(await sendPart(box.port, head(offset), piece))
      const wanted = offset + piece.length
      await until('the piece to have come', async () => Number((await tus(ana, 'HEAD', at)).headers.get('upload-offset')) === wanted)
      slowest = Math.max(slowest, performance.now() - begun)
      offset = wanted
      if (i === 20) settled = resident()
    }
    expect(slowest).toBeLessThan(1_000)
    expect(resident() - settled).toBeLessThan(20 * MiB)
    const last = stalled.pop()
    await until('all before the last to hear that they were taken over', () =>
      stalled.every(({ answer }) => answer().startsWith('HTTP/1.1 423')),
    )
    for (const { socket } of [...stalled, ...(last ? [last] : [])]) socket.destroy()
    expect((await tus(ana, 'DELETE', at)).status).toBe(204)
    await until('no descriptor to be left', async () => (await descriptorsOf(box)).quarantine === 0)
    expect((await raw(box.port, `GET /salud HTTP/1.1\r\nHost: localhost:${box.port}\r\n\r\n`, { wait: 'head' })).status).toBe(200)
  }, 60_000)
})
