// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { accounts, type Frame, freshCid, isTold, openRooms, password, type RoomLine, roomOf, sitDown } from './house'

const { beto } = accounts
const minute = 60_000
const hour = 60 * minute

const isRoom = (frame: Frame): frame is Extract<Frame, { t: 'sala' }> => frame.t === 'sala'
const settings = (person: Person, code: string, fields: Record<string, string> = {}) =>
  person.post(`/salas/${code}/ajustes`, { nombre: 'Taller', ...fields })

async function say(line: RoomLine, texto: string): Promise<Frame> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto })
  return line.next((frame) => (frame.t === 'ok' || frame.t === 'no') && frame.cid === cid)
}

describe('the settings', () => {
  test('change the name on every open page at once', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const line = await sitDown(house.beto, code)
    expect((await settings(house.ana, code, { nombre: '  Taller <b>nuevo</b> ' })).status).toBe(303)
    const told = (await line.next(isRoom)) as { html: string; pagina?: string }
    expect(told.html).toContain('<h1 hx-ignore>Taller &lt;b&gt;nuevo&lt;/b&gt;</h1>')
    expect(told.pagina).toBeUndefined()
    expect(await (await house.beto.get('/salas')).text()).toContain('Taller &lt;b&gt;nuevo&lt;/b&gt;')
  })

  test('are told to a page that was away while they changed, and to no other', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const stampIn = (html: string) => /data-stamp="(\w+)"/.exec(html)?.[1] ?? ''
    const stampOf = async (person: Person) => stampIn(await (await person.get(`/salas/${code}`)).text())
    const shown = await stampOf(house.beto)
    expect(shown).not.toBe('')
    const back = async (hello: { sello: string; callada?: true }) => {
      const line = await house.beto.socket<Frame>(`/salas/${code}/vivo`)
      line.send({ t: 'hola', ...hello })
      await line.next(({ t }) => t === 'lista')
      line.close()
      return line.frames.filter(({ t }) => t === 'sala' || t === 'silencio')
    }
    expect(await back({ sello: shown })).toEqual([])

    await settings(house.ana, code, { nombre: 'Otro nombre', cerrojo: 'si' })
    const [told, ...rest] = await back({ sello: shown })
    expect(rest).toEqual([])
    const { html } = told as Extract<Frame, { t: 'sala' }>
    expect(html).toContain('Otro nombre')
    const now = stampIn(html)
    expect(now).toBe(await stampOf(house.ana))
    expect(await back({ sello: now })).toEqual([])

    await house.ana.post(`/salas/${code}/entrega`, { persona: beto.id })
    expect(await back({ sello: now })).toMatchObject([{ t: 'sala', html: expect.stringContaining(`data-owner="${beto.id}"`) }])

    // A silence that ended meanwhile; one that lasts is told to whoever comes.
    const silent = { sello: await stampOf(house.beto), callada: true as const }
    expect(await back(silent)).toEqual([{ t: 'silencio', texto: null }])
    await house.ana.post(`/salas/${code}/personas/${beto.id}/silencio`, { minutos: '10' })
    expect(await back(silent)).toMatchObject([{ t: 'silencio', texto: expect.any(String) }])
  })

  test.each([
    ['no name', { nombre: ' ' }],
    ['a name that turns the text around', { nombre: 'sala\u202egpj' }],
    ['a pace nobody offers', { lento: '1' }],
    ['an end nobody offers', { caduca: '9d' }],
  ])('refuse %s and change nothing', async (_, wrong) => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    expect((await settings(house.ana, code, wrong)).status).toBe(422)
    const [row] = await house.database.read.selectFrom('rooms').selectAll().execute()
    expect(row).toMatchObject({ name: 'Taller', slow: 0, ends_at: null, locked: 0 })
  })

  test('are for the owner and administrators: members may not, for outsiders the room is not there', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const forms: [string, Record<string, string>][] = [
      ['ajustes', { nombre: 'Mía' }],
      ['clave', { clave: 'otra clave larga' }],
      ['historia', { historial: 'efimera' }],
      ['codigo', {}],
      ['entrega', { persona: beto.id }],
      ['invitaciones', { para: 'una', vence: '1h' }],
      ['invitaciones/zzzz/revocacion', {}],
      [`vetos/${beto.id}/perdon`, {}],
    ]
    for (const [door, fields] of forms) {
      expect([door, (await house.beto.post(`/salas/${code}/${door}`, fields)).status]).toEqual([door, 403])
      expect([door, (await house.carla.post(`/salas/${code}/${door}`, fields)).status]).toEqual([door, 404])
    }
    expect((await house.beto.get(`/salas/${code}/ajustes`)).status).toBe(403)
    expect((await house.carla.get(`/salas/${code}/ajustes`)).status).toBe(404)
    expect(await (await house.beto.get(`/salas/${code}`)).text()).not.toContain('/ajustes"')
    const [row] = await house.database.read.selectFrom('rooms').selectAll().execute()
    expect(row).toMatchObject({ name: 'Taller', code, kept: 1, owner_id: accounts.ana.id })
  })

  test('come as a page and as a dialog, and stand in the audit', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const page = await (await house.ana.get(`/salas/${code}/ajustes`)).text()
    expect(page).toContain('<!doctype html>')
    const dialog = await house.ana.get(`/salas/${code}/ajustes`, { 'hx-request': 'true', 'hx-request-type': 'partial' })
    expect(await dialog.text()).toStartWith('<div class="dialog__head">')
    await settings(house.ana, code, { cerrojo: 'si', lento: '30' })
    await house.ana.post(`/salas/${code}/clave`, { clave: 'otra clave larga' })
    const whats = await house.database.read.selectFrom('audit').select('what').orderBy('n').execute()
    expect(whats.map(({ what }) => what).slice(-2)).toEqual(['rooms.changed', 'rooms.password-changed'])
  })
})

