// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openRooms, roomOf, sitDown } from './house'
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
  await using later = await openRooms({ data: house.data, limits: { keptDaysMaximum: 7 } })
  later.clock.set(house.clock.now() + 8 * dayMs)
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
  house.clock.set(house.clock.now() + 31 * dayMs)
  await say(ana, 'nuevo')
  await house.rooms.sweep()
  const { read } = house.database
  expect(await read.selectFrom('room_reactions').selectAll().execute()).toEqual([])
  expect(await read.selectFrom('room_mentions').selectAll().execute()).toEqual([])
  const found = (await (await house.beto.get('/buscar?q=viejo', { accept: 'application/json' })).json()) as { resultados: unknown[] }
  expect(found.resultados).toEqual([])
  expect(await (await house.beto.get(`/salas/${code}`)).text()).toContain('<p>nuevo')
})
