// SPDX-License-Identifier: GPL-3.0-or-later
import { Database as Sqlite } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import {
  type Database,
  DatabaseBusy,
  DatabaseFailure,
  DatabaseFull,
  expecting,
  ForeignKeyViolation,
  type Migration,
  MissingMigrations,
  openDatabase,
  UniqueViolation,
  UnknownMigrations,
  UnmetExpectation,
  WriterLost,
} from '../../src/core/database'
import { openChannel } from '../../src/core/database/channel'
import { createLog } from '../../src/core/log'
import { migrations, type Tables } from './database-tables'

let folder: string
let path: string
let database: Database<Tables>
let lines: { event: string }[]
const opened: { close(): Promise<void> }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pichat-database-'))
  path = join(folder, 'pichat.db')
  lines = []
  database = await open()
})

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

const log = () => createLog({ level: 'info', write: (line) => lines.push(JSON.parse(line)) })

async function open(options: Partial<Parameters<typeof openDatabase>[0]> = {}) {
  const one = await openDatabase<Tables>({ path, migrations, log: log(), ...options })
  opened.push(one)
  return one
}

const person = (id: string, name = `name of ${id}`) => database.read.insertInto('people').values({ id, name })
const room = (code: string, owner: string) => database.read.insertInto('rooms').values({ code, owner })
const ids = async (from = database) => (await from.read.selectFrom('people').select('id').orderBy('id').execute()).map(({ id }) => id)

/** How a promise ended: its value, or the error. */
const ending = <T>(promise: Promise<T>) => promise.catch((error: unknown) => error)

describe('one statement', () => {
  test('gives back what returning asks for and how many rows changed', async () => {
    const inserted = await database.write(person('ana').returning(['id', 'admin']))
    const id: string | undefined = inserted[0]?.id
    expect(id).toBe('ana')
    expect([...inserted]).toEqual([{ id: 'ana', admin: 0 }])
    expect(inserted.changes).toBe(1)
    expect((await database.write(person('beto'))).changes).toBe(1)
    expect((await database.write(database.read.updateTable('people').set({ admin: 1 }))).changes).toBe(2)
    expect((await database.write(database.read.deleteFrom('people').where('id', '=', 'carla'))).changes).toBe(0)
  })

  test('takes what the sql template makes', async () => {
    await database.write(person('ana'))
    const { read } = database
    const rows = await database.write(sql<{ name: string }>`UPDATE people SET name = upper(name) RETURNING name`.compile(read))
    expect(rows[0]?.name).toBe('NAME OF ANA')
  })

  test('stores booleans as 0 and 1 and refuses what SQLite would silently turn into null', async () => {
    await database.write(person('ana').values({ id: 'ana', name: 'Ana', admin: true }))
    expect(await database.read.selectFrom('people').select('admin').where('admin', '=', true).execute()).toEqual([{ admin: 1 }])
    const odd: unknown[] = [undefined, 1n, Number.NaN, Number.POSITIVE_INFINITY, new Date(0), { a: 1 }]
    for (const value of odd) {
      expect(await ending(database.write({ ...person('x').compile(), parameters: ['x', value] }))).toBeInstanceOf(TypeError)
      expect(
        await ending(
          database.read
            .selectFrom('people')
            .selectAll()
            .where('id', '=', value as string)
            .execute(),
        ),
      ).toBeInstanceOf(TypeError)
    }
    expect(await ids()).toEqual(['ana'])
  })

  test('can be read as soon as it was acknowledged', async () => {
    for (const id of ['ana', 'beto', 'carla']) {
      await database.write(person(id))
      expect(await ids()).toContain(id)
    }
  })
})

