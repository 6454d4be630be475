// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { until } from '../support/until'
import { accounts, isTold, openRooms, type RoomLine, roomOf, sitDown } from './house'

const notices = (line: RoomLine, kind: 'joined' | 'left') =>
  line.frames.filter(isTold).filter(({ html }) => html.includes(`data-kind="${kind}"`))
const listed = (line: RoomLine) =>
  line.frames.flatMap((frame) => (frame.t === 'quienes' || frame.t === 'lista' ? [frame.quienes] : [])).at(-1)
const here = (line: RoomLine) =>
  listed(line)
    ?.map(({ nombre }) => nombre)
    .sort()

test.each(['guardada', 'efimera'] as const)('who comes and who goes is told at once in a room that is %s', async (historial) => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { historial })
  const ana = await sitDown(house.ana, code)
  await house.clock.advance(1_000)
  // The first time a new member connects to a kept room is no news: becoming a member was.
  if (historial === 'guardada') {
    const first = await sitDown(house.beto, code)
    await house.clock.advance(1_000)
    first.close()
    await until('one socket', () => house.rooms.counts.sockets === 1)
    await house.clock.advance(10_000)
  }
  const before = { joined: notices(ana, 'joined').length, left: notices(ana, 'left').length }
  const beto = await sitDown(house.beto, code)
  expect(here(beto)).toEqual(['Ana Torres', 'Beto Molina'])
  await house.clock.advance(1_000)
  await until('Beto to be announced', () => notices(ana, 'joined').length === before.joined + 1)
  expect(notices(ana, 'joined').at(-1)?.html).toContain('<b>Beto Molina</b> entró')
  await until('the list', () => here(ana)?.length === 2)

  beto.close()
  await until('one socket', () => house.rooms.counts.sockets === 1)
  await house.clock.advance(7_000)
  expect(here(ana)).toHaveLength(2)
  await house.clock.advance(2_000)
  await until('Beto to be missed', () => notices(ana, 'left').length === before.left + 1)
  await until('the list', () => here(ana)?.length === 1)
})

test('a tab that blinks, and a second tab, are nobody coming or going', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  const first = await sitDown(house.beto, code)
  await house.clock.advance(1_000)
  await until('Beto to be announced', () => notices(ana, 'joined').some(({ html }) => html.includes('Beto')))
  const told = notices(ana, 'joined').length
  const second = await sitDown(house.beto, code)
  first.close()
  await until('two sockets', () => house.rooms.counts.sockets === 2)
  await house.clock.advance(60_000)
  second.close()
  await until('one socket', () => house.rooms.counts.sockets === 1)
  await house.clock.advance(5_000)
  await sitDown(house.beto, code)
  await house.clock.advance(60_000)
  ana.send({ t: 'visto', n: 1 })
  ana.send({ t: 'hola' })
  await until('a second list', () => ana.frames.filter(({ t }) => t === 'lista').length === 2)
  expect(notices(ana, 'joined')).toHaveLength(told)
  expect(notices(ana, 'left')).toHaveLength(0)
})

test('comings and goings of a kept room are told and not stored', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  await sitDown(house.beto, code)
  await house.clock.advance(1_000)
  const stored = await house.database.read.selectFrom('room_items').select('kind').execute()
  expect(stored.map(({ kind }) => kind)).toEqual(['added'])
  expect(notices(ana, 'joined').every(({ n }) => n === 0)).toBe(true)
})

test('typing is told to the others in the room, and to nobody else', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const other = await roomOf(house, [house.carla], { nombre: 'Otra' })
  const ana = await sitDown(house.ana, code)
  const beto = await sitDown(house.beto, code)
  const carla = await sitDown(house.carla, other)
  beto.send({ t: 'escribiendo' })
  beto.send({ t: 'escribiendo' })
  expect(await ana.next(({ t }) => t === 'escribiendo')).toEqual({
    t: 'escribiendo',
    quien: { id: 'beto000000000000', nombre: 'Beto Molina' },
  })
  beto.send({ t: 'decir', cid: 'x', texto: 'ya' })
  await ana.next((frame) => isTold(frame) && frame.cid === 'x')
  expect(ana.frames.filter(({ t }) => t === 'escribiendo')).toHaveLength(1)
  expect([...beto.frames, ...carla.frames].filter(({ t }) => t === 'escribiendo')).toEqual([])
})

