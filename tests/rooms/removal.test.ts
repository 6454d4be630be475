// SPDX-License-Identifier: GPL-3.0-or-later
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManualClock } from '../../src/core'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { accounts, type Frame, freshCid, isTold, openRooms, type RoomLine, type RoomsHouse, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

const secret = 'contraseñadelacajafuerte'

/** Everything of a room that can be asked for. */
async function everything(person: Person, code: string, id: string): Promise<string> {
  const partial = { 'hx-request': 'true', 'hx-request-type': 'partial', accept: 'text/html' }
  const answers = await Promise.all([
    person.get(`/salas/${code}`),
    person.get(`/salas/${code}`, partial),
    person.get(`/salas/${code}?mensaje=${id}`),
    person.get(`/salas/${code}?despues=0`, partial),
    person.get(`/salas/${code}/mensajes/${id}`, { accept: 'application/json' }),
    person.get(`/salas/${code}/mensajes/${id}/editar`),
    person.get('/salas'),
    person.get(`/buscar?q=${secret.slice(0, 8)}`),
    person.get(`/buscar?q=${secret}&sala=${code}`, { accept: 'application/json' }),
    person.get(`/salas/${code}/exportar`),
    person.get(`/salas/${code}/exportar?formato=json`),
  ])
  const line = await sitDown(person, code, { desde: 0 })
  return `${(await Promise.all(answers.map((answer) => answer.text()))).join()}${JSON.stringify(line.frames)}`.replaceAll(
    `value="${secret}`,
    '',
  )
}

async function onDisk(house: RoomsHouse): Promise<string> {
  const files = (await readdir(house.data)).filter((name) => name.startsWith('pichat.db'))
  const parts = await Promise.all(files.map((name) => Bun.file(join(house.data, name)).bytes()))
  return parts.map((bytes) => Buffer.from(bytes).toString('latin1')).join()
}

describe.each(['guardada', 'efimera'] as const)('a message that was removed in a room that is %s', (historial) => {
  test('leaves a tombstone that says by whom, and its words are nowhere', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto, house.carla], { historial })
    const carla = await sitDown(house.carla, code)
    const beto = await sitDown(house.beto, code)
    const id = await say(carla, `la ${secret} es 1234`)
    const answer = await say(beto, 'gracias', { respuestaA: id })
    beto.send({ t: 'reaccion', id, emoji: '👀' })
    await carla.next((frame) => isTold(frame) && frame.html.includes('👀'))
    if (historial === 'guardada') expect(await everything(house.ana, code, id)).toContain(secret)
    carla.send({ t: 'borrar', id })
    await beto.next((frame) => isTold(frame) && frame.id === id && frame.html.includes('Carla Ríos eliminó este mensaje.'))
    await beto.next((frame) => isTold(frame) && frame.id === answer && frame.html.includes('eliminó este mensaje'))
    expect(stateOf(beto, id)).not.toMatch(/👀|caja/)
    expect((await everything(house.ana, code, id)).replaceAll(/q=[^&"]*/g, '')).not.toMatch(/cajafuerte|👀/)
  })

  test('may be anybody’s for an administrator and the owner, and for nobody else', async () => {
    await using house = await openRooms()
    const created = await house.beto.post('/salas', { nombre: 'De Beto', tipo: 'grupal', historial, clave: 'ocho letras' })
    const code = created.headers.get('location')?.split('/').at(-1) ?? ''
    for (const one of [house.ana, house.carla]) await one.post('/salas/unirse', { codigo: code, clave: 'ocho letras' })
    const [ana, beto, carla] = [await sitDown(house.ana, code), await sitDown(house.beto, code), await sitDown(house.carla, code)]
    const ofAna = await say(ana, 'de ana')
    const ofCarla = [await say(carla, 'uno'), await say(carla, 'dos')] as const
    carla.send({ t: 'borrar', id: ofAna })
    expect(await carla.next((frame) => frame.t === 'no')).toMatchObject({ error: 'missing', id: ofAna })
    beto.send({ t: 'borrar', id: ofCarla[0] })
    await carla.next((frame) => isTold(frame) && frame.id === ofCarla[0] && frame.html.includes('Beto Molina eliminó este mensaje.'))
    ana.send({ t: 'borrar', id: ofCarla[1] })
    await carla.next((frame) => isTold(frame) && frame.id === ofCarla[1] && frame.html.includes('Un administrador eliminó este mensaje.'))
    beto.send({ t: 'editar', id: ofAna, texto: 'por otro' })
    expect(await beto.next((frame) => frame.t === 'no')).toMatchObject({ error: 'missing', id: ofAna })
    for (const [person, may] of [
      [house.ana, 'delete'],
      [house.beto, 'delete'],
      [house.carla, ''],
    ] as const) {
      expect(/data-may="([^"]*)"/.exec(await (await person.get(`/salas/${code}`)).text())?.[1]?.includes('delete')).toBe(may !== '')
    }
    const audit = await house.database.read.selectFrom('audit').selectAll().where('what', '=', 'rooms.message-removed').execute()
    expect(audit.map(({ who }) => who)).toEqual([accounts.beto.id, accounts.ana.id])
    expect(JSON.stringify(audit)).not.toMatch(/uno|dos/)
  })

  test('can be edited and removed without script', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.carla], { historial })
    const carla = await sitDown(house.carla, code)
    const id = await say(carla, 'con herror')
    const page = `/salas/${code}/mensajes/${id}`
    expect((await (await house.carla.get(`/salas/${code}`)).text()).includes(`${page}/editar`)).toBe(true)
    expect(await (await house.carla.get(`${page}/editar`)).text()).toContain('con herror</textarea>')
    expect((await house.carla.post(page, { texto: 'sin error' })).status).toBe(303)
    await carla.next((frame) => isTold(frame) && frame.html.includes('sin error'))
    expect((await house.carla.post(page, { texto: ' ' })).status).toBe(422)
    expect((await house.ana.post(page, { texto: 'de otra' })).status).toBe(404)
    expect((await house.carla.post(`${page}/borrar`, {})).status).toBe(303)
    await carla.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    expect((await house.carla.get(`${page}/editar`)).status).toBe(404)
  })

  test('removed meanwhile, changes no more, and says that it is gone', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.carla], { historial })
    const carla = await sitDown(house.carla, code)
    const id = await say(carla, 'a medio cambiar')
    carla.send({ t: 'borrar', id })
    await carla.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    for (const frame of [
      { t: 'editar', id, texto: 'tarde' },
      { t: 'reaccion', id, emoji: '👍' },
      { t: 'borrar', id },
    ] as const) {
      const before = carla.frames.length
      carla.send(frame)
      await until('the refusal', () => carla.frames.slice(before).some(({ t }) => t === 'no'))
      expect(carla.frames.at(-1)).toMatchObject({ error: 'missing', message: 'Ese mensaje ya no existe.' })
    }
    const late = await house.carla.post(`/salas/${code}/mensajes/${id}`, { texto: 'tarde' })
    expect(late.status).toBe(404)
    expect(await late.text()).toContain('Ese mensaje ya no existe.')
  })
})

