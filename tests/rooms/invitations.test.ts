// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Person } from '../support/people'
import { openRooms, password, type RoomsHouse, roomOf, sitDown } from './house'

const hour = 3_600_000

async function invite(house: RoomsHouse, code: string, para: 'una' | 'todas', vence = '1d'): Promise<{ path: string; token: string }> {
  const answer = await house.ana.post(`/salas/${code}/invitaciones`, { para, vence }, { accept: 'application/json' })
  expect(answer.status).toBe(201)
  const { pathname, search, searchParams } = new URL(((await answer.json()) as { enlace: string }).enlace)
  return { path: pathname + search, token: searchParams.get('invitacion') ?? '' }
}

const use = (person: Person, codigo: string, invitacion: string) => person.post('/salas/unirse', { codigo, invitacion })

test('of invitations living at once there are only so many, however fast they are made', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [])
  const make = () => house.ana.post(`/salas/${code}/invitaciones`, { para: 'una', vence: '1h' }, { accept: 'application/json' })
  const made = await Promise.all(Array.from({ length: 53 }, make))
  expect(made.filter(({ status }) => status === 201).length).toBe(50)
})

describe('the link of a room', () => {
  test('asks for the password alone, and lets in with it', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const page = await (await house.beto.get(`/unirse/${code}`)).text()
    expect(page).toContain(`name="codigo" value="${code}"`)
    expect(page).not.toMatch(/type="text" |Taller/)
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password, enlace: 'si' })).status).toBe(303)
    expect((await house.beto.get(`/unirse/${code}`)).headers.get('location')).toBe(`/salas/${code}`)
  })

  test('leads a stranger to the door and back, with the invitation', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { path } = await invite(house, code, 'una')
    const answer = await house.stranger.get(path)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/entrar?volver=${encodeURIComponent(path)}`)
  })

  test('looks the same for a room that is there and one that is not; so does a wrong password', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const shown = (one: string) => `${one.slice(0, 4)}-${one.slice(4)}`
    const same = (text: string, one: string) => text.replaceAll(one, 'CODE').replaceAll(shown(one), 'CODE')
    for (const knock of [
      (one: string) => house.beto.get(`/unirse/${one}`),
      (one: string) => house.beto.post('/salas/unirse', { codigo: one, clave: 'no es esta', enlace: 'si' }),
    ]) {
      const [real, none] = [await knock(code), await knock('ZZZZZZZZ')]
      expect(real.status).toBe(none.status)
      expect(same(await real.text(), code)).toBe(same(await none.text(), 'ZZZZZZZZ'))
    }
  })

  test('is what the QR of the room and the poster hold; the poster is for members', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const address = `${house.door.origin}/unirse/${code}`
    expect(await (await house.ana.get(`/salas/${code}`)).text()).toContain(`value="${address}"`)
    const poster = await (await house.ana.get(`/salas/${code}/cartel`)).text()
    expect(poster).toContain(address)
    expect(poster).toMatch(/<svg viewBox="0 0 \d+ \d+" role="img" aria-label="Código QR para entrar a Taller"/)
    expect(poster.match(/<li>/g)).toHaveLength(3)
    expect(poster).toContain(`${code.slice(0, 4)}-${code.slice(4)}`)
    expect((await house.carla.get(`/salas/${code}/cartel`)).status).toBe(404)
  })
})

describe('an invitation', () => {
  test('opens the room without password, once; the second person gets the answer of a wrong code', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const ana = await sitDown(house.ana, code)
    const { path, token } = await invite(house, code, 'una')
    expect(token).toMatch(/^[\w-]{22}$/)
    // Looking is not using: scanners and previews open links too.
    for (let i = 0; i < 3; i++) expect((await house.beto.get(path)).status).toBe(200)
    expect((await use(house.beto, code, token)).status).toBe(303)
    await ana.next((frame) => frame.t === 'cambio' && frame.html.includes('data-kind="added"'))
    const used = await use(house.carla, code, token)
    const unknown = await use(house.carla, 'ZZZZZZZZ', token)
    const same = (text: string) => text.replaceAll(/[0-9A-Z]{4}-?[0-9A-Z]{4}/g, 'CODE')
    expect([used.status, unknown.status]).toEqual([422, 422])
    const page = await used.text()
    expect(same(page)).toBe(same(await unknown.text()))
    // Neither code nor password was asked for, and the link opens nothing any more.
    expect(page).toContain('Esta invitación no abre ninguna sala')
    expect(page).not.toMatch(/no coinciden|sin contraseña/)
  })

  test('for one lets in one of two who come at once', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { token } = await invite(house, code, 'una')
    const answers = await Promise.all([house.beto, house.carla].map((person) => use(person, code, token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422])
  })

  test('for everybody lets everybody in until it is over, as time really passes', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { token } = await invite(house, code, 'todas', '1h')
    expect((await use(house.beto, code, token)).status).toBe(303)
    house.clock.set(Date.UTC(2038, 0, 1))
    await house.clock.advance(hour - 1_000)
    expect(await (await house.ana.get(`/salas/${code}/ajustes`)).text()).toContain('1 persona entró')
    await house.clock.advance(2_000)
    expect((await use(house.carla, code, token)).status).toBe(422)
    expect(await (await house.ana.get(`/salas/${code}/ajustes`)).text()).not.toContain('/revocacion')
  })

  test('ends when it is revoked', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { token } = await invite(house, code, 'todas')
    const page = await (await house.ana.get(`/salas/${code}/ajustes`)).text()
    const revoke = /action="(\/salas\/\w+\/invitaciones\/\w+\/revocacion)"/.exec(page)?.[1] ?? ''
    expect((await house.ana.post(revoke, {})).status).toBe(303)
    expect((await house.ana.post(revoke, {})).status).toBe(404)
    expect((await use(house.beto, code, token)).status).toBe(422)
  })

  test('opens its own room and no other', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const other = await roomOf(house, [], { nombre: 'Otra' })
    const { token } = await invite(house, code, 'todas')
    expect((await use(house.beto, other, token)).status).toBe(422)
    expect((await house.beto.get(`/salas/${other}`)).status).toBe(404)
  })

  test('outlives the code it was sent with; a made-up one with an old code opens nothing', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { path, token } = await invite(house, code, 'una')
    const fresh = (await house.ana.post(`/salas/${code}/codigo`, {})).headers.get('location')?.split('/')[2] ?? ''
    expect(fresh).not.toBe(code)
    const page = await (await house.beto.get(path)).text()
    expect(page).toContain(`name="invitacion" value="${token}"`)
    expect(page).not.toContain(fresh)
    expect((await use(house.carla, code, 'x'.repeat(22))).status).toBe(422)
    expect((await use(house.beto, code, token)).headers.get('location')).toBe(`/salas/${fresh}`)
    // Whoever is in is led there, though the link for one is used.
    expect((await house.beto.get(path)).headers.get('location')).toBe(`/salas/${fresh}`)
    expect((await use(house.carla, code, token)).status).toBe(422)
    expect((await house.carla.get(path)).status).toBe(200)
  })

  test('that opens nothing leaves the password to come in with', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const page = await (await use(house.beto, code, 'x'.repeat(22))).text()
    expect(page).toContain('name="clave"')
    expect(page).toContain('name="enlace" value="si"')
    expect(page).not.toContain('name="invitacion"')
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password, enlace: 'si' })).status).toBe(303)
  })

  test('stops at a locked door', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { token } = await invite(house, code, 'una')
    await house.ana.post(`/salas/${code}/ajustes`, { nombre: 'Taller', cerrojo: 'si' })
    expect((await use(house.beto, code, token)).status).toBe(409)
    await house.ana.post(`/salas/${code}/ajustes`, { nombre: 'Taller' })
    expect((await use(house.beto, code, token)).status).toBe(303)
  })

  test('cannot be guessed: tries are counted like those of a password', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const statuses: number[] = []
    for (let i = 0; i < 15; i++) statuses.push((await use(house.beto, code, 'x'.repeat(22))).status)
    expect(statuses).toEqual([...Array(10).fill(422), ...Array(5).fill(429)])
  })

  test('is readable once: no file and no journal has it, only its hash is kept', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const { token, path } = await invite(house, code, 'todas')
    await house.beto.get(path)
    await use(house.beto, code, token)
    expect(house.journalText()).not.toContain(token)
    for (const name of await readdir(house.data)) {
      expect(Buffer.from(await Bun.file(join(house.data, name)).arrayBuffer()).includes(token)).toBe(false)
    }
    expect(await (await house.ana.get(`/salas/${code}/ajustes`)).text()).not.toContain(token)
  })
})