describe('what is refused', () => {
  test('a second row with the same key names the columns and says so as its own error', async () => {
    await database.write(person('ana', 'Ana'))
    const name = await ending(database.write(person('eva', 'Ana')))
    expect(name).toBeInstanceOf(UniqueViolation)
    expect(name).toMatchObject({ constraint: 'people.name', columns: ['people.name'] })
    expect(await ending(database.write(person('ana', 'Eva')))).toMatchObject({ name: 'UniqueViolation', constraint: 'people.id' })
    await database.write(room('R1', 'ana'))
    expect(await ending(database.write(room('R1', 'ana')))).toMatchObject({ columns: ['rooms.code', 'rooms.owner'] })
    const twice = database.read.insertInto('promises').values([{ owner: 'ana' }, { owner: 'ana' }])
    expect(await ending(database.write(twice))).toMatchObject({ constraint: 'promises_folded' })
  })

  test('references hold in both directions', async () => {
    await database.writeAll([person('ana'), room('R1', 'ana')])
    expect(await ending(database.write(room('R2', 'nobody')))).toBeInstanceOf(ForeignKeyViolation)
    expect(await ending(database.write(database.read.deleteFrom('people')))).toBeInstanceOf(ForeignKeyViolation)
    expect(await ids()).toEqual(['ana'])
  })

  test('other faults carry the code of SQLite', async () => {
    const failure = await ending(database.write(person('ana').values({ id: 'ana', name: 'Ana', admin: 7 })))
    expect(failure).toBeInstanceOf(DatabaseFailure)
    expect(failure).toMatchObject({ code: 'SQLITE_CONSTRAINT_CHECK' })
  })

  test('the reading connection changes nothing, whatever it is given', async () => {
    expect(await ending(person('eva').execute())).toMatchObject({ code: 'SQLITE_READONLY' })
    expect(await ending(sql`DROP TABLE people`.execute(database.read))).toMatchObject({ code: 'SQLITE_READONLY' })
    expect(await ending(database.read.transaction().execute(async () => {}))).toBeInstanceOf(Error)
    expect(await ids()).toEqual([])
  })

  test('more than may wait is turned away as busy, and what was accepted is written', async () => {
    await database.close()
    database = await open({ waitingWrites: 3 })
    const endings = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => ending(database.write(person(id)))))
    expect(endings.filter((end) => end instanceof DatabaseBusy).length).toBe(2)
    expect(new DatabaseBusy().status).toBe(503)
    expect(await ids()).toEqual(['a', 'b', 'c'])
    await database.write(person('f'))
  })
})

describe('several statements', () => {
  test('happen together, and each has its result', async () => {
    const [ana, renamed] = await database.writeAll([
      person('ana').returning('id'),
      expecting(database.read.updateTable('people').set({ name: 'Ana María' }).where('id', '=', 'ana').returning('name')),
      room('R1', 'ana'),
    ])
    const id: string | undefined = ana[0]?.id
    const name: string | undefined = renamed[0]?.name
    expect([id, name]).toEqual(['ana', 'Ana María'])
    expect([...(await database.writeAll([]))]).toEqual([])
  })

  test('leave nothing behind when one of them fails', async () => {
    const failure = await ending(database.writeAll([person('ana'), room('R1', 'ana'), room('R2', 'nobody')]))
    expect(failure).toBeInstanceOf(ForeignKeyViolation)
    expect(failure).toMatchObject({ index: 2 })
    expect(await ids()).toEqual([])
  })

  test('leave nothing behind when one changed another number of rows than expected', async () => {
    await database.write(person('ana'))
    const promote = (id: string) => database.read.updateTable('people').set({ admin: 1 }).where('id', '=', id).where('admin', '=', 0)
    const failure = await ending(database.writeAll([person('beto'), expecting(promote('ana')), expecting(promote('nobody'))]))
    expect(failure).toBeInstanceOf(UnmetExpectation)
    expect(failure).toMatchObject({ index: 2, expected: 1, changed: 0 })
    expect(await ids()).toEqual(['ana'])
    const twenty = await Promise.all(Array.from({ length: 20 }, () => ending(database.writeAll([expecting(promote('ana'))]))))
    expect(twenty.filter((end) => end instanceof UnmetExpectation).length).toBe(19)
  })

  test('of more kinds than the writer remembers are each themselves, also behind one that failed', async () => {
    const say = (i: number) => sql`INSERT INTO people (id, name) VALUES (${`p${i}`}, ${sql.lit(`name ${i}`)})`.compile(database.read)
    const kinds = Array.from({ length: 300 }, (_, i) => i)
    // One that fails at its first statement: those behind it must be numbered all the same.
    const never = ['DELETE FROM people', 'DELETE FROM rooms'].map((text) => sql`${sql.raw(text)}`.compile(database.read))
    const failing = database.writeAll([expecting(database.read.deleteFrom('rooms'), 1), ...never])
    const first = kinds.map((i) => database.write(say(i)))
    expect(await ending(failing)).toBeInstanceOf(UnmetExpectation)
    await Promise.all(first)
    await database.write(sql`UPDATE people SET id = 'old ' || id, name = 'old ' || name`.compile(database.read))
    await Promise.all(kinds.map((i) => database.write(say(i))))
    const rows = await database.read.selectFrom('people').selectAll().where('id', 'not like', 'old %').execute()
    expect(rows.length).toBe(300)
    expect(rows.every(({ id, name }) => name === `name ${id.slice(1)}`)).toBe(true)
  })

  test('that fail take no neighbour of their group along', async () => {
    const endings = await Promise.all([
      ending(database.write(person('ana', 'Ana'))),
      ending(database.write(person('eva', 'Ana'))),
      ending(database.writeAll([person('dora'), expecting(database.read.deleteFrom('rooms'), 1)])),
      ending(
        database.write({ sql: 'nonsense', parameters: [], query: person('x').compile().query, queryId: person('x').compile().queryId }),
      ),
      ending(database.writeAll([person('beto'), room('R1', 'ana')])),
    ])
    expect(endings.map((end) => (end instanceof Error ? end.name : 'done'))).toEqual([
      'done',
      'UniqueViolation',
      'UnmetExpectation',
      'DatabaseFailure',
      'done',
    ])
    expect(await ids()).toEqual(['ana', 'beto'])
  })

  test('are all rejected when the commit itself fails, and the writer goes on', async () => {
    const broken = database.read.insertInto('promises').values({ owner: 'nobody' })
    const endings = await Promise.all([
      ending(database.write(person('ana'))),
      ending(database.write(broken)),
      ending(database.write(person('eva'))),
    ])
    expect(endings.every((end) => end instanceof ForeignKeyViolation)).toBe(true)
    expect(await ids()).toEqual([])
    await database.write(person('beto'))
    expect(await ids()).toEqual(['beto'])
  })
})