test('a new password keeps who is in and is asked of who comes', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const line = await sitDown(house.beto, code)
  expect((await house.ana.post(`/salas/${code}/clave`, { clave: 'corta' })).status).toBe(422)
  expect((await house.ana.post(`/salas/${code}/clave`, { clave: 'otra clave larga' })).status).toBe(303)
  expect((await say(line, 'sigo aquí')).t).toBe('ok')
  expect((await house.carla.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(422)
  expect((await house.carla.post('/salas/unirse', { codigo: code, clave: 'otra clave larga' })).status).toBe(303)
})

test('a group room takes a password on, asks newcomers for it, and can go without again', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto], { tipo: 'grupal', clave: '' })
  const line = await sitDown(house.beto, code)
  const page = async () => (await house.ana.get(`/salas/${code}/ajustes`)).text()
  expect((await house.ana.post(`/salas/${code}/clave`, { clave: password })).status).toBe(303)
  expect(await page()).toContain('La contraseña de la sala cambió.')
  expect((await say(line, 'sigo aquí')).t).toBe('ok')
  expect((await house.carla.post('/salas/unirse', { codigo: code, clave: '' })).status).toBe(422)
  expect((await house.ana.post(`/salas/${code}/clave`, { clave: '' })).status).toBe(303)
  expect(await page()).toContain('La sala queda sin contraseña')
  expect((await house.carla.post('/salas/unirse', { codigo: code, clave: '' })).status).toBe(303)
})

test('a locked room takes nobody new, whatever they know, and tells only who knows the password', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const line = await sitDown(house.beto, code)
  await settings(house.ana, code, { cerrojo: 'si' })
  expect(((await line.next(isRoom)) as { html: string }).html).toContain('Puerta cerrada')
  const wrong = await house.carla.post('/salas/unirse', { codigo: code, clave: 'no es esta' })
  expect(wrong.status).toBe(422)
  const right = await house.carla.post('/salas/unirse', { codigo: code, clave: password })
  expect(right.status).toBe(409)
  expect(await right.text()).toContain('La puerta de esta sala está cerrada')
  expect((await say(line, 'adentro')).t).toBe('ok')
  await settings(house.ana, code)
  expect((await house.carla.post('/salas/unirse', { codigo: code, clave: password })).status).toBe(303)
})

