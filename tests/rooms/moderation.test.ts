// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { knockSocket } from '../support/door'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { accounts, freshCid, isTold, messages, openRooms, password, type RoomLine, roomOf, sitDown } from './house'

const { ana, beto, carla } = accounts
const second = 1_000

const act = (person: Person, code: string, whom: string, verb: string, fields: Record<string, string> = {}) =>
  person.post(`/salas/${code}/personas/${whom}/${verb}`, fields)

async function within<T>(ms: number, event: Promise<T>): Promise<T> {
  const began = performance.now()
  const answer = await event
  expect(performance.now() - began).toBeLessThan(ms)
  return answer
}

async function refusal(line: RoomLine, texto: string): Promise<{ error: string; message: string; espera?: number }> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto })
  return (await line.next((frame) => frame.t === 'no' && frame.cid === cid)) as never
}

async function heard(line: RoomLine, texto: string): Promise<void> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto })
  await line.next((frame) => frame.t === 'ok' && frame.cid === cid)
}

describe.each(['guardada', 'efimera'] as const)('in a room that is %s', (historial) => {
  test('whoever is sent away goes within a second, on every page, with the reason; the others are told', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto, house.carla], { historial })
    const [phone, desk] = [await sitDown(house.beto, code), await sitDown(house.beto, code)]
    const other = await sitDown(house.carla, code)
    const answer = await act(house.ana, code, beto.id, 'expulsion', { motivo: ' repite\n mensajes ' })
    expect(answer.status).toBe(303)
    for (const line of [phone, desk]) {
      expect(await within(second, line.closed)).toMatchObject({ code: 4403 })
      const bye = line.frames.find(({ t }) => t === 'adios')
      expect(bye).toEqual({
        t: 'adios',
        motivo: 'expulsion',
        texto: 'Un administrador sacó esta cuenta de la sala. Motivo: repite mensajes',
      })
    }
    const told = await other.next((frame) => isTold(frame) && frame.html.includes('data-kind="removed"'))
    expect((told as { html: string }).html).toContain('<b>Ana Torres</b> sacó a <b>Beto Molina</b>: «repite mensajes»')
    expect((told as { html: string }).html).toContain(`data-author="${beto.id}"`)
    expect((await house.beto.get(`/salas/${code}`)).status).toBe(404)
    expect((await knockSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie })).status).toBe(404)
    // Not banned: the password opens the door again.
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
  })

  test('whoever is muted reads on and does not write, by socket, form, edit or typing, until it is over', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto, house.carla], { historial })
    const silenced = await sitDown(house.beto, code)
    const other = await sitDown(house.carla, code)
    await heard(silenced, 'antes')
    const before = messages(silenced).at(-1)?.id ?? ''
    const began = performance.now()
    expect((await act(house.ana, code, beto.id, 'silencio', { minutos: '10' })).status).toBe(303)
    const frame = await silenced.next(({ t }) => t === 'silencio')
    expect(performance.now() - began).toBeLessThan(second)
    const words = /^Un administrador silenció esta cuenta hasta las \d+:\d\d\. Se puede leer, no escribir\.$/
    expect((frame as { texto: string }).texto).toMatch(words)
    expect(await refusal(silenced, 'durante')).toMatchObject({ error: 'forbidden', message: expect.stringMatching(words) })
    expect((await house.beto.post(`/salas/${code}/mensajes`, { texto: 'por el formulario' })).status).toBe(403)
    silenced.send({ t: 'editar', id: before, texto: 'cambiado' })
    silenced.send({ t: 'escribiendo' })
    await until('the edit to be refused', () => silenced.frames.filter(({ t }) => t === 'no').length === 2)
    await heard(other, 'Carla sí')
    await silenced.next((told) => isTold(told) && told.html.includes('Carla sí'))
    expect(
      messages(other)
        .map(({ html }) => html)
        .join(),
    ).not.toMatch(/durante|formulario|cambiado/)
    expect(other.frames.some(({ t }) => t === 'escribiendo')).toBe(false)
    expect(other.frames.filter(isTold).some(({ html }) => /silenció a <b>Beto Molina<\/b> hasta las/.test(html))).toBe(true)
    const page = await (await house.beto.get(`/salas/${code}`)).text()
    expect(page).toMatch(/<textarea[^>]* disabled/)
    expect(page).toContain('Se puede leer, no escribir')
    // A new page of the same person is told at once; the wall clock changes nothing.
    house.clock.set(Date.UTC(2038, 0, 1))
    const again = await sitDown(house.beto, code)
    expect(await again.next(({ t }) => t === 'silencio')).toMatchObject({ texto: expect.stringMatching(words) })
    await house.clock.advance(9 * 60_000)
    expect(await refusal(silenced, 'todavía no')).toMatchObject({ error: 'forbidden' })
    await house.clock.advance(61_000)
    await silenced.next((one) => one.t === 'silencio' && one.texto === null)
    await heard(silenced, 'otra vez')
  })
})

