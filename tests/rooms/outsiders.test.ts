// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { knockSocket } from '../support/door'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { accounts, isTold, messages, openRooms, password, roomOf, sitDown } from './house'

const nowhere = 'ZZZZZZZZ'

/** Every door of a room, and what is sent through it. */
const doors: [string, (person: Person, code: string) => Promise<Response>][] = [
  ['the page', (person, code) => person.get(`/salas/${code}`)],
  ['older messages', (person, code) => person.get(`/salas/${code}?antes=2`)],
  [
    'older messages as a fragment',
    (person, code) => person.get(`/salas/${code}?antes=2`, { 'hx-request': 'true', 'hx-request-type': 'partial' }),
  ],
  ['the page as JSON', (person, code) => person.get(`/salas/${code}`, { accept: 'application/json' })],
  ['a link to a message', (person, code) => person.get(`/salas/${code}?mensaje=2`)],
  ['the address of a message', (person, code) => person.get(`/salas/${code}/mensajes/2`)],
  ['the text of a message', (person, code) => person.get(`/salas/${code}/mensajes/2`, { accept: 'application/json' })],
  ['the page that changes a message', (person, code) => person.get(`/salas/${code}/mensajes/2/editar`)],
  ['changing a message', (person, code) => person.post(`/salas/${code}/mensajes/2`, { texto: 'de fuera' })],
  ['removing a message', (person, code) => person.post(`/salas/${code}/mensajes/2/borrar`, {})],
  ['reacting to a message', (person, code) => person.post(`/salas/${code}/mensajes/2/reaccion`, { emoji: '👍' })],
  ['names to call', (person, code) => person.get(`/salas/${code}/personas?q=a`, { accept: 'application/json' })],
  ['searching it', (person, code) => person.get(`/buscar?q=a&sala=${code}`)],
  ['taking it home', (person, code) => person.get(`/salas/${code}/exportar`)],
  ['saying something', (person, code) => person.post(`/salas/${code}/mensajes`, { texto: 'de fuera', cid: 'x' })],
  ['leaving', (person, code) => person.post(`/salas/${code}/salida`, {})],
  ['closing', (person, code) => person.post(`/salas/${code}/cierre`, {})],
]

describe('Carla, who is no member,', () => {
  test.each(doors)('gets the same 404 for %s as for a room that is not there', async (_, knock) => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const real = await knock(house.carla, code)
    const none = await knock(house.carla, nowhere)
    expect(real.status).toBe(404)
    expect(none.status).toBe(404)
    const same = (text: string) => text.replace(/<span class="mono">\w+<\/span>/g, '').replaceAll(/\/salas\/\w{8}/g, '')
    expect(same(await real.text())).toBe(same(await none.text()))
    expect((await house.beto.get(`/salas/${code}`)).status).toBe(200)
  })

  test('is not let through the socket, whether the room exists or not', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    for (const path of [`/salas/${code}/vivo`, `/salas/${nowhere}/vivo`, '/salas/%00/vivo', `/salas/${'A'.repeat(500)}/vivo`]) {
      const { status } = await knockSocket(house.door.origin, path, { Cookie: house.carla.cookie })
      expect([400, 404]).toContain(status)
    }
  })

  test('learns nothing of it in the lobby or the side bar', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { nombre: 'Secretísima' })
    await house.ana.post(`/salas/${code}/mensajes`, { texto: 'nadie de fuera' })
    const page = await (await house.carla.get('/salas')).text()
    expect(page).not.toMatch(new RegExp(`Secretísima|${code}|nadie de fuera`))
  })

  test('hears nothing of a room she is not in, while she sits in another', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const own = await roomOf(house, [house.carla], { nombre: 'De Carla' })
    const carla = await sitDown(house.carla, own)
    const beto = await sitDown(house.beto, code)
    for (const frame of [
      { t: 'hola', desde: 0, sala: code },
      { t: 'decir', cid: 'x', texto: 'infiltrada', room: code },
      { t: 'decir', cid: 'y', texto: 'falsa', author: accounts.ana.id },
    ]) {
      carla.send(frame)
    }
    await until('three refusals', () => carla.frames.filter((frame) => frame.t === 'no' && frame.error === 'invalid').length === 3)
    await house.ana.post(`/salas/${code}/mensajes`, { texto: 'para Beto' })
    await beto.next((frame) => isTold(frame) && frame.html.includes('para Beto'))
    carla.send({ t: 'decir', cid: 'z', texto: 'aquí' })
    await carla.next((frame) => isTold(frame) && frame.cid === 'z')
    expect(messages(carla)).toHaveLength(1)
    expect(
      messages(beto)
        .map(({ html }) => html)
        .join(),
    ).not.toMatch(/infiltrada|falsa/)
  })

  test('cannot change what others said, by any number', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto, house.carla])
    await house.ana.post(`/salas/${code}/mensajes`, { texto: 'de Ana' })
    const carla = await sitDown(house.carla, code)
    const ids = ['1', '2', '3', '-1', '1e0', ' 3', '03', '3.0', '999', 'NaN', '__proto__', "3' OR 1=1 --"]
    for (const id of ids) carla.send({ t: 'borrar', id })
    await until('a refusal for each', () => carla.frames.filter(({ t }) => t === 'no').length === ids.length)
    expect(await (await house.carla.get(`/salas/${code}`)).text()).toContain('de Ana')
  })
})

