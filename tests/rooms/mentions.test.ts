// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { findMentions } from '../../src/rooms/talk/mentions'
import { until } from '../support/until'
import { accounts, openRooms, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

const people = [
  { id: 'a', name: 'Ana Torres', username: 'ana' },
  { id: 'b', name: 'Ana María Sol', username: 'anam' },
  { id: 'c', name: 'José Núñez', username: 'jose' },
]

describe('a call with @', () => {
  test.each([
    ['hola @ana', ['a@ana']],
    ['@Ana Torres y @JOSÉ NÚÑEZ', ['a@Ana Torres', 'c@JOSÉ NÚÑEZ']],
    ['@anam, @ana.', ['b@anam', 'a@ana']],
    ['@José!', ['c@José']],
    ['@anas @Anabel correo@ana.es', []],
    ['`@ana` y ```\n@jose\n```', []],
    ['sin cerrar ` @ana', ['a@ana']],
    ['@@ana', ['a@ana']],
    ['@', []],
  ])('%j finds whom it means', (text, expected) => {
    expect(findMentions(text, people).map(({ id, as }) => id + as)).toEqual(expected)
  })

  test('costs little in a room of 500 and a text full of signs', () => {
    const crowd = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, name: `Ana ${'a'.repeat(20)}${i}`, username: `a${i}` }))
    const quickest = (text: string) =>
      Math.min(
        ...Array.from({ length: 9 }, () => {
          const from = performance.now()
          findMentions(text, crowd)
          return performance.now() - from
        }),
      )
    expect(quickest('@a`'.repeat(1_300))).toBeLessThan(20)
    expect(quickest('`'.repeat(4_000))).toBeLessThan(5)
  })
})

describe.each(['guardada', 'efimera'] as const)('in a room that is %s', (historial) => {
  test('a member who is called is marked, and counted until it is seen', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const id = await say(ana, 'oye @beto y @carla, `@beto`')
    await until('it at Beto', () => stateOf(beto, id) !== '')
    expect(stateOf(beto, id)).toContain(`<mark class="mention" data-person="${accounts.beto.id}">@beto</mark> y @carla, <code>@beto</code>`)
    expect(stateOf(beto, id)).toContain(`data-mentions="${accounts.beto.id}"`)
    const lobby = async () => (await house.beto.get('/salas')).text()
    expect(await lobby()).toContain('data-mentions="1"')
    expect(await (await house.ana.get('/salas')).text()).not.toContain('data-mentions')
    const { n } = beto.frames.findLast((frame) => frame.t === 'cambio') as { n: number }
    beto.send({ t: 'visto', n })
    beto.send({ t: 'reaccion', id, emoji: '👍' })
    await until('a reaction', () => stateOf(beto, id).includes('👍'))
    expect(await lobby()).not.toContain('data-mentions')
    const second = await say(ana, '@beto otra vez')
    expect(await lobby()).toContain('data-mentions="1"')
    ana.send({ t: 'editar', id: second, texto: 'nadie' })
    await until('the change', () => stateOf(beto, second).includes('nadie'))
    expect(await lobby()).not.toContain('data-mentions')
  })

  test('names are offered to members, whoever is here first', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    await sitDown(house.beto, code)
    const offered = async (q: string) =>
      (
        (await (await house.ana.get(`/salas/${code}/personas?q=${encodeURIComponent(q)}`, { accept: 'application/json' })).json()) as {
          usuario: string
        }[]
      ).map(({ usuario }) => usuario)
    expect(await offered('')).toEqual(['beto', 'ana'])
    expect(await offered('mÓli')).toEqual(['beto'])
    expect(await offered('carla')).toEqual([])
    expect((await house.carla.get(`/salas/${code}/personas?q=b`, { accept: 'application/json' })).status).toBe(404)
  })
})
