// SPDX-License-Identifier: GPL-3.0-or-later
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { auditMigrations, createLog, openDatabase } from '../../src/core'
import { roomsMigrations } from '../../src/rooms'
import { accounts, openRooms, password, type RoomLine, type RoomsHouse, roomOf, sitDown } from './house'
import { say } from './messages'

/** Says it under this id and answers what the server made of it. */
async function sayAs(line: RoomLine, cid: string, texto: string): Promise<{ id: string; n: number }> {
  const before = line.frames.length
  line.send({ t: 'decir', cid, texto })
  const answer = await line.next(
    (frame) => (frame.t === 'ok' || frame.t === 'no') && frame.cid === cid && line.frames.indexOf(frame) >= before,
  )
  if (answer.t !== 'ok') throw new Error(JSON.stringify(answer))
  return { id: answer.id, n: answer.n }
}

const textsOf = async ({ database: { read } }: RoomsHouse) =>
  (await read.selectFrom('room_items').select('text').where('kind', '=', 'said').orderBy('n').execute()).map(({ text }) => text)

describe('an id that was used before', () => {
  const steps: [string, (house: RoomsHouse) => Promise<RoomsHouse>][] = [
    ['just now', async (house) => house],
    ['and has been settled', async (house) => house.rooms.fillIndex().then(() => house)],
    ['before a restart', async (house) => house.stop().then(() => openRooms({ data: house.data }))],
    [
      'and settled before a restart',
      async (house) => {
        await house.rooms.fillIndex()
        await house.stop()
        return openRooms({ data: house.data })
      },
    ],
  ]

  test.each(steps)('%s answers with what it led to', async (_, between) => {
    await using first = await openRooms()
    const code = await roomOf(first, [first.beto])
    const once = await sayAs(await sitDown(first.ana, code), 'una', 'uno')
    const house = await between(first)
    const ana = await sitDown(house.ana, code)
    expect(await sayAs(ana, 'una', 'otra cosa')).toEqual(once)
    // The same id of somebody else is something else.
    expect((await sayAs(await sitDown(house.beto, code), 'una', 'dos')).id).not.toBe(once.id)
    await house.rooms.fillIndex()
    expect(await sayAs(ana, 'una', 'y otra')).toEqual(once)
    expect(await textsOf(house)).toEqual(['uno', 'dos'])
    if (house !== first) await house.stop()
  })

  test('a hundred times at once is said once', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    for (let i = 0; i < 100; i++) ana.send({ t: 'decir', cid: 'cien', texto: `vez ${i}` })
    await sayAs(ana, 'fin', 'fin')
    expect(await textsOf(house)).toEqual(['vez 0', 'fin'])
  })

  test('is refused by the database itself, whoever writes', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    await sayAs(await sitDown(house.ana, code), 'una', 'uno')
    const copy = sql`INSERT INTO room_items (room_id, n, changed, kind, author_id, author_name, cid, text, at)
      SELECT room_id, 99, 99, kind, author_id, author_name, cid, text, at FROM room_items WHERE cid = 'una'`.compile(house.database.read)
    const refusal = { columns: ['room_items.room_id', 'room_items.author_id', 'room_items.cid'] }
    for (const settled of [false, true]) {
      if (settled) await house.rooms.fillIndex()
      expect(await house.database.write(copy).catch(({ columns }) => ({ columns }))).toEqual(settled ? refusal : expect.anything())
    }
    expect(await textsOf(house)).toEqual(['uno'])
  })

  test('is free again when its message was swept away', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const ana = await sitDown(house.ana, code)
    const first = await sayAs(ana, 'una', 'uno')
    await house.rooms.fillIndex()
    house.clock.pass(31 * 86_400_000)
    await house.rooms.sweep()
    expect((await sayAs(ana, 'una', 'dos')).n).toBeGreaterThan(first.n)
    expect(await house.database.read.selectFrom('room_cids').selectAll().execute()).toEqual([])
  })
})

test('a number is never given twice, though everything that had one is gone', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [])
  const ana = await sitDown(house.ana, code)
  for (let i = 0; i < 3; i++) await say(ana, `viejo ${i}`)
  const { n } = await sayAs(ana, 'ultima', 'viejo')
  house.clock.pass(31 * 86_400_000)
  await house.rooms.sweep()
  expect(await textsOf(house)).toEqual([])
  expect((await sayAs(ana, 'nueva', 'nuevo')).n).toBe(n + 1)
})

