// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { until } from '../support/until'
import { accounts, openRooms, password, roomOf, sitDown } from './house'

const form = { nombre: 'Obra', clave: password, tipo: 'privada', historial: 'guardada' }

describe('creating a room', () => {
  test('gives it a code of eight signs and makes its creator a member', async () => {
    await using house = await openRooms()
    const answer = await house.ana.post('/salas', form)
    expect(answer.status).toBe(303)
    const code = answer.headers.get('location')?.split('/').at(-1) ?? ''
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/)
    const page = await (await house.ana.get(`/salas/${code}`)).text()
    expect(page).toContain(`Sala creada. Este es su código: ${code.slice(0, 4)}-${code.slice(4)}.`)
    expect(await (await house.ana.get(`/salas/${code.toLowerCase()}`)).text()).toContain('<h1 hx-ignore>Obra</h1>')
  })

  test('takes a chosen code, in any case and with dashes, and refuses it the second time', async () => {
    await using house = await openRooms()
    expect((await house.ana.post('/salas', { ...form, codigo: 'obra-2026' })).headers.get('location')).toBe('/salas/OBRA2026')
    const again = await house.beto.post('/salas', { ...form, codigo: 'OBRA2026' })
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('Ese código no está libre')
  })

  test.each([
    ['no name', { nombre: '  ' }, 'Escribe un nombre'],
    ['a name that turns the text around', { nombre: 'sala\u202egpj' }, 'no se puede usar'],
    ['a name of 61 signs', { nombre: 'n'.repeat(61) }, 'no se puede usar'],
    ['a tower of marks', { nombre: `a${'\u0301'.repeat(60)}` }, 'no se puede usar'],
    ['a short password', { clave: '1234567' }, 'al menos 8 caracteres'],
    ['no password in a private room', { clave: '' }, 'al menos 8 caracteres'],
    ['a code with signs', { codigo: 'a;b' }, 'de 4 a 16 letras'],
    ['a code that is an address', { codigo: 'nueva' }, 'de 4 a 16 letras'],
    ['too many days', { dias: '9999' }, 'entre 1 y 365'],
    ['no number of days', { dias: '-1' }, 'entre 1 y 365'],
    ['another kind', { tipo: 'publica' }, 'Hay algo por corregir|Revisa los campos'],
  ])('refuses %s with a sentence and keeps what was typed', async (_, wrong, sentence) => {
    await using house = await openRooms()
    const answer = await house.ana.post('/salas', { ...form, nombre: 'Con nombre', ...wrong })
    expect(answer.status).toBe(422)
    const page = await answer.text()
    expect(page).toMatch(new RegExp(sentence))
    expect(page).not.toContain(password)
    expect(await house.database.read.selectFrom('rooms').selectAll().execute()).toEqual([])
  })

  test('takes a group room without password, and its name once', async () => {
    await using house = await openRooms()
    expect((await house.ana.post('/salas', { ...form, clave: '', tipo: 'grupal' })).status).toBe(303)
    const again = await house.beto.post('/salas', { ...form, nombre: 'ＯＢＲＡ', tipo: 'grupal' })
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('Ese nombre ya lo usa otra sala')
    expect((await house.beto.post('/salas', form)).status).toBe(303)
  })

  test('ends at the limit of rooms per person', async () => {
    await using house = await openRooms({ limits: { roomsPerPerson: 2 } })
    for (let i = 0; i < 2; i++) expect((await house.ana.post('/salas', form)).status).toBe(303)
    const third = await house.ana.post('/salas', form)
    expect(third.status).toBe(409)
    expect(await third.text()).toContain('ya tiene 2 salas')
  })

  test('ends there also for many rooms at once', async () => {
    await using house = await openRooms({ limits: { roomsPerPerson: 2 } })
    const made = await Promise.all(Array.from({ length: 6 }, () => house.ana.post('/salas', form)))
    expect(made.map(({ status }) => status).sort()).toEqual([303, 303, 409, 409, 409, 409])
  })

  test('refuses fields it does not know', async () => {
    await using house = await openRooms()
    expect((await house.ana.post('/salas', { ...form, ownerId: 'carla' })).status).toBe(422)
  })
})

