// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading changes nothing: whatever follows links (a browser that fetches ahead, a chat program that previews, a search engine of the house)
// may ask for every address as often as it likes.
import { expect, test } from 'bun:test'
import { fingerprint } from '../support/fingerprint'
import { type OpenHouse, openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'
import { pathOf, routesOf } from '../support/routes'

/** These two hold when and from where somebody was last here: written for themselves, and rarely. */
const accounts = ['sessions', 'users']
/** Who took what is on record whatever took it; nothing else is, for a look. */
const receipts = ['files.downloaded', 'files.viewed', 'rooms.exported']

/** Every row of people, sessions and the record, without what looking may change. */
async function onRecord({ database: { read } }: OpenHouse) {
  const users = await read.selectFrom('users').selectAll().orderBy('id').execute()
  const sessions = await read.selectFrom('sessions').selectAll().orderBy('n').execute()
  const audit = await read.selectFrom('audit').selectAll().where('what', 'not in', receipts).orderBy('n').execute()
  return {
    users: users.map(({ last_seen_at: _, ...user }) => user),
    sessions: sessions.map(({ last_seen_at: _, ip: _ip, ...session }) => session),
    audit,
  }
}

test('every address that is read, twice, by everybody, as page, fragment and JSON, by GET and HEAD, with real names and without', async () => {
  await using house = await openHouse()
  const { ana, beto, carla, stranger } = await arrive(house.door)
  const made = await ana.post('/salas', { nombre: 'Leída', clave: 'una clave de sala', tipo: 'grupal', historial: 'guardada' })
  const codigo = made.headers.get('location')?.split('/').at(-1) ?? ''
  await beto.post('/salas/unirse', { codigo, clave: 'una clave de sala' })
  await ana.post(`/salas/${codigo}/mensajes`, { texto: 'hola @cliente', cid: 'lectura000000000' })
  const file = (await (await ana.put('/archivos/leido.txt', 'hola', { accept: 'application/json' })).json()) as { id: string }
  const link = await ana.post(`/archivos/${file.id}/enlaces`, { vence: '1d' }, { accept: 'application/json' })
  const token = new URL(((await link.json()) as { url: string }).url).pathname.split('/')[2] ?? ''
  const persona = /\/admin\/usuarios\/([0-9a-v]{16})\//.exec(await (await ana.get('/admin/usuarios')).text())?.[1] ?? ''
  const known = { codigo, id: file.id, nombre: 'leido.txt', token, persona, locale: 'en' }
  const message = { ...known, id: '2' }

  const before = await fingerprint(house.data, { except: accounts })
  const recorded = await onRecord(house)
  expect(recorded.sessions).toHaveLength(3)
  const answered = new Map<number, number>()
  const reading = routesOf(house.elysia).filter(({ method }) => method === 'GET' || method === 'HEAD')
  expect(reading.length).toBeGreaterThan(25)
  const kinds: Record<string, string>[] = [
    { accept: 'text/html' },
    { accept: 'application/json' },
    { accept: 'text/html', 'hx-request': 'true', 'hx-request-type': 'partial' },
  ]
  for (const person of [ana, beto, carla, stranger] as Person[]) {
    for (const route of reading) {
      for (const path of new Set([pathOf(route), pathOf(route, known), pathOf(route, message)])) {
        for (const headers of kinds) {
          for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) {
            const answer = await person.request(method, path, { headers })
            await answer.arrayBuffer()
            answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1)
          }
        }
      }
    }
  }
  expect(await fingerprint(house.data, { except: accounts })).toEqual(before)
  expect(await onRecord(house)).toEqual(recorded)
  expect(answered.get(200) ?? 0).toBeGreaterThan(300)
  expect([...answered.keys()].filter((status) => status >= 500)).toEqual([])
  // Nobody was signed out, disabled or renamed by it.
  for (const person of [ana, beto, carla]) expect((await person.get('/salas')).status).toBe(200)
}, 120_000)
