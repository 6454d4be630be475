// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small disks of their own, filled at every stage of an upload: when it begins, while it writes, at its sync, at its row. Then room again.
import { describe, expect, test } from 'bun:test'
import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '../support/people'
import { soon, until } from '../support/until'
import { openBox } from './claimed'
import { announce, pieceType, sha256, shelfOf } from './shelf'

const KiB = 1024
const MiB = 1024 * KiB

const trial = spawnSync('unshare', ['--mount', 'true'])
const noDisks = trial.status === 0 ? null : `no small disk can be mounted here (${String(trial.stderr ?? trial.error).trim()})`
const noFaults = Bun.which('strace') ? null : 'there is no strace to make a sync fail'
for (const reason of [noDisks, noFaults]) if (reason) console.log(`      skipped: ${reason}`)

interface SmallSizes {
  data?: string
  /** Null: the files lie on the same disk as the record. */
  quarantine?: string | null
  inodes?: number
}

/** A box on a small disk, with its quarantine on another. `fill` leaves so many bytes of one of them. */
async function openOnSmallDisks({ data = '24m', quarantine = '16m', inodes = 100 }: SmallSizes = {}) {
  const root = await mkdtemp(join(tmpdir(), 'pichat-small-'))
  const disks = { data: join(root, 'data'), quarantine: join(root, 'data', 'cuarentena') }
  const mount = (at: string, options: string) => {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at]).status !== 0) throw new Error(`${at} was not mounted`)
  }
  await mkdir(disks.data)
  mount(disks.data, `size=${data}`)
  await mkdir(disks.quarantine)
  if (quarantine !== null) mount(disks.quarantine, `size=${quarantine},nr_inodes=${inodes}`)
  const house = await openBox({
    data: disks.data,
    // The reserve would stop an upload before the disk does.
    env: { PICHAT_RESERVE_PERCENT: '0', PICHAT_RESERVE_BYTES: '0B', PICHAT_UPLOADS_PER_PERSON: '10' },
  })
  return {
    ...house,
    ballast: { data: join(disks.data, 'ballast'), quarantine: join(disks.quarantine, 'ballast') },
    async fill(which: keyof typeof disks, left: number): Promise<void> {
      const { bavail, bsize } = await statfs(disks[which])
      await writeFile(join(disks[which], 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left), 1), { flag: 'a' })
    },
    async [Symbol.asyncDispose]() {
      await house.box.stop()
      for (const disk of quarantine === null ? [disks.data] : [disks.quarantine, disks.data]) spawnSync('umount', ['-l', disk])
      await rm(root, { recursive: true, force: true })
    },
  }
}
type SmallDisks = Awaited<ReturnType<typeof openOnSmallDisks>>

const put = (person: Person, bytes: Uint8Array<ArrayBuffer> | ReadableStream) =>
  person.put('/archivos/a.bin', bytes, { accept: 'application/json' })

const piece = (person: Person, at: string, offset: number, body: Uint8Array<ArrayBuffer>) =>
  person.request('PATCH', at, {
    headers: { 'tus-resumable': '1.0.0', 'content-type': pieceType, 'upload-offset': String(offset) },
    body,
  })

const bytesOf = (size: number) => new Uint8Array(size).map((_, i) => i % 251)

/** An upload whose length nobody says: no guard refuses it before the disk does. */
const stream = (bytes: Uint8Array) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 64 * KiB) controller.enqueue(bytes.subarray(at, at + 64 * KiB))
      controller.close()
    },
  })

/** It lives, people read, and with room both ways of uploading work: without a restart. */
async function worksAgain({ box, ana }: SmallDisks, { pid, kept }: { pid: number; kept: number }): Promise<void> {
  expect(box.pid).toBe(pid)
  const bytes = bytesOf(MiB + 1)
  expect((await put(ana, bytes)).status).toBe(201)
  const at = await announce(ana, bytes.length)
  expect((await piece(ana, at, 0, bytes)).status).toBe(204)
  const { files, lying, unfinished } = await shelfOf(box)
  expect(files.map((file) => file.sha256).filter((sum) => sum === sha256(bytes))).toHaveLength(2)
  expect([files.length, unfinished, lying]).toEqual([kept + 2, [], files.map(({ id }) => id).sort()])
}