describe('joining', () => {
  test('a private room takes the password once; a member stays one', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    expect((await house.beto.post('/salas/unirse', { codigo: code.toLowerCase(), clave: password })).status).toBe(303)
    expect((await house.beto.get(`/salas/${code}`)).status).toBe(200)
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: 'ya no importa' })).status).toBe(303)
  })

  test('an unknown code and a wrong password get the same answer, byte by byte', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const wrong = await house.beto.post('/salas/unirse', { codigo: code, clave: 'no es esta' })
    const unknown = await house.beto.post('/salas/unirse', { codigo: 'ZZZZZZZZ', clave: 'no es esta' })
    const same = (text: string) => text.replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'CODE')
    expect(wrong.status).toBe(422)
    expect(unknown.status).toBe(422)
    expect(same(await wrong.text())).toBe(same(await unknown.text()))
    const names = (answer: Response) => [...answer.headers.keys()].filter((name) => name !== 'x-request-id').sort()
    expect(names(wrong)).toEqual(names(unknown))
  })

  test('and both cost the same computation', async () => {
    const compared: (string | null)[] = []
    await using house = await openRooms({ onCompare: (stored) => void compared.push(stored) })
    const code = await roomOf(house, [])
    compared.length = 0
    await house.beto.post('/salas/unirse', { codigo: code, clave: 'no es esta' })
    await house.beto.post('/salas/unirse', { codigo: 'ZZZZZZZZ', clave: 'no es esta' })
    expect(compared).toEqual([expect.stringContaining('hash of'), null])
  })

  test('a thousand guesses over ten rooms are stopped after ten per person and minute', async () => {
    const compared: (string | null)[] = []
    await using house = await openRooms({ onCompare: (stored) => void compared.push(stored) })
    const codes: string[] = []
    for (let i = 0; i < 10; i++) codes.push(await roomOf(house, [], { nombre: `Sala ${i}` }))
    const code = codes[0] ?? ''
    compared.length = 0
    const answers: Response[] = []
    for (let i = 0; i < 1_000; i++) {
      answers.push(await house.beto.post('/salas/unirse', { codigo: i % 2 ? (codes[i % 10] ?? '') : 'ZZZZZZZZ', clave: `intento ${i}` }))
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(422), ...Array(990).fill(429)])
    expect(compared).toHaveLength(10)
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    // The right password is refused as well while the guessing lasts: nothing tells it apart.
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(429)
    expect((await house.carla.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
    await house.clock.advance(60_000)
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
  })

  test('many accounts at one address share a limit, and a class that knows the password does not feel it', async () => {
    const people = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, username: `p${i}`, name: `P${i}`, role: 'usuario' as const }))
    await using house = await openRooms({ people, limits: { roomTriesPerAddress: 20 } })
    const code = await roomOf(house, [])
    const joined = await Promise.all(
      people.slice(0, 30).map(({ id }) => house.person(id).post('/salas/unirse', { codigo: code, clave: password })),
    )
    expect(joined.filter(({ status }) => status === 303).length).toBeGreaterThanOrEqual(20)
    const guesses: number[] = []
    for (const { id } of people) guesses.push((await house.person(id).post('/salas/unirse', { codigo: 'ZZZZZZZZ', clave: 'no' })).status)
    expect(guesses.filter((status) => status === 422).length).toBeLessThanOrEqual(20)
  })

  test('a group room without password opens with one click, whatever is typed', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [], { tipo: 'grupal', clave: '' })
    const lobby = await (await house.beto.get('/salas')).text()
    expect(lobby).toContain(`name="codigo" value="${code}"`)
    expect(lobby).toContain('Abiertas a cualquiera con cuenta.')
    expect((await house.beto.post('/salas/unirse', { codigo: code })).status).toBe(303)
    expect((await house.carla.post('/salas/unirse', { codigo: code, clave: 'lo que sea' })).status).toBe(303)
  })

  test('a group room with a password is listed and asks for it', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [], { tipo: 'grupal' })
    const lobby = await (await house.beto.get('/salas')).text()
    expect(lobby).not.toContain(`name="codigo" value="${code}"`)
    expect(lobby).toContain(`href="/unirse/${code}"`)
    expect(lobby).toContain('Con contraseña')
    expect(await (await house.beto.get(`/unirse/${code}`)).text()).toContain('name="clave"')
    for (const clave of [undefined, '', 'no es esta']) {
      const answer = await house.beto.post('/salas/unirse', { codigo: code, ...(clave === undefined ? {} : { clave }) })
      expect(answer.status).toBe(422)
    }
    expect((await house.beto.get(`/salas/${code}`)).status).toBe(404)
    expect((await house.beto.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
  })

  test('ends when the room is full', async () => {
    await using house = await openRooms({ limits: { membersPerRoom: 2 } })
    const code = await roomOf(house, [house.beto])
    const late = await house.carla.post('/salas/unirse', { codigo: code, clave: password })
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('caben 2 personas')
  })

  test('the page of a QR carries the code, also for a stranger', async () => {
    await using house = await openRooms()
    const page = await house.stranger.get('/salas/unirse?codigo=r3vn8twb')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('value="R3VN-8TWB"')
    expect((await house.stranger.get('/salas/unirse?codigo=%22%3E%3Cscript%3E')).status).toBe(200)
  })
})