describe('a transaction that SQLite drops in the middle', () => {
  test('rejects its whole group with the reason, and the writer goes on', async () => {
    await database.write(person('beto'))
    const dropping = sql`INSERT OR ROLLBACK INTO people (id, name) VALUES ('beto', 'b')`.compile(database.read)
    const endings = await Promise.all([
      ending(database.write(person('ana'))),
      ending(database.write(dropping)),
      ending(database.write(person('eva'))),
    ])
    expect(endings.map((end) => end instanceof UniqueViolation)).toEqual([true, true, true])
    await database.write(person('dora'))
    expect(await ids()).toEqual(['beto', 'dora'])
  })
})

describe('a process that dies', () => {
  test('loses no row that it acknowledged', async () => {
    await database.close()
    const child = spawnChild(['say'])
    const acknowledged: string[] = []
    let rest = ''
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      acknowledged.push(...parts)
      if (acknowledged.length > 300 && !child.killed) child.kill('SIGKILL')
    }
    await child.exited
    expect(acknowledged.length).toBeGreaterThan(300)
    database = await open()
    const found = new Set(await ids())
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  })

  // Three statements: before each, before the end, and after the commit but before the answer.
  test.each([1, 2, 3, 4, 5])('at point %d of a transaction leaves all of it or nothing, its group included', async (k) => {
    await database.close()
    const child = spawnChild(['claim'], { PICHAT_FAILPOINT: `claim:${k}` })
    const said = await new Response(child.stdout).text()
    await child.exited
    expect(child.signalCode).toBe('SIGKILL')
    expect(said).toBe('')
    database = await open()
    expect(await ids()).toEqual(k === 5 ? ['ana', 'beto', 'bystander'] : [])
    expect((await database.read.selectFrom('rooms').selectAll().execute()).length).toBe(k === 5 ? 1 : 0)
  })

  test('only where the failpoint aims', async () => {
    await database.close()
    const child = spawnChild(['claim'], { PICHAT_FAILPOINT: 'another:1' })
    expect(await new Response(child.stdout).text()).toBe('claimed\n')
    expect(await child.exited).toBe(0)
  })
})

