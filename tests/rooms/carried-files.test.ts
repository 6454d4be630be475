// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import type { StoredFile } from '../../src/files'
import { until } from '../support/until'
import { accounts, openRooms, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

const fileOf = (owner: { id: string; name: string }, more: Partial<StoredFile> = {}): StoredFile => ({
  id: 'plano00000000000',
  name: 'Plano <v7>.pdf',
  size: 4_200_000,
  sha256: 'a'.repeat(64),
  type: 'application/pdf',
  state: 'quarantined',
  reason: null,
  open: false,
  owner: { id: owner.id, name: owner.name },
  at: 0,
  downloads: 0,
  missing: false,
  room: null,
  folder: null,
  endsAt: null,
  ...more,
})

test('dropped into a room is promised what this house has: a look at it first, or a mark', async () => {
  for (const [scanning, words] of [
    [true, 'Pasan por cuarentena antes de compartirse.'],
    [false, 'Sin antivirus: se comparten con la marca «Sin analizar».'],
  ] as const) {
    await using house = await openRooms({ files: { known: async () => [], scanning } })
    const page = await (await house.ana.get(`/salas/${await roomOf(house, [])}`)).text()
    expect(page).toContain(words)
    expect(page.match(/Pasan por cuarentena|Sin antivirus/g)).toHaveLength(1)
  }
})

describe.each(['guardada', 'efimera'] as const)('a file in a message of a room that is %s', (historial) => {
  test('shows its card, without words too, and again whenever its state is another', async () => {
    const shelf = new Map([fileOf(accounts.beto)].map((file) => [file.id, file]))
    await using house = await openRooms({ files: { known: async (ids) => ids.flatMap((id) => shelf.get(id) ?? []) } })
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const id = await say(beto, '', { archivo: 'plano00000000000' })
    await until('the card', () => stateOf(ana, id).includes('class="file"'))
    expect(stateOf(ana, id)).toContain('msg__bubble--bare')
    expect(stateOf(ana, id)).toContain('data-state="quarantined"')
    expect(stateOf(ana, id)).toContain('Plano &lt;v7&gt;.pdf')
    expect(stateOf(ana, id)).not.toContain('download')
    shelf.set('plano00000000000', fileOf(accounts.beto, { state: 'clean', open: true }))
    await house.rooms.fileChanged('plano00000000000')
    await until('a clean card', () => stateOf(ana, id).includes('data-state="clean"'))
    expect(stateOf(ana, id)).toContain('download')
    shelf.set('plano00000000000', fileOf(accounts.beto, { state: 'deleted' }))
    await house.rooms.fileChanged('plano00000000000')
    await until('a card of what was', () => stateOf(ana, id).includes('data-state="deleted"'))
    expect(stateOf(ana, id)).not.toContain('href="/archivos')
    const late = await sitDown(house.ana, code, { desde: 0 })
    expect(stateOf(late, id)).toBe(stateOf(ana, id))
    beto.send({ t: 'borrar', id })
    await until('a tombstone', () => stateOf(ana, id).includes('--gone'))
    await house.rooms.fileChanged('plano00000000000')
    expect(stateOf(ana, id)).not.toContain('Plano')
  })

  test('is of everybody or of this room, and there: one of another room, an unknown and a deleted one get the same no', async () => {
    const mine = fileOf(accounts.ana, { id: 'deana00000000000', state: 'clean', open: true, room: 'otra000000000000' })
    const gone = fileOf(accounts.beto, { id: 'ido0000000000000', state: 'deleted' })
    await using house = await openRooms({ files: { known: async (ids) => [mine, gone].filter(({ id }) => ids.includes(id)) } })
    const code = await roomOf(house, [house.beto], { historial })
    const beto = await sitDown(house.beto, code)
    const answers: unknown[] = []
    for (const archivo of [mine.id, gone.id, 'nada000000000000']) {
      beto.send({ t: 'decir', cid: archivo, texto: 'mira', archivo })
      const { cid, ...answer } = (await beto.next((frame) => frame.t === 'no' && frame.cid === archivo)) as { cid: string }
      answers.push(answer)
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ error: 'invalid' })
  })

  test('may be one that somebody else brought to the drop, or to this room', async () => {
    const shelf = new Map<string, StoredFile>()
    await using house = await openRooms({ files: { known: async (ids) => ids.flatMap((id) => shelf.get(id) ?? []) } })
    const code = await roomOf(house, [house.beto], { historial })
    const room = (await house.rooms.fileDesk.byCode(code))?.id ?? ''
    const open = { state: 'clean', open: true } as const
    shelf.set('general000000000', fileOf(accounts.ana, { ...open, id: 'general000000000' }))
    shelf.set('delasala00000000', fileOf(accounts.ana, { ...open, id: 'delasala00000000', room }))
    const beto = await sitDown(house.beto, code)
    for (const archivo of shelf.keys()) {
      const id = await say(beto, '', { archivo })
      await until('its card', () => stateOf(beto, id).includes(`data-card="${archivo}"`))
    }
    expect([...(await house.rooms.fileDesk.carriedIn(room))].sort()).toEqual([...shelf.keys()].sort())
  })
})

test('a file that is another now is told in every room, also while one that carries it is being closed', async () => {
  const shelf = new Map([fileOf(accounts.beto, { state: 'clean', open: true })].map((file) => [file.id, file]))
  await using house = await openRooms({ files: { known: async (ids) => ids.flatMap((id) => shelf.get(id) ?? []) } })
  const closing = await roomOf(house, [], { nombre: 'A' })
  await say(await sitDown(house.ana, closing), '', { archivo: 'plano00000000000' })
  const line = await sitDown(house.ana, await roomOf(house, [], { nombre: 'B', historial: 'efimera' }))
  const id = await say(line, '', { archivo: 'plano00000000000' })
  shelf.set('plano00000000000', fileOf(accounts.beto, { state: 'infected' }))
  const { database } = house
  const { writeAll } = database
  database.writeAll = async (...given: Parameters<typeof writeAll>) => {
    database.writeAll = writeAll
    expect((await house.ana.post(`/salas/${closing}/cierre`, {})).status).toBe(303)
    return writeAll(...given) as never
  }
  await house.rooms.fileChanged('plano00000000000')
  await until('a card that warns', () => stateOf(line, id).includes('data-state="infected"'))
})

test('words that are changed while their file is told anew stay changed', async () => {
  const shelf = new Map([fileOf(accounts.beto)].map((file) => [file.id, file]))
  let meanwhile: (() => Promise<unknown>) | null = null
  const known = async (ids: readonly string[]) => {
    const act = meanwhile
    meanwhile = null
    await act?.()
    return ids.flatMap((id) => shelf.get(id) ?? [])
  }
  await using house = await openRooms({ files: { known } })
  const code = await roomOf(house, [], { historial: 'efimera' })
  const line = await sitDown(house.ana, code)
  await say(line, 'uno', { archivo: 'plano00000000000' })
  const id = await say(line, 'errata', { archivo: 'plano00000000000' })
  shelf.set('plano00000000000', fileOf(accounts.beto, { state: 'clean', open: true }))
  meanwhile = () => house.ana.post(`/salas/${code}/mensajes/${id}`, { texto: 'enmienda' })
  await house.rooms.fileChanged('plano00000000000')
  await until('a clean card', () => stateOf(line, id).includes('data-state="clean"'))
  await say(line, 'fin')
  expect(stateOf(line, id)).toContain('enmienda')
  expect(await (await house.ana.get(`/salas/${code}`)).text()).not.toContain('errata')
})
