// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { until } from '../support/until'
import { accounts, openRooms, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

test('a room is exported whole, as one page and as JSON, without what was removed', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0, pageMessages: 10 } })
  const code = await roomOf(house, [house.beto], { nombre: 'Obra <b>' })
  const ana = await sitDown(house.ana, code)
  const first = await say(ana, 'uno <script>alert(1)</script>')
  const gone = await say(ana, 'un secreto')
  const answer = await say(ana, '@beto mira', { respuestaA: first })
  for (let i = 0; i < 40; i++) await say(ana, `más ${i}.`)
  ana.send({ t: 'reaccion', id: answer, emoji: '🎉' })
  await until('a reaction', () => stateOf(ana, answer).includes('🎉'))
  ana.send({ t: 'borrar', id: gone })
  await until('a tombstone', () => stateOf(ana, gone).includes('--gone'))

  const page = await house.ana.get(`/salas/${code}/exportar`)
  expect(page.headers.get('content-disposition')).toMatch(new RegExp(`^attachment; filename="pichat-${code}-\\d{4}-\\d\\d-\\d\\d\\.html"$`))
  const html = await page.text()
  expect(html).toStartWith('<!doctype html>')
  expect(html).toEndWith('</body></html>\n')
  expect(html).toContain('Obra &lt;b&gt;')
  expect(html).not.toMatch(/<script|un secreto|<link|src=|url\(/)
  expect(html).toContain('Ana Torres eliminó este mensaje.')
  for (let i = 0; i < 40; i++) expect(html.split(`más ${i}.`)).toHaveLength(2)

  const json = await house.ana.get(`/salas/${code}/exportar?formato=json`)
  const text = await json.text()
  expect(text).not.toContain('un secreto')
  const { sala, mensajes } = JSON.parse(text) as { sala: { nombre: string }; mensajes: Record<string, unknown>[] }
  expect(sala.nombre).toBe('Obra <b>')
  expect(mensajes).toHaveLength(43)
  expect(mensajes[1]).toEqual({
    id: gone,
    autor: { id: accounts.ana.id, name: 'Ana Torres' },
    fecha: expect.any(String),
    eliminadoPor: 'author',
  })
  expect(mensajes[2]).toMatchObject({ texto: '@beto mira', respuestaA: first, menciones: [accounts.beto.id] })
  expect(mensajes[2]?.reacciones).toEqual([{ emoji: '🎉', personas: [{ id: accounts.ana.id, name: 'Ana Torres' }] }])
  const audit = await house.database.read
    .selectFrom('audit')
    .select(['what', 'who', 'detail'])
    .where('what', '=', 'rooms.exported')
    .execute()
  expect(audit.map(({ who, detail }) => `${who} ${detail}`)).toEqual([
    `${accounts.ana.id} {"format":"html"}`,
    `${accounts.ana.id} {"format":"json"}`,
  ])
})

test('only the owner and administrators who belong to the room export it, and only one that keeps something', async () => {
  await using house = await openRooms()
  const created = await house.beto.post('/salas', { nombre: 'De Beto', tipo: 'grupal', historial: 'guardada', clave: 'ocho letras' })
  const code = created.headers.get('location')?.split('/').at(-1) ?? ''
  expect((await house.ana.get(`/salas/${code}/exportar`)).status).toBe(404)
  for (const one of [house.ana, house.carla]) await one.post('/salas/unirse', { codigo: code, clave: 'ocho letras' })
  expect((await house.beto.get(`/salas/${code}/exportar`)).status).toBe(200)
  expect((await house.ana.get(`/salas/${code}/exportar`)).status).toBe(200)
  expect((await house.carla.get(`/salas/${code}/exportar`)).status).toBe(403)
  expect((await house.ana.get(`/salas/${code}/exportar?formato=exe`)).status).toBe(422)
  const passing = await roomOf(house, [house.beto], { historial: 'efimera' })
  expect((await house.ana.get(`/salas/${passing}/exportar`)).status).toBe(409)
})