test('removed and changed words are not in the file of the database either, nor in its index', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  const ids = [await say(ana, `la ${secret} aquí`), await say(ana, `y ${secret} otra vez`)] as const
  await say(ana, 'lo demás se queda')
  await house.rooms.fillIndex()
  ana.send({ t: 'borrar', id: ids[0] })
  ana.send({ t: 'editar', id: ids[1], texto: 'nada' })
  await ana.next((frame) => isTold(frame) && frame.html.includes('<p>nada'))
  await house.stop()
  const disk = await onDisk(house)
  expect(disk).toContain('lo demás se queda'.slice(8, 11))
  expect(disk).not.toContain(Buffer.from(secret).toString('latin1'))
  const database = new Database(join(house.data, 'pichat.db'))
  database.run("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'room_words', 'row')")
  const terms = database
    .query<{ term: string }, []>('SELECT term FROM terms')
    .all()
    .map(({ term }) => term)
  database.close()
  expect(terms).toContain('demas')
  expect(terms.filter((term) => term.startsWith('contra'))).toEqual([])
})

test.each([
  [
    'removed',
    async (house: RoomsHouse, line: RoomLine, id: string) => {
      line.send({ t: 'borrar', id })
      await line.next((frame) => isTold(frame) && frame.id === id && frame.html.includes('eliminó este mensaje'))
      return house
    },
  ],
  [
    'swept',
    async (house: RoomsHouse) => {
      ;(house.clock as ManualClock).pass(31 * 86_400_000)
      expect(await house.rooms.sweep()).toBeGreaterThan(0)
      return house
    },
  ],
] as const)('a long text that was %s leaves no piece in any page of the file', async (_, away) => {
  await using house = await openRooms()
  const code = await roomOf(house, [])
  const ana = await sitDown(house.ana, code)
  const pieces = Array.from({ length: 90 }, (_, i) => `pieza${i}de${secret}`)
  const id = await say(ana, pieces.join(' '))
  await away(house, ana, id)
  await house.stop()
  const left = await onDisk(house)
  expect(pieces.filter((piece) => left.includes(Buffer.from(piece).toString('latin1')))).toEqual([])
})

