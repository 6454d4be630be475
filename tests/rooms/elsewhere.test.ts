// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { until } from '../support/until'
import { accounts, openRooms, type RoomLine, roomOf, sitDown } from './house'

const told = (line: RoomLine) => line.frames.filter((frame) => frame.t === 'fuera')

async function say(person: { post(path: string, form: Record<string, string>): Promise<Response> }, code: string, texto: string) {
  expect((await person.post(`/salas/${code}/mensajes`, { texto })).status).toBe(303)
}

test('who sits in one room hears within a second that something was said in another of theirs: whose and whom it calls, never what', async () => {
  await using house = await openRooms()
  const here = await roomOf(house, [house.beto, house.carla], { nombre: 'Aquí' })
  const there = await roomOf(house, [house.beto], { nombre: 'Allá' })
  const [beto, carla, inside] = [await sitDown(house.beto, here), await sitDown(house.carla, here), await sitDown(house.ana, there)]

  await say(house.ana, there, 'secreto uno')
  await say(house.ana, there, 'secreto dos, @beto')
  await house.clock.advance(1_000)
  const frame = await beto.next(({ t }) => t === 'fuera')
  const { ana } = accounts
  expect(frame).toEqual({ t: 'fuera', sala: expect.any(String), dicho: [[ana.id], [ana.id, accounts.beto.id]] })
  expect(JSON.stringify(beto.frames)).not.toContain('secreto')
  // One who sits there reads it; one who does not belong hears nothing, not even that.
  expect(told(inside)).toEqual([])
  expect(told(carla)).toEqual([])

  // Many at once are told as one; a change of what was said is no news.
  for (let n = 0; n < 5; n++) await say(house.ana, there, `otro ${n}`)
  await house.clock.advance(1_000)
  await beto.next((one) => one.t === 'fuera' && one.dicho.length === 5)
  expect(told(beto)).toHaveLength(2)
})

test('whoever was sent away hears no more of a room, while sitting in another', async () => {
  await using house = await openRooms()
  const here = await roomOf(house, [house.beto], { nombre: 'Aquí' })
  const there = await roomOf(house, [house.beto], { nombre: 'Allá' })
  const beto = await sitDown(house.beto, here)
  await say(house.ana, there, 'todavía')
  await house.clock.advance(1_000)
  await beto.next(({ t }) => t === 'fuera')
  // Said before, told after: by then he does not belong.
  await say(house.ana, there, 'en el último momento')
  const gone = await house.ana.post(`/salas/${there}/personas/${accounts.beto.id}/expulsion`, { motivo: 'ya no' })
  expect(gone.status).toBe(303)
  await house.clock.advance(1_000)
  await say(house.ana, there, 'después')
  await house.clock.advance(1_000)
  await say(house.ana, here, 'aquí')
  await beto.next((frame) => frame.t === 'cambio' && frame.html.includes('aquí'))
  expect(told(beto)).toHaveLength(1)
})

test('what somebody has seen is not unread again because the disk took nothing: it is written later', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const beto = accounts.beto.id
  await say(house.ana, code, 'visto')
  const [room] = await house.rooms.administration.list().then((rows) => rows.map((row) => row.room))
  if (!room) throw new Error('no room')
  const unread = async () => (await house.rooms.sideRooms(beto)).map((one) => one.unread)
  expect(await unread()).toEqual([1])
  house.rooms.sawUpTo(room, beto, 99)
  const { database } = house
  const { writeAll } = database
  database.writeAll = async () => {
    throw new Error('the disk took nothing')
  }
  await house.clock.advance(60_000)
  expect(await unread()).toEqual([0])
  database.writeAll = writeAll
  await house.clock.advance(60_000)
  const stored = () => database.read.selectFrom('room_members').select('seen').where('person_id', '=', beto).executeTakeFirst()
  await until('it is written', async () => ((await stored())?.seen ?? 0) > 1)
  house.rooms.sawUpTo(room, beto, 100)
  database.writeAll = async () => {
    throw new Error('the disk took nothing')
  }
  await house.rooms.stop()
  database.writeAll = writeAll
})
