// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { manualClock } from '../../src/core'
import { openRooms, type RoomsHouse, roomOf, sitDown } from './house'
import { say } from './messages'

const dayMs = 86_400_000

test('a maximum for the whole house holds for rooms that were made before it, in words and in deed', async () => {
  await using house = await openRooms()
  const created = await house.ana.post('/salas', {
    nombre: 'Larga',
    tipo: 'grupal',
    historial: 'guardada',
    clave: 'ocho letras',
    dias: '300',
  })
  const code = created.headers.get('location')?.split('/').at(-1) ?? ''
  await say(await sitDown(house.ana, code), 'de hace mucho')
  await house.rooms.fillIndex()
  await house.stop()
  const clock = manualClock(house.clock.now() + 8 * dayMs)
  await using later = await openRooms({ data: house.data, clock, limits: { keptDaysMaximum: 7 } })
  expect(await (await later.ana.get(`/salas/${code}`)).text()).toContain('Guardada · 7 días')
  expect(await later.rooms.sweep()).toBeGreaterThan(0)
  expect(await (await later.ana.get(`/salas/${code}`)).text()).not.toContain('de hace mucho')
  expect((await sql`SELECT rowid FROM room_words WHERE room_words MATCH 'mucho'`.execute(later.database.read)).rows).toEqual([])
})

test('a long history is swept in pieces, and with it reactions, mentions and the index', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  const first = await say(ana, '@beto uno')
  ana.send({ t: 'reaccion', id: first, emoji: '👍' })
  for (let i = 0; i < 20; i++) await say(ana, `viejo ${i}`)
  await house.rooms.fillIndex()
  house.clock.pass(31 * dayMs)
  await say(ana, 'nuevo')
  await house.rooms.sweep()
  const { read } = house.database
  expect(await read.selectFrom('room_reactions').selectAll().execute()).toEqual([])
  expect(await read.selectFrom('room_mentions').selectAll().execute()).toEqual([])
  const found = (await (await house.beto.get('/buscar?q=viejo', { accept: 'application/json' })).json()) as { resultados: unknown[] }
  expect(found.resultados).toEqual([])
  expect(await (await house.beto.get(`/salas/${code}`)).text()).toContain('<p>nuevo')
})

test.each([
  ['that boots in the year 2000', Date.UTC(2000, 0, 1)],
  ['that boots with the day it was unplugged, months ago', Date.UTC(2026, 1, 1)],
])('a box %s keeps, in their order, what was said before it heard the time', async (_, wrong) => {
  const today = Date.UTC(2026, 10, 27)
  await using house = await openRooms({ clock: manualClock(wrong) })
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  await say(ana, 'uno')
  house.clock.pass(10 * 60_000)
  await say(ana, 'dos')
  house.clock.set(today)
  await say(ana, 'tres')
  await house.rooms.sweep()
  house.clock.set(today - 3_600_000)
  await say(ana, 'cuatro')
  await house.rooms.sweep()
  const order = async () =>
    [...(await (await house.ana.get(`/salas/${code}`)).text()).matchAll(/<p>(uno|dos|tres|cuatro)/g)].map(([, word]) => word)
  expect(await order()).toEqual(['uno', 'dos', 'tres', 'cuatro'])
  const times = await house.database.read.selectFrom('room_items').select(['text', 'at']).where('kind', '=', 'said').orderBy('n').execute()
  expect(times.slice(0, 3).map(({ at }) => at)).toEqual([today - 10 * 60_000, today, today])

  // And it goes when it is old enough.
  house.clock.pass(31 * dayMs)
  await house.rooms.sweep()
  expect(await order()).toEqual([])
})

test('what was stamped before a restart that came sooner than the time did is not old either', async () => {
  const house = await openRooms({ clock: manualClock(Date.UTC(1970, 0, 1)) })
  const code = await roomOf(house, [house.beto])
  await say(await sitDown(house.ana, code), 'antes de saber la hora')
  await house.stop()
  await using later = await openRooms({ data: house.data })
  await later.rooms.sweep()
  expect(await (await later.ana.get(`/salas/${code}`)).text()).toContain('antes de saber la hora')
})

/** Does this while the next write waits: what takes long on a card full of messages. */
function duringNextWrite(house: RoomsHouse, act: () => Promise<void>): void {
  const { database } = house
  const { writeAll } = database
  database.writeAll = async (...given: Parameters<typeof writeAll>) => {
    database.writeAll = writeAll
    await act()
    return writeAll(...given) as never
  }
}

test('what is said in a room that becomes kept during a sweep stays', async () => {
  await using house = await openRooms()
  await roomOf(house, [], { nombre: 'A' })
  const code = await roomOf(house, [], { nombre: 'Z', historial: 'efimera' })
  duringNextWrite(house, async () => {
    expect((await house.ana.post(`/salas/${code}/historia`, { historial: 'guardada' })).status).toBe(303)
    await say(await sitDown(house.ana, code), 'esto queda')
  })
  await house.rooms.sweep()
  expect(await (await house.ana.get(`/salas/${code}`)).text()).toContain('esto queda')
})

test('a room whose end is put off while others are being closed stays', async () => {
  await using house = await openRooms()
  const codes = [await roomOf(house, [], { nombre: 'A' }), await roomOf(house, [], { nombre: 'B' })]
  const ends = (code: string, caduca: string) => house.ana.post(`/salas/${code}/ajustes`, { nombre: code, caduca })
  for (const code of codes) {
    expect((await ends(code, '2h')).status).toBe(303)
    house.clock.pass(60_000)
  }
  house.clock.pass(3 * 3_600_000)
  duringNextWrite(house, async () => {
    expect((await ends(codes[1] ?? '', 'never')).status).toBe(303)
  })
  await house.rooms.closeEnded()
  const statuses = await Promise.all(codes.map(async (code) => (await house.ana.get(`/salas/${code}`)).status))
  expect(statuses).toEqual([404, 200])
})