test('messages, removals and reactions draw from one row of numbers', async () => {
  await using house = await openRooms()
  const code = await roomOf(house, [])
  const ana = await sitDown(house.ana, code)
  const first = await sayAs(ana, 'una', 'uno')
  ana.send({ t: 'reaccion', id: first.id, emoji: '👍' })
  await ana.next((frame) => frame.t === 'cambio' && frame.n === first.n + 1)
  expect((await sayAs(ana, 'dos', 'dos')).n).toBe(first.n + 2)
  ana.send({ t: 'borrar', id: first.id })
  await ana.next((frame) => frame.t === 'cambio' && frame.n === first.n + 3)
  expect((await sayAs(ana, 'tres', 'tres')).n).toBe(first.n + 4)
})

test('a message by itself writes about two kilobytes into the log of the database', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto])
  const lines = [await sitDown(house.ana, code), await sitDown(house.beto, code)]
  const size = () => statSync(join(house.data, 'pichat.db-wal')).size
  const before = size()
  for (let i = 0; i < 200; i++) await sayAs(lines[i % 2] as RoomLine, `c${i}x${'0'.repeat(16)}`, `${i} ${'palabra '.repeat(12)}`)
  expect((size() - before) / 200).toBeLessThan(2_300)
})

test('a file of the time before opens with everything in it, and nothing of it can be said again', async () => {
  const data = await mkdtemp(join(tmpdir(), 'pichat-before-'))
  try {
    await writeBefore(data)
    await using house = await openRooms({ data })
    const { read } = house.database
    expect((await sql<{ page_size: number }>`PRAGMA page_size`.execute(read)).rows).toEqual([{ page_size: 4096 }])
    expect(await textsOf(house)).toEqual(['uno', 'dos', 'tres'])
    expect(await read.selectFrom('room_reactions').select(['n', 'emoji']).execute()).toEqual([{ n: 1, emoji: '👍' }])
    const ana = await sitDown(house.ana, 'BEFXRE22')
    for (const n of [1, 2, 3]) expect(await sayAs(ana, `c${n}`, 'otra vez')).toEqual({ id: String(n), n })
    expect((await sayAs(ana, 'c5', 'cinco')).n).toBe(5)
    const found = (await (await house.ana.get('/buscar?q=dos', { accept: 'application/json' })).json()) as { resultados: { id: string }[] }
    expect(found.resultados.map(({ id }) => id)).toEqual(['2'])
  } finally {
    await rm(data, { recursive: true, force: true })
  }
})

/** A file as it was made before messages were appended: two messages in the index, one that is not yet, and four changes. */
async function writeBefore(data: string): Promise<void> {
  const path = join(data, 'pichat.db')
  const empty = new Database(path)
  empty.run('PRAGMA page_size = 4096')
  empty.run('PRAGMA journal_mode = WAL')
  empty.close()
  const migrations = [...auditMigrations, ...roomsMigrations].filter(({ name }) => name < '0220')
  await (await openDatabase({ path, migrations, log: createLog({ level: 'error', write() {} }) })).close()
  const database = new Database(path)
  const { id, name } = accounts.ana
  database.run(
    `INSERT INTO rooms (id, code, name, name_key, kind, kept, days, password_hash, owner_id, epoch, n, created_at)
     VALUES ('r', 'BEFXRE22', 'Antes', 'antes', 'privada', 1, 30, 'hash of ${password}', '${id}', 'e', 4, 0)`,
  )
  database.run(`INSERT INTO room_members VALUES ('r', '${id}', '${name}', 0, 0)`)
  for (const [n, text] of [
    [1, 'uno'],
    [2, 'dos'],
    [3, 'tres'],
  ] as const) {
    database.run(
      `INSERT INTO room_items (room_id, n, changed, kind, author_id, author_name, cid, text, at)
       VALUES ('r', ${n}, ${n === 1 ? 4 : n}, 'said', '${id}', '${name}', 'c${n}', '${text}', ${Date.now()})`,
    )
  }
  database.run(`INSERT INTO room_reactions VALUES ('r', 1, '👍', '${id}', '${name}', 4)`)
  database.run(`INSERT INTO room_search (room_id, done) VALUES ('r', 0)`)
  database.run(`INSERT INTO room_words (rowid, words) SELECT number * 4294967296 + n, text FROM room_search, room_items WHERE n <= 2`)
  database.run('UPDATE room_search SET done = 2')
  database.close()
}