describe.skipIf(noDisks !== null)('a disk that is full', () => {
  test('when an upload begins: 507, nothing left, and room again', async () => {
    await using small = await openOnSmallDisks({ inodes: 12 })
    const { box, ana } = small
    const { pid } = box
    const others = Array.from({ length: 20 }, (_, i) => join(small.ballast.quarantine, '..', `other-${i}`))
    const made: string[] = []
    for (const other of others) {
      const done = await writeFile(other, '').then(
        () => true,
        () => false,
      )
      if (done) made.push(other)
    }
    expect(made.length).toBeLessThan(others.length)
    expect((await put(ana, bytesOf(KiB))).status).toBe(507)
    await expect(announce(ana, KiB)).rejects.toThrow('507')
    expect((await shelfOf(box)).unfinished).toEqual([])
    for (const other of made) await rm(other)
    await worksAgain(small, { pid, kept: 0 })
  }, 60_000)

  test('while bytes come: 507, nothing left of a PUT, and an upload in pieces goes on from what came', async () => {
    await using small = await openOnSmallDisks()
    const { box, ana } = small
    const { pid } = box
    const bytes = bytesOf(2 * MiB)
    const at = await announce(ana, bytes.length)
    await small.fill('quarantine', MiB)
    for (let i = 0; i < 3; i++) {
      expect((await put(ana, stream(bytes))).status).toBe(507)
      expect((await shelfOf(box)).lying.filter((name) => !name.endsWith('.tus') && name !== 'ballast')).toEqual([])
    }
    expect((await piece(ana, at, 0, bytes)).status).toBe(507)
    const asked = await ana.request('HEAD', at, { headers: { 'tus-resumable': '1.0.0' } })
    const offset = Number(asked.headers.get('upload-offset'))
    expect(offset).toBeLessThan(bytes.length)
    await rm(small.ballast.quarantine)
    expect((await piece(ana, at, offset, bytes.slice(offset))).status).toBe(204)
    expect((await shelfOf(box)).files.map((file) => file.sha256)).toEqual([sha256(bytes)])
    await worksAgain(small, { pid, kept: 1 })
  }, 60_000)

  test.skipIf(noFaults !== null)(
    'at the sync: 507, nothing left, and room again',
    async () => {
      await using small = await openOnSmallDisks()
      const { box, ana } = small
      const { pid } = box
      const at = await announce(ana, MiB)
      // The record writes through the same call: whoever asks it to keep something now is told 507 as well.
      const fault = await faultAt(pid, 'fdatasync:error=ENOSPC')
      try {
        expect((await put(ana, bytesOf(MiB))).status).toBe(507)
        expect((await piece(ana, at, 0, bytesOf(MiB))).status).toBe(507)
      } finally {
        await fault.end()
      }
      expect((await shelfOf(box)).files).toEqual([])
      expect((await shelfOf(box)).lying.filter((name) => !name.endsWith('.tus'))).toEqual([])
      // All of it is there; an empty piece at its end is all that is missing.
      expect((await piece(ana, at, MiB, new Uint8Array())).status).toBe(204)
      await worksAgain(small, { pid, kept: 1 })
    },
    60_000,
  )

  test('at the row: 507, nothing left but what may go on, people read, and room again', async () => {
    await using small = await openOnSmallDisks()
    const { box, ana } = small
    const { pid } = box
    const old = await put(ana, bytesOf(KiB))
    const { url } = (await old.json()) as { url: string }
    const at = await announce(ana, MiB)
    await small.fill('data', 0)
    // The last pages of its log may still have room for a few rows.
    await until('the record to be full', async () => (await put(ana, bytesOf(KiB))).status === 507)
    const before = await shelfOf(box)
    expect((await put(ana, bytesOf(MiB))).status).toBe(507)
    expect((await piece(ana, at, 0, bytesOf(MiB))).status).toBe(507)
    const now = await shelfOf(box)
    expect(now.files).toEqual(before.files)
    expect(now.lying.filter((name) => !name.endsWith('.tus'))).toEqual(now.files.map(({ id }) => id).sort())
    expect((await ana.get(url)).status).toBe(200)
    await rm(small.ballast.data)
    expect((await piece(ana, at, MiB, new Uint8Array())).status).toBe(204)
    await worksAgain(small, { pid, kept: before.files.length + 1 })
  }, 60_000)
})

