// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files with an end: it is counted on the house's own line, goes through the trash, and never comes while nobody knows the time.
import { describe, expect, test } from 'bun:test'
import { manualClock } from '../../src/core'
import { until } from '../support/until'
import { type Described, type Drop, type Name, openDrop } from './drop'

const hour = 3_600_000
const day = 24 * hour

const set = (drop: Drop, { id }: Described, vence: string, as: Name = 'beto') =>
  drop.ask('POST', `/archivos/${id}/vencimiento`, { as, body: new URLSearchParams({ vence }) })
const status = async (drop: Drop, { id }: Described) => (await drop.ask('GET', `/archivos/${id}`, { as: 'beto' })).status
const gone = (drop: Drop, file: Described) => until('it to go', async () => (await status(drop, file)) === 404)

describe('a file with an end', () => {
  test('goes to the trash when it is over, from which an administrator brings it back for good', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const [file, other] = [await drop.put('semana.txt', 'x'), await drop.put('siempre.txt', 'y')]
    expect((await set(drop, file, '7d')).status).toBe(303)
    await clock.advance(7 * day - hour)
    expect(await status(drop, file)).toBe(200)
    await clock.advance(2 * hour)
    await gone(drop, file)
    expect(await status(drop, other)).toBe(200)
    expect(await drop.lying()).toContain(file.id)
    await drop.files.review.restore({ id: 'ana', name: 'Ana', from: null }, file.id)
    await clock.advance(3 * day)
    expect(await status(drop, file)).toBe(200)
    const told = await drop.database.read.selectFrom('audit').select(['what', 'who']).where('target', '=', file.id).execute()
    expect(told).toContainEqual({ what: 'files.expired', who: null })
  })

  test('stays when somebody says so while others are on their way to the trash', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const files = [await drop.put('uno.txt', 'x'), await drop.put('dos.txt', 'y')] as const
    for (const file of files) {
      await set(drop, file, '1d')
      clock.pass(hour)
    }
    clock.pass(2 * day)
    const { writeAll } = drop.database
    drop.database.writeAll = async (...given: Parameters<typeof writeAll>) => {
      drop.database.writeAll = writeAll
      expect((await set(drop, files[1], 'nunca')).status).toBe(303)
      return writeAll(...given) as never
    }
    await drop.files.review.sweep()
    expect([await status(drop, files[0]), await status(drop, files[1])]).toEqual([404, 200])
  })

  test('ends its direct links with it', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('con-enlace.txt', 'x')
    const made = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '30d' }) })
    const { pathname } = new URL(((await made.json()) as { url: string }).url)
    await set(drop, file, '1d')
    await clock.advance(day + hour)
    await gone(drop, file)
    expect((await drop.ask('GET', pathname)).status).toBe(404)
  })

  test('does not go while the clock is not trusted, and goes once it is', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('sin-hora.txt', 'x')
    await set(drop, file, '1d')
    clock.set(0)
    await clock.advance(3 * day)
    expect(await status(drop, file)).toBe(200)
    clock.set(Date.UTC(2026, 11, 1))
    await clock.advance(hour)
    await gone(drop, file)
  })

  test('does not go early because somebody sets the wall clock', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('salto.txt', 'x')
    await set(drop, file, '30d')
    clock.set(Date.UTC(2031, 0, 1))
    await clock.advance(2 * hour)
    expect(await status(drop, file)).toBe(200)
    await clock.advance(30 * day)
    await gone(drop, file)
  })

  test('keeps it over a restart, and the time the house was off counts', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('reinicio.txt', 'x')
    await set(drop, file, '7d')
    await drop.files.stop()
    await clock.advance(8 * day)
    await using again = await openDrop({ clock, data: drop.data })
    await gone(again, file)
  })

  test('has the usual one when nobody chose another, also by tus', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock, limits: { fileDays: 2 } })
    const [file, kept] = [await drop.put('dos-dias.txt', 'x'), await drop.put('siempre.txt', 'y')]
    await set(drop, kept, 'nunca')
    const page = await (await drop.ask('GET', `/archivos/${file.id}`, { as: 'carla', headers: { accept: 'text/html' } })).text()
    expect(page).not.toContain('Nunca, hasta que alguien lo elimine')
    await clock.advance(2 * day + hour)
    await gone(drop, file)
    expect(await status(drop, kept)).toBe(200)
  })

  test('is given one by its owner and administrators, nobody else, and only one that is on offer', async () => {
    await using drop = await openDrop()
    const file = await drop.put('de-beto.txt', 'x', 'beto')
    expect((await set(drop, file, '7d', 'diego')).status).toBe(403)
    expect((await set(drop, file, '7d', 'carla')).status).toBe(403)
    expect((await set(drop, file, '7d', 'ana')).status).toBe(303)
    for (const life of ['', '2d', 'constructor', '__proto__', '-1']) {
      const other = await drop.put(`x${life}.txt`, 'x', 'beto')
      expect((await set(drop, other, life)).status, life).toBe(422)
    }
  })
})