test('a class that enters together is one line, and the lobby counts people once', async () => {
  const people = Array.from({ length: 6 }, (_, i) => ({ id: `p${i}`, username: `p${i}`, name: `Persona ${i}`, role: 'usuario' as const }))
  await using house = await openRooms({ people })
  const code = await roomOf(house, [...people.map(({ id }) => house.person(id)), house.beto], { historial: 'efimera', tipo: 'grupal' })
  const ana = await sitDown(house.ana, code)
  await house.clock.advance(1_000)
  await Promise.all(people.map(({ id }) => sitDown(house.person(id), code)))
  await house.clock.advance(1_000)
  await until('the line', () => notices(ana, 'joined').some(({ html }) => html.includes('5 personas más entraron')))
  expect(await (await house.ana.get('/salas')).text()).toContain('7 personas conectadas')
  // Beto has no room open, and is there all the same when he looks.
  expect(await (await house.beto.get('/salas')).text()).toContain('8 personas conectadas')
})

test('whoever is sent away or leaves for good is told of once, in that sentence alone', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto, house.carla], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  for (const person of [house.beto, house.carla]) await sitDown(person, code)
  await house.clock.advance(1_000)
  await until('all of them', () => here(ana)?.length === 3)
  await house.ana.post(`/salas/${code}/personas/${accounts.beto.id}/expulsion`, { motivo: 'repite' })
  await house.carla.post(`/salas/${code}/salida`, {})
  await house.clock.advance(10_000)
  await until('the list', () => here(ana)?.length === 1)
  expect(ana.frames.filter(isTold).filter(({ html }) => html.includes('repite'))).toHaveLength(1)
  expect(notices(ana, 'left')).toEqual([])
})

test('whoever loads the page without a socket is there for three minutes, is no news, and keeps no ephemeral room alive', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto, house.carla], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  await house.clock.advance(1_000)
  const page = await (await house.beto.get(`/salas/${code}`)).text()
  expect(peopleIn(page, 'here')).toEqual(['Ana Torres', 'Beto Molina'])
  expect(peopleIn(page, 'out')).toEqual(['Carla Ríos'])
  await house.clock.advance(1_000)
  await until('Ana to see Beto', () => here(ana)?.length === 2)
  // By this name he is called, and the line that a page makes of it stays when his socket comes.
  expect(
    listed(ana)
      ?.map(({ usuario }) => usuario)
      .sort(),
  ).toEqual(['ana', 'beto'])

  await house.clock.advance(170_000)
  await house.beto.get(`/salas/${code}`)
  await house.clock.advance(170_000)
  expect(here(ana)).toHaveLength(2)
  await house.clock.advance(11_000)
  await until('Ana to be alone', () => here(ana)?.length === 1)
  expect([...notices(ana, 'joined'), ...notices(ana, 'left')].some(({ html }) => html.includes('Beto'))).toBe(false)

  await house.beto.get(`/salas/${code}`)
  const beto = await sitDown(house.beto, code)
  await house.clock.advance(1_000)
  beto.close()
  await until('one socket', () => house.rooms.counts.sockets === 1)
  await house.clock.advance(9_000)
  await until('the page of before to count no longer', () => here(ana)?.length === 1)

  await house.beto.get(`/salas/${code}`)
  await house.clock.advance(1_000)
  await until('Ana to see Beto', () => here(ana)?.length === 2)
  await house.beto.post(`/salas/${code}/salida`, {})
  await house.clock.advance(1_000)
  await until('Ana to see that he left', () => here(ana)?.length === 1)
})

function peopleIn(page: string, list: 'here' | 'out'): string[] {
  const [, lines = ''] = new RegExp(`<ul class="list" id="${list}">(.*?)</ul>`, 's').exec(page) ?? []
  return [...lines.matchAll(/member__name">([^<]*)/g)].map(([, name]) => name ?? '')
}
