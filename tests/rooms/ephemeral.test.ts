// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until'
import { accounts, freshCid, isTold, messages, openRooms, type RoomLine, roomOf, sitDown } from './house'

const marker = 'palabra-que-nadie-debe-encontrar-7f3a'

async function say(line: RoomLine, texto: string): Promise<void> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto })
  await line.next((frame) => frame.t === 'ok' && frame.cid === cid)
}

/** Every byte under a folder, the database's log included. */
async function everything(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => Bun.file(file).arrayBuffer())))
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .join('\n')
}

test('the words of an ephemeral room are nowhere but in memory: no file, no log of the database, no journal', async () => {
  await using house = await openRooms()
  const ephemeral = await roomOf(house, [house.beto], { historial: 'efimera', nombre: 'Pasajera' })
  const kept = await roomOf(house, [house.beto], { historial: 'guardada', nombre: 'Testigo' })
  const ana = await sitDown(house.ana, ephemeral)
  const beto = await sitDown(house.beto, ephemeral)
  await say(ana, marker)
  ana.send({ t: 'editar', id: messages(ana)[0]?.id ?? '', texto: `${marker} otra vez` })
  await beto.next((frame) => isTold(frame) && frame.html.includes('otra vez'))
  await house.beto.post(`/salas/${ephemeral}/mensajes`, { texto: `${marker} por formulario` })
  await house.beto.post(`/salas/${ephemeral}/mensajes`, { texto: marker.repeat(200) })
  ana.send(`{"t":"decir","texto":"${marker}"`)
  ana.send({ t: 'decir', cid: 'ñ', texto: marker })
  await until('both refusals', () => ana.frames.filter(({ t }) => t === 'no').length === 2)
  expect(await (await house.beto.get(`/salas/${ephemeral}`)).text()).toContain(marker)
  // A witness: what is kept would be found by the same search.
  await say(await sitDown(house.ana, kept), 'testigo-guardado')

  const while_open = (await everything(house.data)) + house.journalText()
  expect(while_open).toContain('testigo-guardado')
  expect(while_open).not.toContain(marker)
  await house.stop()
  expect((await everything(house.data)) + house.journalText()).not.toContain(marker)
})

test('it remembers the last messages, no more', async () => {
  await using house = await openRooms({ limits: { ephemeralMessages: 5, messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  for (let i = 0; i < 8; i++) await say(ana, `m${i}`)
  const page = await (await house.beto.get(`/salas/${code}`)).text()
  expect([...page.matchAll(/<p>(m\d)<\/p>/g)].map(([, word]) => word)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7'])
})

test('it remembers for ten minutes, whatever the clock on the wall does', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  const page = async () => (await house.beto.get(`/salas/${code}`)).text()
  await say(ana, 'antigua')
  await house.clock.advance(6 * 60_000)
  await say(ana, 'reciente')
  house.clock.set(Date.UTC(1970, 0, 1))
  expect(await page()).toContain('antigua')
  house.clock.set(Date.UTC(2040, 0, 1))
  expect(await page()).toContain('antigua')
  await house.clock.advance(5 * 60_000)
  expect(await page()).not.toContain('antigua')
  expect(await page()).toContain('reciente')
})

test('everything is wiped when the last person has been gone for two minutes, and a new life begins', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  await say(ana, 'secreta')
  const { epoca } = ana.frames.find((frame) => frame.t === 'lista') as { epoca: string }
  ana.close()
  await until('the socket to be gone', () => house.rooms.counts.sockets === 0)
  await house.clock.advance(8_000 + 119_000)
  const back = await sitDown(house.ana, code, { desde: 0, epoca })
  expect(messages(back)).toHaveLength(1)
  back.close()
  await until('the socket to be gone', () => house.rooms.counts.sockets === 0)
  await house.clock.advance(8_000 + 121_000)
  const later = await sitDown(house.ana, code, { desde: 0, epoca })
  expect(later.frames.some(({ t }) => t === 'hueco')).toBe(true)
  expect((later.frames.find((frame) => frame.t === 'lista') as { epoca: string }).epoca).not.toBe(epoca)
  expect(await (await house.ana.get(`/salas/${code}`)).text()).not.toContain('secreta')
})

test('what was said without a socket is wiped as well', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [], { historial: 'efimera' })
  await house.ana.post(`/salas/${code}/mensajes`, { texto: 'solo formulario' })
  await house.clock.advance(60_000)
  expect(await (await house.ana.get(`/salas/${code}`)).text()).toContain('solo formulario')
  await house.clock.advance(121_000)
  expect(await (await house.ana.get(`/salas/${code}`)).text()).not.toContain('solo formulario')
})

test('everything is gone after a restart and after closing', async () => {
  await using first = await openRooms()
  const code = await roomOf(first, [first.beto], { historial: 'efimera' })
  await say(await sitDown(first.ana, code), 'antes')
  await first.stop()
  await using second = await openRooms({ data: first.data })
  expect(await (await second.ana.get(`/salas/${code}`)).text()).not.toContain('antes')
  const beto = await sitDown(second.beto, code)
  expect((await second.ana.post(`/salas/${code}/cierre`, {})).status).toBe(303)
  expect((await beto.closed).code).toBe(4404)
  expect((await second.beto.get(`/salas/${code}`)).status).toBe(404)
})

test('what was read in it stays read as long as it is remembered, and no longer', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const [ana, beto] = [await sitDown(house.ana, code), await sitDown(house.beto, code)]
  for (const text of ['uno', 'dos', 'tres']) await say(ana, text)
  const unread = async () => (await house.rooms.sideRooms(accounts.beto.id))[0]?.unread
  await until('the third', () => messages(beto).length === 3)
  beto.send({ t: 'visto', n: messages(beto).at(-1)?.n ?? 0 })
  await until('read', async () => (await unread()) === 0)
  beto.close()
  // What was read in kept rooms goes to the disk by now.
  await house.clock.advance(61_000)
  expect(await unread()).toBe(0)
  await say(ana, 'cuatro')
  expect(await unread()).toBe(1)

  // Another life has numbers of its own, and what was read in this one says nothing of them.
  ana.close()
  await until('nobody to be connected', () => house.rooms.counts.sockets === 0)
  await house.clock.advance(200_000)
  await say(await sitDown(house.ana, code), 'de otra vida')
  expect(await unread()).toBe(1)
})