describe('two processes', () => {
  test('write to one file, and everything of both arrives', async () => {
    const child = spawnChild(['burst', 'child'])
    await Promise.all(Array.from({ length: 300 }, (_, n) => database.write(person(`parent${n}`))))
    expect(await child.exited).toBe(0)
    expect((await ids()).length).toBe(600)
  })

  test('wait for each other without holding up reads', async () => {
    const child = spawnChild(['hold'])
    const output = child.stdout.getReader()
    await output.read()
    const order: string[] = []
    const written = database.write(person('ana')).then(() => order.push('written'))
    expect(await ids()).toEqual([])
    order.push('read')
    child.stdin.write('go on\n')
    child.stdin.flush()
    await written
    expect(order).toEqual(['read', 'written'])
  })
})

describe('closing', () => {
  test('waits for what was accepted, refuses the rest and leaves one file', async () => {
    const writes = Array.from({ length: 500 }, (_, n) => database.write(person(`p${n}`)))
    const closed = database.close()
    expect(await ending(database.write(person('late')))).toBeInstanceOf(DatabaseBusy)
    await closed
    await Promise.all(writes)
    expect(existsSync(`${path}-wal`)).toBe(false)
    database = await open()
    expect((await ids()).length).toBe(500)
  })

  test('can be asked for twice', async () => {
    await Promise.all([database.close(), database.close()])
    await database.close()
  })
})

