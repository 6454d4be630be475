// SPDX-License-Identifier: GPL-3.0-or-later
//
// A room with a million messages, written beside a PiChat that is not running. Words come as often as words do: a few all the time, most
// of them hardly ever (Zipf's law).
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { settleCids } from '../../src/rooms/talk/tables-items'
import { indexWords } from '../../src/rooms/talk/tables-messages'

const total = 1_000_000
const vocabulary = 20_000
const wordsEach = 10
/** Messages of one transaction. */
const portion = 20_000
/** Milliseconds between two messages: a million in about a year. */
const pace = 30_000

export interface Million {
  total: number
  /** Words by how often they occur; the first in every message or so. */
  words: readonly string[]
}

/** Fills the room of this code, whose members are there already. */
export function fillRoom(data: string, code: string): Million {
  const database = new Database(join(data, 'pichat.db'), { strict: true })
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = OFF')
  database.run('PRAGMA cache_size = -65536')
  database.run('PRAGMA wal_autocheckpoint = 262144')
  const { id } = database.query('SELECT id FROM rooms WHERE code = ?').get(code) as { id: string }
  const members = database.query('SELECT person_id, name FROM room_members WHERE room_id = ?').all(id) as {
    person_id: string
    name: string
  }[]
  const random = numbers(7)
  const words = Array.from({ length: vocabulary }, () => syllables(random))
  const add = database.query(
    `INSERT INTO room_items (room_id, n, changed, kind, author_id, author_name, cid, text, at) VALUES (?1, ?2, ?2, 'said', ?3, ?4, ?5, ?6, ?7)`,
  )
  const begin = Date.now() - total * pace
  database.query('INSERT INTO room_search (room_id, done) VALUES (?, 0)').run(id)
  for (let from = 1; from <= total; from += portion) {
    const to = Math.min(total, from + portion - 1)
    database.transaction(() => {
      for (let n = from; n <= to; n++) {
        const author = members[n % members.length]!
        const text = Array.from({ length: wordsEach }, () => words[Math.floor(vocabulary ** random()) - 1]).join(' ')
        add.run(id, n, author.person_id, author.name, `m${n.toString(36)}`, text, begin + n * pace)
      }
      database.query(settleCids).run(to, id)
      database.query(indexWords).run(to, id)
      database.query('UPDATE room_search SET done = ? WHERE room_id = ?').run(to, id)
    })()
  }
  database.close()
  return { total, words }
}

/** The same every time (xorshift32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

function syllables(random: () => number): string {
  const one = () => 'bcdfglmnprstv'[Math.floor(random() * 13)]! + 'aeiou'[Math.floor(random() * 5)]!
  return Array.from({ length: 2 + Math.floor(random() * 3) }, one).join('')
}