test('a slow room makes each person wait, except who looks after it; a second room and another person do not wait', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto, house.carla])
  const other = await roomOf(house, [house.beto], { nombre: 'Otra' })
  await settings(house.ana, code, { lento: '30' })
  const [ana, line, carla, elsewhere] = [
    await sitDown(house.ana, code),
    await sitDown(house.beto, code),
    await sitDown(house.carla, code),
    await sitDown(house.beto, other),
  ]
  expect((await say(line, 'uno')).t).toBe('ok')
  expect(await say(line, 'dos')).toMatchObject({
    t: 'no',
    error: 'throttled',
    espera: 30,
    message: 'Esta sala va despacio. Espera 30 segundos.',
  })
  const form = await house.beto.post(`/salas/${code}/mensajes`, { texto: 'por el formulario' })
  expect(form.status).toBe(429)
  expect((await say(carla, 'yo sí')).t).toBe('ok')
  expect((await say(elsewhere, 'aquí sí')).t).toBe('ok')
  for (const texto of ['a', 'b', 'c']) expect((await say(ana, texto)).t).toBe('ok')
  house.clock.set(Date.UTC(2038, 0, 1))
  expect((await say(line, 'tres')).t).toBe('no')
  await house.clock.advance(30_000)
  expect((await say(line, 'cuatro')).t).toBe('ok')
  // What is sent again is answered, not made to wait.
  await house.clock.advance(30_000)
  const answers = () => line.frames.filter((frame) => frame.t === 'ok' && frame.cid === 'otra-vez')
  for (const times of [1, 2]) {
    line.send({ t: 'decir', cid: 'otra-vez', texto: 'y' })
    await until(`answer ${times}`, () => answers().length === times)
  }
  expect(answers()[0]).toEqual(answers()[1] as Frame)
})

describe('a room that ends', () => {
  test('closes itself when its time has passed, whatever the wall clock says, and open pages go', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const line = await sitDown(house.beto, code)
    await settings(house.ana, code, { caduca: '2h' })
    expect(((await line.next(isRoom)) as { html: string }).html).toContain('Se borra ')
    house.clock.set(Date.UTC(2039, 0, 1))
    await house.clock.advance(hour)
    expect((await say(line, 'queda una hora')).t).toBe('ok')
    await house.clock.advance(hour + minute)
    expect((await line.closed).code).toBe(4404)
    expect((await house.beto.get(`/salas/${code}`)).status).toBe(404)
    expect(await house.database.read.selectFrom('room_items').selectAll().execute()).toEqual([])
    expect((await house.database.read.selectFrom('audit').select('what').execute()).at(-1)?.what).toBe('rooms.expired')
  })

  test('waits while the clock cannot be right', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    await settings(house.ana, code, { caduca: '2h' })
    house.clock.set(Date.UTC(1970, 0, 1))
    await house.clock.advance(3 * hour)
    expect((await house.ana.get(`/salas/${code}`)).status).toBe(200)
    house.clock.set(Date.UTC(2026, 10, 23, 14))
    await house.clock.advance(minute)
    await until('the room to be gone', async () => (await house.ana.get(`/salas/${code}`)).status === 404)
  })

  test('can be told to stay', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    await settings(house.ana, code, { caduca: '2h' })
    await settings(house.ana, code, { caduca: 'keep', lento: '5' })
    const [row] = await house.database.read.selectFrom('rooms').selectAll().execute()
    expect(row?.ends_at).not.toBeNull()
    await settings(house.ana, code, { caduca: 'never' })
    await house.clock.advance(3 * hour)
    expect((await house.ana.get(`/salas/${code}`)).status).toBe(200)
  })
})