describe('migrations', () => {
  const colour: Migration = { name: '0003-colour', up: ['ALTER TABLE people ADD COLUMN colour TEXT'] }

  test('run once each, in order, on a file that only its owner reads', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await database.write(person('ana'))
    await database.close()
    lines.length = 0
    database = await open()
    expect(lines).toEqual([])
    expect(await ids()).toEqual(['ana'])
    await database.close()
    database = await open({ migrations: [...migrations, colour] })
    expect(lines).toMatchObject([{ event: 'database.migrated', migrations: '0003-colour' }])
  })

  test('of a newer program are refused, by a reader too, and nothing is touched', async () => {
    await database.close()
    await (await open({ migrations: [...migrations, colour] })).close()
    expect(await ending(open())).toMatchObject({ name: 'UnknownMigrations', names: ['0003-colour'] })
    expect(await ending(open({ readOnly: true }))).toBeInstanceOf(UnknownMigrations)
  })

  test('that fail leave nothing of themselves and keep the ones before', async () => {
    await database.close()
    const half: Migration = { name: '0004-half', up: ['CREATE TABLE half (a TEXT) STRICT', 'nonsense'] }
    expect(await ending(open({ migrations: [...migrations, colour, half] }))).toMatchObject({
      message: expect.stringContaining('nonsense'),
    })
    const file = new Sqlite(path)
    expect(file.query('SELECT name FROM migrations ORDER BY name').values()).toEqual([['0001-people'], ['0002-rooms'], ['0003-colour']])
    expect(file.query("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
    file.close()
  })

  test('may rebuild a table that others point to, but leave no reference broken', async () => {
    await database.writeAll([person('ana'), room('R1', 'ana')])
    await database.close()
    const rebuild = (keep: string): Migration => ({
      name: '0003-rebuild',
      up: [
        'CREATE TABLE copy (id TEXT PRIMARY KEY, name TEXT NOT NULL, admin INTEGER NOT NULL DEFAULT 0) STRICT',
        `INSERT INTO copy SELECT id, name, admin FROM people WHERE ${keep}`,
        'DROP TABLE people',
        'ALTER TABLE copy RENAME TO people',
      ],
    })
    expect(await ending(open({ migrations: [...migrations, rebuild('0')] }))).toMatchObject({
      message: expect.stringContaining('broken references'),
    })
    database = await open({ migrations: [...migrations, rebuild('1')] })
    expect(await ids()).toEqual(['ana'])
    expect(await ending(database.write(database.read.deleteFrom('people')))).toBeInstanceOf(ForeignKeyViolation)
  })

  test('are run once by two processes that start at once', async () => {
    await database.close()
    rmSync(path)
    const children = [spawnChild(['migrate']), spawnChild(['migrate'])]
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual([0, 0])
    const file = new Sqlite(path)
    expect(file.query('SELECT count(*) FROM migrations').values()).toEqual([[62]])
    file.close()
  })

  test('are missing for a reader of an older file, which changes nothing', async () => {
    expect(await ending(open({ readOnly: true, migrations: [...migrations, colour] }))).toBeInstanceOf(MissingMigrations)
    const reader = await open({ readOnly: true })
    await database.write(person('ana'))
    expect(await ids(reader)).toEqual(['ana'])
    expect(await ending(reader.write(person('eva')))).toBeInstanceOf(Error)
    expect(await ids()).toEqual(['ana'])
  })
})

describe('a writer that ends on its own', () => {
  const insert = (id: string, label?: string) => ({
    steps: [{ sql: 'INSERT INTO people (id, name) VALUES (?, ?)', parameters: [id, id] }],
    label,
  })
  const start = () => new Worker(new URL('./database-dying-writer.ts', import.meta.url))

  test('is replaced: what it had is rejected, what waited is written, the journal tells', async () => {
    const channel = await openChannel({ path, log: log(), limit: 100, start })
    opened.push(channel)
    const lost = ending(channel.send(insert('lost', 'die')))
    // The next turn of the loop: the first group is under way by then.
    await new Promise(setImmediate)
    const waited = channel.send(insert('waited'))
    expect(await lost).toBeInstanceOf(WriterLost)
    await waited
    await channel.send(insert('later'))
    expect(await ids()).toEqual(['later', 'waited'])
    expect(lines).toContainEqual(expect.objectContaining({ event: 'database.writer-lost' }))
  })

  test('is replaced by one that has what its memory has to hold', async () => {
    const session = [
      'CREATE TEMP TABLE shy (id TEXT)',
      "CREATE TEMP TRIGGER shyly BEFORE INSERT ON main.people BEGIN INSERT INTO shy VALUES (NEW.id || '!'); END",
    ]
    const channel = await openChannel({ path, session, log: log(), limit: 100, start })
    opened.push(channel)
    const heard = async () => (await channel.send({ steps: [{ sql: 'SELECT id FROM shy', parameters: [] }] }))[0]?.rows
    await channel.send(insert('first'))
    expect(await heard()).toEqual([{ id: 'first!' }])
    await ending(channel.send(insert('lost', 'die')))
    await channel.send(insert('second'))
    expect(await heard()).toEqual([{ id: 'second!' }])
  })

  test('does not keep anybody from closing', async () => {
    const channel = await openChannel({ path, log: log(), limit: 100, start })
    const lost = ending(channel.send(insert('lost', 'die')))
    await channel.close()
    expect(await lost).toBeInstanceOf(WriterLost)
  })

  test('or cannot open its file, is an error and no wait', async () => {
    expect(await ending(openChannel({ path: join(folder, 'nowhere', 'x.db'), log: log(), limit: 1 }))).toMatchObject({
      code: 'SQLITE_CANTOPEN',
    })
  })
})

describe('a full disk', () => {
  const mayMount = process.getuid?.() === 0 && process.platform === 'linux'

  test.skipIf(!mayMount)('refuses writes as full, goes on reading, and writes again once there is room', async () => {
    const small = join(folder, 'small')
    mkdirSync(small)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small])
    if (mounted.status !== 0) return console.warn('skipped: no right to mount a small disk here')
    try {
      // Beside what is kept back for deletions.
      writeFileSync(join(small, 'ballast'), Buffer.alloc(1_000_000))
      const tight = await openDatabase<Tables>({ path: join(small, 'x.db'), migrations, log: log() })
      await tight.write(person('ana'))
      const large = (id: string) => tight.write(person(id, id.padEnd(200_000, '.')))
      let end: unknown
      for (let n = 0; n < 20 && !(end instanceof Error); n++) end = await ending(large(`large${n}`))
      expect(end).toBeInstanceOf(DatabaseFull)
      expect(new DatabaseFull().status).toBe(507)
      expect(await ids(tight)).toContain('ana')
      rmSync(join(small, 'ballast'))
      await tight.write(person('beto'))
      expect(await ids(tight)).toContain('beto')
      await tight.close()
    } finally {
      spawnSync('umount', ['-l', small])
    }
  })
  if (!mayMount) console.warn('skipped: a full disk, because only root may mount a small one')
})

function spawnChild(args: string[], env: Record<string, string> = {}) {
  return Bun.spawn([process.execPath, resolve(import.meta.dir, 'database-child.ts'), path, ...args], {
    env: { ...process.env, ...env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
}
