// SPDX-License-Identifier: GPL-3.0-or-later
//
// What people, the disk and the clock do to a file while something is still under way with it.
import { describe, expect, test } from 'bun:test'
import { DatabaseFull, manualClock } from '../../src/core'
import type { Scanner, Verdict } from '../../src/files'
import { until } from '../support/until'
import { type Drop, openDrop, people } from './drop'
import { begin, patch } from './tus'

const MiB = 1024 * 1024
const hour = 3_600_000
const ana = { ...people.ana, from: null }

/** A scanner that is well, and speaks when the test says so. */
function slowScanner() {
  const asked: { say(verdict: Verdict): void; fail(): void }[] = []
  const scanner: Scanner = {
    present: true,
    check: async () => {},
    scan: () => new Promise((resolve, reject) => asked.push({ say: resolve, fail: () => reject(new Error('it went away')) })),
  }
  return { scanner, asked }
}
const found = { state: 'infected', reason: 'Eicar-Test' } as const
const row = async (drop: Drop) => (await drop.rows())[0]
const isNow = (drop: Drop, state: string) => until(`the file to be ${state}`, async () => (await row(drop))?.state === state)
const statusFor = async (drop: Drop, url: string) => (await drop.ask('GET', url, { as: 'carla' })).status

describe('while a file is scanned', () => {
  test('somebody releases it: what is found then closes it again, and is written down', async () => {
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner })
    const file = await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    await drop.files.review.release(ana, file.id, 'lo espera la clienta')
    expect(await statusFor(drop, file.url)).toBe(200)
    asked[0]?.say(found)
    await isNow(drop, 'infected')
    expect(await statusFor(drop, file.url)).toBe(423)
    expect((await drop.files.steps(file.id)).map(({ state }) => state).slice(-2)).toEqual(['released', 'infected'])
  })

  test('somebody releases it and asks for another scan: what the first one finds holds', async () => {
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner })
    const file = await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    await drop.files.review.release(ana, file.id, 'lo espera la clienta')
    await drop.files.review.rescan(ana, file.id)
    asked[0]?.say(found)
    await isNow(drop, 'infected')
    expect(await statusFor(drop, file.url)).toBe(423)
  })

  test('one deletes it and another brings it back: it is scanned from the beginning', async () => {
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner })
    const { id, url } = await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    await drop.files.review.remove(ana, id)
    await drop.files.review.restore(ana, id)
    asked[0]?.say({ state: 'clean' })
    await until('another scan', () => asked.length === 2)
    expect(await statusFor(drop, url)).toBe(423)
    asked[1]?.say({ state: 'clean' })
    await isNow(drop, 'clean')
  })

  test('and the same once it was clean: what was found while it lay in the trash is found again', async () => {
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner })
    const { id, url } = await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    asked[0]?.say({ state: 'clean' })
    await isNow(drop, 'clean')
    await drop.files.review.rescan(ana, id)
    await until('the second scan', () => asked.length === 2)
    await drop.files.review.remove(ana, id)
    asked[1]?.say(found)
    await drop.files.review.restore(ana, id)
    await until('the third scan', () => asked.length === 3)
    asked[2]?.say(found)
    await isNow(drop, 'infected')
    expect(await statusFor(drop, url)).toBe(423)
  })

  test('the disk fills up under its verdict: once there is room it is scanned again, without a restart', async () => {
    const { scanner, asked } = slowScanner()
    const clock = manualClock()
    await using drop = await openDrop({ scanner, clock })
    await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    const { writeAll } = drop.database
    let refused = 0
    drop.database.writeAll = async () => {
      refused++
      throw new DatabaseFull()
    }
    asked[0]?.say({ state: 'clean' })
    await until('verdict and step back to be refused', () => refused >= 2)
    drop.database.writeAll = writeAll
    await until('another scan', async () => {
      await clock.advance(60_000)
      return asked.length === 2
    })
    asked[1]?.say({ state: 'clean' })
    await isNow(drop, 'clean')
  })
})

test('what was found infected stays so when another scan comes to nothing', async () => {
  const { scanner, asked } = slowScanner()
  await using drop = await openDrop({ scanner, limits: { scanTries: 1 } })
  const file = await drop.put('a.txt', 'x')
  await until('the scan', () => asked.length === 1)
  asked[0]?.say(found)
  await isNow(drop, 'infected')
  await drop.files.review.rescan(ana, file.id)
  await until('the second scan', () => asked.length === 2)
  asked[1]?.fail()
  await isNow(drop, 'unscannable')
  await expect(drop.files.review.release(ana, file.id, 'porque sí')).rejects.toThrow('files.staysInfected')
  expect(await statusFor(drop, file.url)).toBe(423)
})

test('what somebody rejected is not given out by a scanner that finds nothing: it waits for a person', async () => {
  const { scanner, asked } = slowScanner()
  await using drop = await openDrop({ scanner })
  const file = await drop.put('nominas.txt', 'x')
  await until('the scan', () => asked.length === 1)
  asked[0]?.say({ state: 'clean' })
  await isNow(drop, 'clean')
  await drop.files.review.reject(ana, file.id, 'sueldos de todos')
  await drop.files.review.rescan(ana, file.id)
  await until('the second scan', () => asked.length === 2)
  asked[1]?.say({ state: 'clean' })
  await isNow(drop, 'clean')
  expect(await statusFor(drop, file.url)).toBe(423)
  expect((await drop.files.review.list('espera')).items.map(({ file: { id } }) => id)).toEqual([file.id])
})

test('what is deleted, begun and linked before the box knows the time does not end when it learns it', async () => {
  const first = await openDrop({ clock: manualClock(Date.UTC(2026, 10, 1)) })
  await first.close()
  const clock = manualClock(0)
  await using drop = await openDrop({ clock, data: first.data })
  const { id } = await drop.put('a.txt', 'x')
  const path = await begin(drop, 10)
  await patch(drop, path, 0, 'hello')
  const b = await drop.put('b.txt', 'y')
  const made = await drop.ask('POST', `/archivos/${b.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '7d' }) })
  const { pathname } = new URL(((await made.json()) as { url: string }).url)
  await drop.files.review.remove(ana, id)
  // Three weeks off, as the network says now; and the hourly sweep.
  clock.set(Date.UTC(2026, 10, 22))
  await clock.advance(hour + 60_000)
  await drop.files.review.sweep()
  expect((await drop.files.review.trash()).files).toBe(1)
  expect((await patch(drop, path, 5, 'world')).status).toBe(204)
  expect((await drop.ask('GET', pathname)).status).toBe(200)
})

test('a disk that fills up is noticed by an upload that comes in parts, however small', async () => {
  let free = 2048 * MiB
  await using drop = await openDrop({
    freeSpace: async () => ({ free, total: 4096 * MiB }),
    limits: { maxFileBytes: 200 * MiB, reserveBytes: 512 * MiB },
  })
  const path = await begin(drop, 96 * MiB)
  free = 100 * MiB
  const statuses: number[] = []
  for (let at = 0; at < 96 * MiB && statuses.at(-1) !== 507; at += 8 * MiB) {
    statuses.push((await patch(drop, path, at, new Uint8Array(8 * MiB))).status)
  }
  expect(statuses).toEqual([204, 204, 204, 507])
})