describe('a removal that crosses something else on its way', () => {
  const words = (frames: readonly Frame[]) => frames.filter((frame) => isTold(frame) && frame.html.includes('SECRETO'))

  test.each(['guardada', 'efimera'])(
    'an answer to it is refused, or loses its quote: nothing tells the words after it (%s)',
    async (historial) => {
      await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
      const code = await roomOf(house, [house.beto, house.carla], { historial })
      const [ana, beto, carla] = [await sitDown(house.ana, code), await sitDown(house.beto, code), await sitDown(house.carla, code)]
      for (let round = 0; round < 20; round++) {
        const id = await say(carla, 'SECRETO')
        await ana.next((frame) => isTold(frame) && frame.id === id)
        const from = ana.frames.length
        const cid = freshCid()
        ana.send({ t: 'borrar', id })
        beto.send({ t: 'decir', cid, texto: `respondo ${round}`, respuestaA: id })
        const answer = await beto.next((frame) => (frame.t === 'ok' || frame.t === 'no') && frame.cid === cid)
        if (answer.t === 'no') expect(answer.error).toBe('invalid')
        await ana.next((frame) => isTold(frame) && frame.id === id && frame.html.includes('--gone'))
        // Whatever was still to be told has been told before this.
        await say(beto, `después de ${round}`)
        await ana.next((frame) => isTold(frame) && frame.html.includes(`después de ${round}`))
        const latest = new Map(ana.frames.slice(from).flatMap((frame) => (isTold(frame) ? [[frame.id, frame] as const] : [])))
        expect(words([...latest.values()])).toEqual([])
      }
      expect(await (await house.beto.get(`/salas/${code}`)).text()).not.toContain('SECRETO')
    },
  )

  test('a reaction to it never tells the words after it', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto, house.carla])
    const [ana, beto, carla] = [await sitDown(house.ana, code), await sitDown(house.beto, code), await sitDown(house.carla, code)]
    for (let round = 0; round < 20; round++) {
      const id = await say(carla, 'SECRETO')
      await ana.next((frame) => isTold(frame) && frame.id === id)
      const from = ana.frames.length
      beto.send({ t: 'reaccion', id, emoji: '👍' })
      ana.send({ t: 'borrar', id })
      await ana.next((frame) => isTold(frame) && frame.id === id && frame.html.includes('--gone'))
      await say(beto, `después de ${round}`)
      await ana.next((frame) => isTold(frame) && frame.html.includes(`después de ${round}`))
      const after = ana.frames.slice(from)
      const gone = after.findIndex((frame) => isTold(frame) && frame.id === id && frame.html.includes('--gone'))
      expect(words(after.slice(gone))).toEqual([])
    }
  })
})
