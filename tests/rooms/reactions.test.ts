// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readEmoji } from '../../src/rooms/talk/emoji'
import { until } from '../support/until'
import { accounts, isTold, openRooms, type RoomLine, roomOf, sitDown, type Told } from './house'
import { say, stateOf } from './messages'

const kinds = (html: string) => [...html.matchAll(/data-emoji="([^"]+)" data-who="([^"]*)"/g)].map(([, emoji, who]) => `${emoji}:${who}`)
const told = (line: RoomLine, id: string) => line.frames.filter((frame): frame is Told => isTold(frame) && frame.id === id)

describe.each(['guardada', 'efimera'] as const)('a reaction in a room that is %s', (historial) => {
  test('is counted with names, joined by others, and taken away again', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const id = await say(ana, 'terminamos')
    beto.send({ t: 'reaccion', id, emoji: '🎉' })
    await until('one reaction', () => stateOf(ana, id).includes('🎉'))
    ana.send({ t: 'reaccion', id, emoji: '🎉' })
    await until('two people', () => stateOf(ana, id).includes('title="Beto Molina, Ana Torres"'))
    ana.send({ t: 'reaccion', id, emoji: '👍🏽' })
    await until('two kinds', () => kinds(stateOf(ana, id)).length === 2)
    expect(kinds(stateOf(ana, id))).toEqual([`🎉:${accounts.beto.id} ${accounts.ana.id}`, `👍🏽:${accounts.ana.id}`])
    expect(stateOf(ana, id)).toContain('2<span class="vh"> personas reaccionaron con 🎉')
    beto.send({ t: 'reaccion', id, emoji: '🎉' })
    await until('one left', () => kinds(stateOf(beto, id))[0] === `🎉:${accounts.ana.id}`)
    const numbers = told(beto, id).map(({ n }) => n)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    const late = await sitDown(house.beto, code, { desde: 0 })
    expect(kinds(stateOf(late, id))).toEqual(kinds(stateOf(beto, id)))
    expect(kinds(await (await house.beto.get(`/salas/${code}`)).text())).toEqual(kinds(stateOf(beto, id)))
  })

  test('is no text, goes on nothing that is removed, and stays within twenty kinds', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const id = await say(ana, 'uno')
    for (const emoji of ['a', '<b>', '👍👍', ' ', '12', '\u200d', '👍 ']) {
      ana.send({ t: 'reaccion', id, emoji })
      expect(await ana.next((frame) => frame.t === 'no')).toMatchObject({ error: 'invalid', id })
      ana.frames.length = 0
    }
    for (let i = 0; i < 21; i++) ana.send({ t: 'reaccion', id, emoji: String.fromCodePoint(0x1f600 + i) })
    expect(await ana.next((frame) => frame.t === 'no')).toMatchObject({ error: 'conflict', id })
    expect(kinds(await (await house.beto.get(`/salas/${code}`)).text())).toHaveLength(20)
    ana.send({ t: 'borrar', id })
    await ana.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    ana.frames.length = 0
    ana.send({ t: 'reaccion', id, emoji: '🎉' })
    expect(await ana.next((frame) => frame.t === 'no')).toMatchObject({ error: 'missing', id })
    expect(kinds(await (await house.beto.get(`/salas/${code}`)).text())).toEqual([])
  })

  test('of many at the same moment counts each once', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const lines = [await sitDown(house.ana, code), await sitDown(house.beto, code), await sitDown(house.ana, code)]
    const [first] = lines as [RoomLine]
    const id = await say(first, 'todos a la vez')
    for (const line of lines) line.send({ t: 'reaccion', id, emoji: '🌱' })
    await until('three changes', () => told(first, id).length === 4)
    expect(kinds(stateOf(first, id))).toEqual([`🌱:${accounts.beto.id}`])
  })
})

test('one emoji is one: with colour, joined, as a flag, with a key cap', () => {
  for (const emoji of ['👍', '👍🏽', '❤️', '👨‍👩‍👧', '🇲🇽', '5️⃣', '🏳️‍🌈']) expect(readEmoji(emoji)).toBe(emoji)
  expect(readEmoji('❤')).toBe('❤️')
  for (const none of ['', '5', 'x', '👍👍', '👍x', '🇲', '\ufe0f', '👍'.repeat(50)]) expect(readEmoji(none)).toBeNull()
})