describe('the history', () => {
  test('turning ephemeral erases what was kept, and what is said then never touches the disk', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const line = await sitDown(house.beto, code)
    await say(line, 'palabra guardada')
    expect((await house.ana.post(`/salas/${code}/historia`, { historial: 'efimera' })).status).toBe(303)
    expect((await line.next(isRoom)) as object).toMatchObject({ pagina: `/salas/${code}` })
    await line.next((frame) => isTold(frame) && frame.html.includes('La sala pasó a ser efímera. Lo anterior se borró.'))
    expect((await say(line, 'palabra pasajera')).t).toBe('ok')
    expect(await house.database.read.selectFrom('room_items').selectAll().execute()).toEqual([])
    const page = await (await house.beto.get(`/salas/${code}`)).text()
    expect(page).not.toContain('palabra guardada')
    expect(page).toContain('palabra pasajera')
    for (const name of await readdir(house.data)) {
      expect(Buffer.from(await Bun.file(join(house.data, name)).arrayBuffer()).includes('palabra pasajera')).toBe(false)
    }
  })

  test('turning ephemeral stores nothing of what was on its way: the room as it was before keeps nothing any more', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const before = await house.rooms.of(accounts.ana).find(code)
    expect(before.kept).toBe(true)
    await house.ana.post(`/salas/${code}/historia`, { historial: 'efimera' })
    const late = house.rooms.say({ room: before, person: accounts.ana, cid: freshCid(), text: 'en camino' })
    expect(await late.catch((error) => error.code)).toBe('missing')
    expect(await house.database.read.selectFrom('room_items').selectAll().execute()).toEqual([])
  })

  test('turning kept begins from there, and everybody is told', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial: 'efimera' })
    const line = await sitDown(house.beto, code)
    await say(line, 'pasajera')
    await house.ana.post(`/salas/${code}/historia`, { historial: 'guardada', dias: '7' })
    await line.next((frame) => isTold(frame) && frame.html.includes('Ahora los mensajes se guardan 7 días. Lo anterior se borró.'))
    expect((await say(line, 'para guardar')).t).toBe('ok')
    const texts = await house.database.read.selectFrom('room_items').select('text').where('kind', '=', 'said').execute()
    expect(texts.map(({ text }) => text)).toEqual(['para guardar'])
    // A page of the old life learns that it has to load the log anew.
    line.send({ t: 'hola', desde: 3, epoca: 'otra' })
    await line.next(({ t }) => t === 'hueco')
  })

  test('other days are told in the log; the same again is nothing', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    await house.ana.post(`/salas/${code}/historia`, { historial: 'guardada', dias: '90' })
    await house.ana.post(`/salas/${code}/historia`, { historial: 'guardada', dias: '90' })
    expect((await house.ana.post(`/salas/${code}/historia`, { historial: 'guardada', dias: '9999' })).status).toBe(422)
    const page = await (await house.ana.get(`/salas/${code}`)).text()
    expect(page.match(/Ahora los mensajes se guardan 90 días/g)).toHaveLength(1)
    expect(page).not.toContain('Lo anterior se borró')
  })

  test.each([
    ['guardada', 'efimera', 'Al pasar a efímera se borra todo lo guardado'],
    ['efimera', 'guardada', 'Al pasar a guardada se borra lo dicho hasta ahora'],
  ] as const)('of a room that is %s says what becoming %s erases, and asks for that alone', async (historial, other, words) => {
    await using house = await openRooms()
    const code = await roomOf(house, [], { historial })
    const page = await (await house.ana.get(`/salas/${code}/ajustes`)).text()
    expect(page).toContain(`data-confirm-if="historial=${other}"`)
    expect(page).toContain(`<p class="card__text">${words}.</p>`)
    expect(page).toMatch(new RegExp(`data-confirm="[^"]*Taller[^"]*" data-confirm-text="${words}.`))
  })
})