describe('a socket', () => {
  test.each([
    ['a foreign origin', { Origin: 'https://evil.example' }, 403],
    ['no origin', { Origin: undefined }, 403],
    ['the origin of a file', { Origin: 'null' }, 403],
    ['another port of this address', { Origin: 'http://localhost:1' }, 403],
    ['a foreign host', { Host: 'evil.example' }, 421],
  ])('from %s is not opened', async (_, headers, expected) => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const { status } = await knockSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie, ...headers })
    expect(status).toBe(expected)
  })

  test('without a session is not opened', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    expect((await knockSocket(house.door.origin, `/salas/${code}/vivo`)).status).toBe(401)
  })

  test('ends with 4401 when its session does', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const beto = await sitDown(house.beto, code)
    const ana = await sitDown(house.ana, code)
    house.signOut(accounts.beto.id)
    expect(await beto.next(({ t }) => t === 'adios')).toEqual({ t: 'adios', motivo: 'sesion' })
    expect((await beto.closed).code).toBe(4401)
    ana.send({ t: 'decir', cid: 'x', texto: 'sin Beto' })
    await ana.next((frame) => isTold(frame) && frame.cid === 'x')
    expect(messages(beto)).toEqual([])
    expect((await knockSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie })).status).toBe(401)
  })

  test('ends with 4401 when the role changes, and follows a new name', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const beto = await sitDown(house.beto, code)
    house.rooms.hub.refreshPerson({ ...accounts.beto, name: 'Alberto Molina' })
    beto.send({ t: 'decir', cid: 'x', texto: 'con otro nombre' })
    expect(((await beto.next((frame) => isTold(frame) && frame.cid === 'x')) as { html: string }).html).toContain('Alberto Molina')
    house.rooms.hub.refreshPerson({ ...accounts.beto, role: 'usuario' })
    expect((await beto.closed).code).toBe(4401)
  })

  test('after removal no frame passes in either direction', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const beto = await sitDown(house.beto, code)
    const ana = await sitDown(house.ana, code)
    await house.beto.post(`/salas/${code}/salida`, {})
    beto.send({ t: 'decir', cid: 'tarde', texto: 'tarde' })
    ana.send({ t: 'decir', cid: 'x', texto: 'ya sin Beto' })
    await ana.next((frame) => isTold(frame) && frame.cid === 'x')
    expect((await beto.closed).code).toBe(4403)
    expect(messages(beto)).toEqual([])
    expect(messages(ana).map(({ cid }) => cid)).toEqual(['x'])
  })

  test('beyond ten of one person is told so and closed; the others stay', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const lines = []
    for (let i = 0; i < 10; i++) lines.push(await sitDown(house.ana, code))
    const eleventh = await house.ana.socket(`/salas/${code}/vivo`)
    expect((await eleventh.closed).code).toBe(4429)
    expect(house.rooms.counts.sockets).toBe(10)
    lines[0]?.close()
    await until('one place less taken', () => house.rooms.counts.sockets === 9)
    await sitDown(house.ana, code)
  })

  test('beyond the limit of its address is refused before it opens', async () => {
    await using house = await openRooms({ limits: { socketsPerAddress: 3 } })
    const code = await roomOf(house, [house.beto])
    for (let i = 0; i < 3; i++) await sitDown(house.ana, code)
    expect((await knockSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie })).status).toBe(429)
  })
})

test('every form of a room refuses a foreign page', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const forms: [string, Record<string, string>][] = [
    ['/salas', { nombre: 'x', clave: password }],
    ['/salas/unirse', { codigo: code, clave: password }],
    [`/salas/${code}/mensajes`, { texto: 'x' }],
    [`/salas/${code}/salida`, {}],
    [`/salas/${code}/cierre`, {}],
  ]
  for (const [path, fields] of forms) {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1']) {
      expect((await house.beto.post(path, fields, { origin })).status).toBe(403)
    }
  }
  expect((await house.beto.get(`/salas/${code}`)).status).toBe(200)
})