test('a mute outlives leaving, joining again and a restart, and ends by the time that passed', async () => {
  const first = await openRooms()
  const code = await roomOf(first, [first.beto])
  await act(first.ana, code, beto.id, 'silencio', { minutos: '60', motivo: 'gritos' })
  await first.beto.post(`/salas/${code}/salida`, {})
  await first.beto.post('/salas/unirse', { codigo: code, clave: password })
  await first.stop()
  const { clock } = first
  await clock.advance(10 * 60_000)
  await using house = await openRooms({ data: first.data, clock })
  const line = await sitDown(house.beto, code)
  expect(await refusal(line, 'sigo')).toMatchObject({ error: 'forbidden' })
  await clock.advance(51 * 60_000)
  await heard(line, 'ya')
})

test('a mute can be taken back', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const line = await sitDown(house.beto, code)
  const keeper = await sitDown(house.ana, code)
  await act(house.ana, code, beto.id, 'silencio', { minutos: '60' })
  expect(await keeper.next(({ t }) => t === 'callada')).toMatchObject({ persona: beto.id, hasta: expect.any(Number) })
  expect(await (await house.ana.get(`/salas/${code}`)).text()).toContain('Silenciada hasta las')
  expect((await act(house.ana, code, beto.id, 'voz')).status).toBe(303)
  await line.next((frame) => frame.t === 'silencio' && frame.texto === null)
  await heard(line, 'gracias')
  expect(await keeper.next((frame) => frame.t === 'callada' && frame.hasta === null)).toMatchObject({ persona: beto.id })
  // Whoever keeps no order is not told how long somebody has to be silent.
  expect(line.frames.some(({ t }) => t === 'callada')).toBe(false)
})

describe('whoever is banned', () => {
  test('is gone within a second and gets the answer of a wrong password, until the ban is lifted', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    await house.beto.get('/salas')
    const line = await sitDown(house.beto, code)
    expect((await act(house.ana, code, beto.id, 'veto', { motivo: 'insultos' })).status).toBe(303)
    expect(await within(second, line.closed)).toMatchObject({ code: 4403 })
    const banned = await house.beto.post('/salas/unirse', { codigo: code, clave: password })
    const wrong = await house.carla.post('/salas/unirse', { codigo: code, clave: 'no es esta' })
    const same = (text: string) => text.replaceAll(/Beto Molina|Carla Ríos|BM|CR|beto|carla|Cliente|Usuario|data-tone="\d"/g, '')
    expect(banned.status).toBe(wrong.status)
    expect(same(await banned.text())).toBe(same(await wrong.text()))
    expect(await (await house.ana.get(`/salas/${code}/ajustes`)).text()).toMatch(/Beto Molina.*Ana Torres · «insultos»/s)
    expect((await house.ana.post(`/salas/${code}/vetos/${beto.id}/perdon`, {})).status).toBe(303)
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
  })

  test('costs the same computation as a wrong password', async () => {
    const compared: (string | null)[] = []
    await using house = await openRooms({ onCompare: (stored) => void compared.push(stored) })
    const code = await roomOf(house, [house.beto])
    await act(house.ana, code, beto.id, 'veto', { motivo: 'x' })
    compared.length = 0
    await house.beto.post('/salas/unirse', { codigo: code, clave: password })
    expect(compared).toEqual([null])
  })

  test('does not come back into a group room either, nor by an invitation; others behind the same address do', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { tipo: 'grupal', clave: '' })
    await act(house.ana, code, beto.id, 'veto', { motivo: 'x' })
    expect(await (await house.beto.get('/salas')).text()).not.toContain(code)
    expect(await (await house.carla.get('/salas')).text()).toContain(code)
    expect((await house.beto.post('/salas/unirse', { codigo: code })).status).toBe(422)
    const { enlace } = (await (
      await house.ana.post(`/salas/${code}/invitaciones`, { para: 'todas', vence: '1d' }, { accept: 'application/json' })
    ).json()) as { enlace: string }
    const invitacion = new URL(enlace).searchParams.get('invitacion') ?? ''
    expect((await house.beto.post('/salas/unirse', { codigo: code, invitacion })).status).toBe(422)
    expect((await house.carla.post('/salas/unirse', { codigo: code })).status).toBe(303)
  })
})

