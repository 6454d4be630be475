// SPDX-License-Identifier: GPL-3.0-or-later
//
// Another process on the same file, for database.test.ts: `bun database-child.ts <file> <what> [<argument>]`.
import { Database } from 'bun:sqlite'
import { openDatabase } from '../../src/core/database'
import { createLog } from '../../src/core/log'
import { migrations, type Tables } from './database-tables'

const [path = '', what = '', argument = ''] = process.argv.slice(2)

if (what === 'hold') {
  // Another program that has begun to write and takes its time.
  const other = new Database(path)
  other.run('BEGIN IMMEDIATE')
  console.log('held')
  for await (const _ of console) break
  other.run('COMMIT')
  process.exit(0)
}

// Enough of them that two processes meet in the middle.
const many = Array.from({ length: 60 }, (_, n) => ({ name: `1${n}-table`, up: [`CREATE TABLE table${n} (a TEXT) STRICT`] }))
const all = what === 'migrate' ? [...migrations, ...many] : migrations

const database = await openDatabase<Tables>({ path, migrations: all, log: createLog({ level: 'silent' }) })
const { read } = database
const say = (id: string) => read.insertInto('people').values({ id, name: `name of ${id}` })

if (what === 'say') {
  // Until it is killed: each line is a row that was acknowledged.
  for (let n = 0; ; n += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, k) => database.write(say(`r${n + k}`)).then(() => process.stdout.write(`r${n + k}\n`))),
    )
  }
} else if (what === 'burst') {
  await Promise.all(Array.from({ length: 300 }, (_, n) => database.write(say(`${argument}${n}`))))
} else if (what === 'claim') {
  const bystander = database.write(say('bystander'))
  await database.writeAll([say('ana'), read.insertInto('rooms').values({ code: 'R1', owner: 'ana' }), say('beto')], { label: 'claim' })
  await bystander
  console.log('claimed')
}
await database.close()