describe.skipIf(noDisks !== null)('a disk that something else has filled to the last byte', () => {
  /** Until the record itself has no room: the last pages of its log may still take a few rows. */
  async function fillUp({ ana, fill }: SmallDisks): Promise<void> {
    await fill('data', 0)
    await until('the record to be full', async () => (await createdRoom(ana)).status === 507)
  }
  const createdRoom = (person: Person) =>
    person.post('/salas', { nombre: 'Otra', clave: 'la clave de esta sala', tipo: 'privada', historial: 'efimera' })
  const reserveOf = ({ box }: SmallDisks) =>
    stat(join(box.data, 'pichat.db-reserve')).then(({ size, blocks }) => ({ size, held: blocks * 512 }))

  test('lets an administrator in, and delete: nobody else may use what is kept back for that', async () => {
    await using small = await openOnSmallDisks({ quarantine: null })
    const { box, ana, person } = small
    const beto = await person('beto', 'cliente')
    const { url } = (await (await put(ana, bytesOf(2 * MiB))).json()) as { url: string }
    const { size, held } = await reserveOf(small)
    expect(held).toBeGreaterThanOrEqual(size)
    await fillUp(small)
    await ana.post('/salir', {})
    await ana.signIn()
    expect((await put(ana, bytesOf(KiB))).status).toBe(507)
    expect((await createdRoom(beto)).status).toBe(507)
    const deleted = await ana.request('DELETE', url)
    expect(deleted.status).toBeLessThan(300)
    expect((await ana.post('/admin/cuarentena/papelera/vaciado', {})).status).toBe(303)
    // Two megabytes are free again: enough for the reserve, which comes first, and for what people do.
    expect((await createdRoom(ana)).status).toBe(303)
    expect(await reserveOf(small)).toEqual({ size, held })
    expect(box.journal().map(({ event }) => event)).toContain('database.reserve-used')
  }, 60_000)

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'is started on after %s, and an administrator comes in and makes room',
    async (signal) => {
      await using small = await openOnSmallDisks({ quarantine: null })
      const { box, ana } = small
      const { url } = (await (await put(ana, bytesOf(2 * MiB))).json()) as { url: string }
      await fillUp(small)
      await box.kill(signal)
      await small.fill('data', 0)
      await box.start()
      await fillUp(small)
      await ana.signIn()
      expect((await ana.request('DELETE', url)).status).toBeLessThan(300)
      expect((await ana.post('/admin/cuarentena/papelera/vaciado', {})).status).toBe(303)
      expect((await createdRoom(ana)).status).toBe(303)
    },
    60_000,
  )
})

/** Makes calls of a running process fail until `end`. */
async function faultAt(pid: number, inject: string) {
  const child = spawn(
    'strace',
    ['-f', '-q', '-p', String(pid), '-e', `inject=${inject}`, '-e', `trace=${inject.split(':')[0]}`, '-o', '/dev/null'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const traced = async () => {
    for (const task of await readdir(`/proc/${pid}/task`)) {
      if (!/TracerPid:\s+[1-9]/.test(await readFile(`/proc/${pid}/task/${task}/status`, 'utf8'))) return false
    }
    return true
  }
  await until('strace to hold every thread', traced)
  return {
    async end() {
      child.kill('SIGINT')
      await soon('strace to let go', ended)
    },
  }
}
