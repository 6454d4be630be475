// SPDX-License-Identifier: GPL-3.0-or-later
//
// A room of a million messages answers as quickly as a new one because nothing that is asked of it reads all of it. Every statement that
// the house reads with while people go about is explained by the database afterwards.
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { freshCid, isTold, openRooms, roomOf, sitDown } from './house'
import { say } from './messages'

/** Tables that grow with what is said. */
const large = ['room_items', 'room_reactions', 'room_mentions', 'room_cids'] as const

test('whatever is asked of a room, no statement reads a whole table of messages', async () => {
  const asked = new Set<string>()
  const query = Database.prototype.query
  Database.prototype.query = function (this: Database, sql: string) {
    asked.add(sql)
    return query.call(this, sql)
  } as typeof query
  await using house = await openRooms()
  try {
    const code = await roomOf(house, [house.beto, house.carla])
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const first = await say(ana, 'hola @beto')
    await say(beto, 'qué tal', { respuestaA: first })
    beto.send({ t: 'reaccion', id: first, emoji: '👍' })
    await ana.next((frame) => isTold(frame) && frame.html.includes('👍'))
    const cid = freshCid()
    for (let times = 0; times < 2; times++) {
      const before = ana.frames.length
      ana.send({ t: 'decir', cid, texto: 'dos veces' })
      await ana.next((frame) => frame.t === 'ok' && frame.cid === cid && ana.frames.indexOf(frame) >= before)
    }
    for (const path of [
      '/salas',
      `/salas/${code}`,
      `/salas/${code}?antes=3`,
      `/salas/${code}?despues=1`,
      `/salas/${code}?mensaje=${first}`,
      `/salas/${code}/mensajes/${first}/editar`,
      `/salas/${code}/exportar?formato=json`,
      `/buscar?q=hol&sala=${code}&persona=ana&desde=2020-01-01`,
      `/buscar?sala=${code}&desde=2020-01-01`,
    ]) {
      const answer = await house.ana.get(path)
      expect([path, answer.status]).toEqual([path, 200])
      await answer.arrayBuffer()
    }
    ana.send({ t: 'editar', id: first, texto: 'buenas' })
    await beto.next((frame) => isTold(frame) && frame.html.includes('buenas'))
    ana.send({ t: 'borrar', id: first })
    await beto.next((frame) => isTold(frame) && frame.id === first && frame.html.includes('--gone'))
    await sitDown(house.beto, code, { desde: 1 })
    await house.rooms.fillIndex()
    await house.rooms.sweep()
  } finally {
    Database.prototype.query = query
  }
  const database = new Database(join(house.data, 'pichat.db'), { readonly: true })
  const reading = [...asked].filter((sql) => large.some((table) => sql.includes(table)))
  expect(reading.length).toBeGreaterThan(15)
  const scans = reading.filter((sql) =>
    database
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      // Messages that are sorted afterwards were all read before.
      .some(
        ({ detail }) =>
          (sql.includes('"room_items"') && detail.startsWith('USE TEMP B-TREE')) ||
          large.some((table) => new RegExp(`^SCAN (${table}|i)\\b`).test(detail)),
      ),
  )
  database.close()
  expect(scans).toEqual([])
})
