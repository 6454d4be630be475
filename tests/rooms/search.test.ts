// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { manualClock } from '../../src/core'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { accounts, openRooms, password, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

interface Answer {
  resultados: { sala: string; id: string; autor: { id: string }; html: string }[]
  mas: boolean
}

async function search(person: Person, query: Record<string, string>): Promise<Answer> {
  const answer = await person.get(`/buscar?${new URLSearchParams(query)}`, { accept: 'application/json' })
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

const found = async (person: Person, query: Record<string, string>) => (await search(person, query)).resultados.map(({ id }) => id)

describe('a search', () => {
  test('finds words without accents or capitals, by their beginning, and marks them', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    const one = await say(ana, 'La REUNIÓN es el martes en el ático')
    const two = await say(ana, 'reunimos <b>firmas</b>')
    expect(await found(house.beto, { q: 'reunion' })).toEqual([one])
    expect(await found(house.beto, { q: 'reuni' })).toEqual([two, one])
    expect(await found(house.beto, { q: 'martés atico' })).toEqual([one])
    expect(await found(house.beto, { q: 'eunion' })).toEqual([])
    const { resultados } = await search(house.beto, { q: 'firma' })
    expect(resultados[0]?.html).toBe('reunimos &lt;b&gt;<mark>firmas</mark>&lt;/b&gt;')
    const page = await (await house.beto.get('/buscar?q=reuni')).text()
    expect(page).toContain(`<a class="result__link" href="/salas/${code}?mensaje=${one}#m-${one}">`)
    const part = await (await house.beto.get('/buscar?q=reuni', { 'hx-request': 'true', 'hx-request-type': 'partial' })).text()
    expect(part).toStartWith('<div id="results"')
  })

  test('that cannot find anything says why, and signs beside a filter hide nothing', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    await say(await sitDown(house.ana, code), 'estamos en el ático 🎉')
    const page = async (query: Record<string, string>) => (await house.beto.get(`/buscar?${new URLSearchParams(query)}`)).text()
    const [oneLetter, noWords, nobody] = [
      'Una letra suelta se busca como palabra entera',
      'los signos y los emojis no se buscan',
      'Sin resultados',
    ]
    expect(await page({ q: 'e' })).toContain(oneLetter)
    expect(await page({ q: 'zz' })).not.toContain(oneLetter)
    expect(await page({ q: '🎉' })).toContain(noWords)
    for (const q of ['', ' ']) expect(await page({ q })).not.toMatch(new RegExp(`${noWords}|${nobody}`))
    const byAna = await page({ q: '🎉', persona: 'ana' })
    expect(byAna).toContain('estamos en el ático')
    expect(byAna).not.toContain(noWords)
  })

  test('looks by person, room and day', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const other = await roomOf(house, [house.beto], { nombre: 'Otra' })
    const [ana, beto, elsewhere] = [await sitDown(house.ana, code), await sitDown(house.beto, code), await sitDown(house.ana, other)]
    const byAna = await say(ana, 'café para todos')
    const byBeto = await say(beto, 'café para mí')
    await say(elsewhere, 'café aparte')
    expect(await found(house.beto, { q: 'cafe' })).toHaveLength(3)
    expect(await found(house.beto, { q: 'cafe', sala: code })).toEqual([byBeto, byAna])
    expect(await found(house.beto, { q: 'cafe', sala: code, persona: 'ana' })).toEqual([byAna])
    expect(await found(house.beto, { sala: code, persona: accounts.beto.id })).toEqual([byBeto])
    expect(await found(house.beto, { q: 'cafe', persona: 'carla' })).toEqual([])
    house.clock.set(house.clock.now() + 3 * 86_400_000)
    const later = await say(ana, 'café otra vez')
    const day = (ms: number) => new Date(ms).toLocaleDateString('sv-SE')
    const today = day(house.clock.now())
    const before = day(house.clock.now() - 3 * 86_400_000)
    expect(await found(house.beto, { q: 'cafe', sala: code, desde: today })).toEqual([later])
    expect(await found(house.beto, { q: 'cafe', sala: code, hasta: before })).toEqual([byBeto, byAna])
    expect(await found(house.beto, { q: 'cafe', sala: code, desde: before, hasta: today })).toHaveLength(3)
    expect(await found(house.beto, { sala: code, desde: today })).toEqual([later])
    expect(await found(house.beto, { sala: code, hasta: before })).toEqual([byBeto, byAna])
    expect(await found(house.beto, { hasta: before })).toHaveLength(3)
    expect(await found(house.carla, { hasta: today })).toEqual([])
    const tomorrow = day(house.clock.now() + 86_400_000)
    expect(await (await house.beto.get(`/buscar?desde=${tomorrow}`)).text()).toContain('Sin resultados.')
    expect((await house.beto.get('/buscar?q=cafe&desde=ayer')).status).toBe(422)
    for (const none of ['2026-02-31', '2026-13-05', '2026-00-05'])
      expect((await house.beto.get(`/buscar?q=cafe&desde=${none}`, { accept: 'application/json' })).status).toBe(422)
  })

  test('looks through the whole of a day on which the hour is set back', async () => {
    const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
    process.env.TZ = 'Europe/Madrid'
    try {
      // The 25th of October 2026 has 25 hours in Madrid: this is half past eleven at night.
      await using house = await openRooms({ clock: manualClock(Date.UTC(2026, 9, 25, 22, 30)) })
      const code = await roomOf(house, [])
      const late = await say(await sitDown(house.ana, code), 'de noche')
      expect(await found(house.ana, { q: 'noche', hasta: '2026-10-25' })).toEqual([late])
      expect(await found(house.ana, { q: 'noche', desde: '2026-10-26' })).toEqual([])
    } finally {
      process.env.TZ = here
    }
  })

  test('sees what was just said, forgets what was changed or removed, and outlives a restart', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    const id = await say(ana, 'melocotones')
    expect(await found(house.beto, { q: 'melocoton' })).toEqual([id])
    ana.send({ t: 'editar', id, texto: 'albaricoques' })
    await until('the change', () => stateOf(ana, id).includes('albaricoques'))
    expect(await found(house.beto, { q: 'melocoton' })).toEqual([])
    expect(await found(house.beto, { q: 'albar' })).toEqual([id])
    const next = await say(ana, 'albaricoques de nuevo')
    await house.stop()
    await using again = await openRooms({ data: house.data })
    expect(await found(again.beto, { q: 'albar' })).toEqual([next, id])
    const line = await sitDown(again.ana, code)
    line.send({ t: 'borrar', id })
    await until('the tombstone', () => stateOf(line, id).includes('msg__bubble--gone'))
    expect(await found(again.beto, { q: 'albar' })).toEqual([next])
    const removed = await sitDown(again.ana, code)
    removed.send({ t: 'borrar', id: next })
    await until('the other tombstone', () => stateOf(removed, next).includes('msg__bubble--gone'))
    expect(await found(again.beto, { q: 'albar' })).toEqual([])
  })

  test('sees it also beside another search, and after one that failed', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    const one = await say(ana, 'la reunión de hoy')
    const { database } = house
    const { writeAll } = database
    let second: Promise<string[]> | undefined
    database.writeAll = async (...given: Parameters<typeof writeAll>) => {
      database.writeAll = writeAll
      second = found(house.ana, { q: 'reun' })
      await house.ana.get('/salas')
      return writeAll(...given) as never
    }
    expect(await found(house.beto, { q: 'reunion' })).toEqual([one])
    expect(await second).toEqual([one])
    const two = await say(ana, 'la reunión de mañana')
    database.writeAll = async () => {
      database.writeAll = writeAll
      throw new Error('the disk took nothing')
    }
    expect((await house.beto.get('/buscar?q=reunion', { accept: 'application/json' })).status).toBe(500)
    expect(await found(house.beto, { q: 'reunion' })).toEqual([two, one])
  })

  test('leads page by page through many results of one room', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    for (let i = 0; i < 60; i++) await say(ana, `lote ${i}`)
    const first = await search(house.beto, { q: 'lote', sala: code })
    expect(first.resultados).toHaveLength(50)
    expect(first.mas).toBe(true)
    const second = await search(house.beto, { q: 'lote', sala: code, antes: first.resultados.at(-1)?.id ?? '' })
    expect(new Set([...first.resultados, ...second.resultados].map(({ id }) => id)).size).toBe(60)
    expect(second.mas).toBe(false)
  })

  test.each([
    '"',
    '""',
    'a" OR "b',
    '*',
    'a*',
    'NEAR(a b)',
    'words:x',
    '^a',
    'a AND',
    'NOT',
    '-a',
    '(',
    "'; DROP TABLE rooms--",
    '\0',
    '%_',
    '{a b}',
    '\ue000ana0000000000000',
    'x'.repeat(900),
    '🌱',
    'กำ',
    'א֑ב',
  ])('takes %j for words and nothing else', async (q) => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    await say(await sitDown(house.ana, code), 'algo que no viene al caso')
    const page = await house.beto.get(`/buscar?${new URLSearchParams({ q })}`)
    expect(page.status).toBe(200)
    expect((await search(house.beto, { q })).resultados.filter(({ html }) => html.includes('no viene')).length).toBe(0)
  })
})