test('a new code takes the open pages along; the old one leads nowhere', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const line = await sitDown(house.beto, code)
  const answer = await house.ana.post(`/salas/${code}/codigo`, {})
  const fresh = answer.headers.get('location')?.split('/')[2] ?? ''
  expect(fresh).toMatch(/^[2-9A-HJ-NP-Z]{8}$/)
  expect((await line.next(isRoom)) as object).toMatchObject({ pagina: `/salas/${fresh}` })
  expect((await say(line, 'sin perder nada')).t).toBe('ok')
  expect((await house.beto.get(`/salas/${code}`)).status).toBe(404)
  expect(await (await house.beto.get(`/salas/${fresh}`)).text()).toContain('sin perder nada')
})

test('a room is handed over to a member and to nobody else', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  expect((await house.ana.post(`/salas/${code}/entrega`, { persona: accounts.carla.id })).status).toBe(404)
  expect((await house.ana.post(`/salas/${code}/entrega`, { persona: beto.id })).status).toBe(303)
  expect((await house.beto.get(`/salas/${code}/ajustes`)).status).toBe(200)
  expect((await house.beto.post(`/salas/${code}/cierre`, {})).status).toBe(303)
})

test('a room is handed over to nobody who has as many as one may, also when two come at once', async () => {
  await using house = await openRooms({ limits: { roomsPerPerson: 2 } })
  const codes = [await roomOf(house), await roomOf(house, [house.beto], { nombre: 'Almacén' })]
  await house.beto.post('/salas', { nombre: 'Suya', clave: password, tipo: 'privada', historial: 'guardada' })
  const handed = await Promise.all(codes.map((code) => house.ana.post(`/salas/${code}/entrega`, { persona: beto.id })))
  expect(handed.map(({ status }) => status).sort()).toEqual([303, 409])
  expect(await handed.find(({ status }) => status === 409)?.text()).toContain('ya tiene 2 salas')
  const told = await house.database.read.selectFrom('audit').select('what').where('what', '=', 'rooms.handed-over').execute()
  expect(told).toHaveLength(1)
})

test('a room is handed over to nobody whose account is paused: nobody could look after it', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  house.pause(beto.id)
  const refused = await house.ana.post(`/salas/${code}/entrega`, { persona: beto.id })
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('en pausa')])
  const [row] = await house.database.read.selectFrom('rooms').select('owner_id').execute()
  expect(row?.owner_id).toBe(accounts.ana.id)
})

describe('a password that is still being hashed while the room changes otherwise', () => {
  const keepOf = (html: string) => /id="room-title"[^>]*data-keep="(\w+)"/.exec(html)?.[1]

  test.each([
    { from: 'efimera', to: 'guardada', keep: 'yes' },
    { from: 'guardada', to: 'efimera', keep: 'no' },
  ])('does not turn it back on open pages: from $from to $to', async ({ from, to, keep }) => {
    const [begun, hashed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let waits = false
    const hashing = () => {
      if (!waits) return Promise.resolve()
      begun.resolve()
      return hashed.promise
    }
    await using house = await openRooms({ hashing })
    const code = await roomOf(house, [house.beto], { historial: from })
    const line = await sitDown(house.beto, code)
    waits = true
    const password = house.ana.post(`/salas/${code}/clave`, { clave: 'otra clave larga' })
    await begun.promise
    expect((await house.ana.post(`/salas/${code}/historia`, { historial: to })).status).toBe(303)
    hashed.resolve()
    expect((await password).status).toBe(303)

    expect(await say(line, 'no me pierdas')).toMatchObject({ t: 'ok' })
    const page = await (await house.ana.get(`/salas/${code}`)).text()
    expect(page).toContain('<p>no me pierdas')
    expect(keepOf(page)).toBe(keep)
    const rows = await house.database.read.selectFrom('room_items').select('n').where('kind', '=', 'said').execute()
    expect(rows.length).toBe(to === 'guardada' ? 1 : 0)
    expect(line.frames.filter(isRoom).map(({ html }) => keepOf(html))).toEqual([keep, keep])
    expect(await say(await sitDown(house.beto, code), 'desde otra página')).toMatchObject({ t: 'ok' })
  })
})