describe('who may', () => {
  const verbs: [string, Record<string, string>][] = [
    ['expulsion', { motivo: 'x' }],
    ['veto', { motivo: 'x' }],
    ['silencio', { minutos: '10' }],
    ['voz', {}],
  ]

  test.each(verbs)('%s: a member who keeps no order may not, nor an outsider, nor anybody to the owner', async (verb, fields) => {
    await using house = await openRooms({ people: [{ id: 'dani000000000000', username: 'dani', name: 'Dani Paz', role: 'cliente' }] })
    const dani = house.person('dani000000000000')
    const code = await roomOf(house, [house.beto, dani])
    expect((await act(house.beto, code, 'dani000000000000', verb, fields)).status).toBe(403)
    expect((await act(house.beto, code, ana.id, verb, fields)).status).toBe(403)
    expect((await act(house.ana, code, ana.id, verb, fields)).status).toBe(403)
    expect((await act(house.carla, code, beto.id, verb, fields)).status).toBe(404)
    expect((await act(house.ana, code, carla.id, verb, fields)).status).toBe(404)
    expect((await act(house.stranger, code, beto.id, verb, fields)).status).toBe(401)
    expect((await dani.get(`/salas/${code}`)).status).toBe(200)
  })

  test('an owner who is no administrator keeps order, but not over administrators', async () => {
    await using house = await openRooms()
    const created = await house.beto.post('/salas', { nombre: 'De Beto', clave: password, historial: 'guardada' })
    const code = created.headers.get('location')?.split('/').at(-1) ?? ''
    for (const person of [house.ana, house.carla]) await person.post('/salas/unirse', { codigo: code, clave: password })
    expect((await act(house.beto, code, ana.id, 'expulsion', { motivo: 'x' })).status).toBe(403)
    expect((await act(house.beto, code, carla.id, 'expulsion', { motivo: 'x' })).status).toBe(303)
    expect((await act(house.ana, code, beto.id, 'silencio', { minutos: '10' })).status).toBe(303)
  })

  test('is named rightly to whom it hits: the owner of a room is no administrator', async () => {
    const first = await openRooms()
    const created = await first.beto.post('/salas', { nombre: 'De Beto', clave: password, historial: 'guardada' })
    const code = created.headers.get('location')?.split('/').at(-1) ?? ''
    await first.carla.post('/salas/unirse', { codigo: code, clave: password })
    const line = await sitDown(first.carla, code)
    await act(first.beto, code, carla.id, 'silencio', { minutos: '60' })
    const words = expect.stringMatching(/^Quien cuida la sala silenció esta cuenta hasta las /)
    expect(await line.next(({ t }) => t === 'silencio')).toMatchObject({ texto: words })
    expect(await refusal(line, 'durante')).toMatchObject({ message: words })
    await first.stop()
    await using house = await openRooms({ data: first.data, clock: first.clock })
    const again = await sitDown(house.carla, code)
    expect(await again.next(({ t }) => t === 'silencio')).toMatchObject({ texto: words })
    await act(house.beto, code, carla.id, 'expulsion', { motivo: 'ruido' })
    await again.closed
    expect(again.frames.find(({ t }) => t === 'adios')).toMatchObject({ texto: 'Quien cuida la sala sacó esta cuenta. Motivo: ruido' })
  })

  test('the menu is drawn for those alone who may use it', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto, house.carla])
    const anas = await (await house.ana.get(`/salas/${code}`)).text()
    expect(anas).toContain(`/personas/${beto.id}/expulsion`)
    expect(anas).not.toContain(`/personas/${ana.id}/`)
    expect(await (await house.beto.get(`/salas/${code}`)).text()).not.toContain('/personas/')
  })
})

test('a reason is asked for, is one clean line, and stands in the audit with who and whom', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  expect((await act(house.ana, code, beto.id, 'expulsion', { motivo: ' \u202e ' })).status).toBe(422)
  expect((await act(house.ana, code, beto.id, 'expulsion', { motivo: 'x'.repeat(201) })).status).toBe(422)
  expect(await (await house.ana.get(`/salas/${code}/personas/${beto.id}/expulsion`)).text()).toContain('name="motivo"')
  await act(house.ana, code, beto.id, 'expulsion', { motivo: '<b>ruido</b>' })
  const page = await (await house.ana.get(`/salas/${code}`)).text()
  expect(page).toContain('«&lt;b&gt;ruido&lt;/b&gt;»')
  const [entry] = await house.database.read.selectFrom('audit').selectAll().where('what', '=', 'rooms.removed').execute()
  expect(entry).toMatchObject({ who: ana.id, target_name: 'Taller', result: 'ok' })
  expect(JSON.parse(entry?.detail ?? '{}')).toEqual({ person: beto.id, name: 'Beto Molina', reason: '<b>ruido</b>' })
})