test('leaving ends the membership and the sockets, and others are told', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  const beto = await sitDown(house.beto, code)
  expect((await house.beto.post(`/salas/${code}/salida`, {})).headers.get('location')).toBe('/salas')
  expect((await beto.closed).code).toBe(4403)
  await until('the notice', () => ana.frames.some((frame) => frame.t === 'cambio' && frame.html.includes('dejó la sala')))
  expect((await house.beto.get(`/salas/${code}`)).status).toBe(404)
})

test('joining, leaving, creating and closing stand in the audit log, without codes, passwords or words', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  await house.carla.post('/salas/unirse', { codigo: code, clave: 'no es esta' })
  await house.beto.post(`/salas/${code}/mensajes`, { texto: 'palabras' })
  await house.beto.post(`/salas/${code}/salida`, {})
  await house.ana.post(`/salas/${code}/cierre`, {})
  const entries = await house.database.read.selectFrom('audit').selectAll().orderBy('n').execute()
  expect(entries.map(({ what, who_name, result }) => [what, who_name, result])).toEqual([
    ['rooms.created', 'Ana Torres', 'ok'],
    ['rooms.joined', 'Beto Molina', 'ok'],
    ['rooms.joined', 'Carla Ríos', 'refused'],
    ['rooms.left', 'Beto Molina', 'ok'],
    ['rooms.closed', 'Ana Torres', 'ok'],
  ])
  expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${code}|${password}|palabras|no es esta`))
})

test('only its owner and administrators close a room', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  expect((await house.beto.post(`/salas/${code}/cierre`, {})).status).toBe(404)
  expect((await house.beto.get(`/salas/${code}`)).status).toBe(200)
})

test('unread messages are counted, and what was seen is written down once a minute', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  for (let i = 0; i < 3; i++) await house.ana.post(`/salas/${code}/mensajes`, { texto: `m${i}`, cid: `c${i}` })
  expect(await (await house.beto.get('/salas')).text()).toContain('<span class="unread">3<span')
  expect(await (await house.ana.get('/salas')).text()).not.toContain('<span class="unread">3<span')
  const beto = await sitDown(house.beto, code)
  beto.send({ t: 'visto', n: 1_000_000 })
  await until('nothing unread', async () => !(await (await house.beto.get('/salas')).text()).includes('<span class="unread">3<span'))
  const stored = async () =>
    (await house.database.read.selectFrom('room_members').select(['person_id', 'seen']).execute()).find(({ person_id }) =>
      person_id.startsWith('beto'),
    )
  expect((await stored())?.seen).toBe(1)
  await house.clock.advance(60_000)
  // Never beyond what the room has said.
  await until('the mark on the disk', async () => (await stored())?.seen === 4)
})

test('beyond 99 nobody counts: list, side bar, total and title say so alike', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto])
  const room = await house.rooms.of(accounts.ana).find(code)
  for (let i = 0; i < 120; i++) await house.rooms.say({ room, person: accounts.ana, cid: `c${i}`, text: i === 0 ? '@beto' : `m${i}` })
  const other = await roomOf(house, [house.beto], { nombre: 'Otra' })
  await house.ana.post(`/salas/${other}/mensajes`, { texto: 'hola' })
  const page = await (await house.beto.get('/salas')).text()
  expect(page).toMatch(/<title>\(99\+\) /)
  expect(page).toMatch(/data-unread-total><span data-unread-count="101">99\+<\/span>/)
  const row = /<li class="room-row"[^>]*>.*?Taller.*?<\/li>/s.exec(page)?.[0]
  expect(row).toContain('<span class="unread">99+<span')
  const side = await (await house.beto.get('/salas/lateral')).text()
  expect(side).toMatch(/data-unread="100" data-mentions="1".*?<span class="unread">@ 99\+<span/s)
  expect(side).toMatch(/data-unread="1".*?<span class="unread">1<span/s)
})