describe('nobody finds', () => {
  test('anything of a room one is not in, has left, or that keeps nothing', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const passing = await roomOf(house, [house.beto], { nombre: 'De paso', historial: 'efimera' })
    await say(await sitDown(house.ana, code), 'tesoro enterrado')
    await say(await sitDown(house.ana, passing), 'tesoro fugaz')
    expect(await found(house.beto, { q: 'tesoro' })).toHaveLength(1)
    expect(await found(house.carla, { q: 'tesoro' })).toEqual([])
    expect(await found(house.carla, { persona: accounts.ana.id })).toEqual([])
    for (const sala of [code, 'ZZZZZZZZ', passing]) {
      expect((await house.carla.get(`/buscar?q=tesoro&sala=${sala}`)).status).toBe(404)
    }
    expect(await (await house.carla.get('/buscar')).text()).not.toContain('Taller')
    await house.beto.post(`/salas/${code}/salida`, {})
    expect(await found(house.beto, { q: 'tesoro' })).toEqual([])
    await house.beto.post('/salas/unirse', { codigo: code, clave: password })
    await house.ana.post(`/salas/${code}/cierre`, {})
    expect(await found(house.ana, { q: 'tesoro' })).toEqual([])
    const index = await sql`SELECT rowid FROM room_words WHERE room_words MATCH 'tesoro'`.execute(house.database.read)
    expect(index.rows).toEqual([])
  })
})
