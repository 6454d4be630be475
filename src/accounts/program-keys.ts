// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Database, expecting, newId, newToken, Refusal, sha256, UnmetExpectation } from '../core'
import { type AccountLimits, type ProgramKey, type Scope, type Session, scopes } from './model'
import type { AccountsTables } from './tables'

interface Deps {
  database: Database<AccountsTables>
  audit: Audit
  clock: Clock
  limits: Pick<AccountLimits, 'keysPerPerson'>
}

export type ProgramKeys = ReturnType<typeof createProgramKeys>

/** Tells in a script, a log or a search for leaked secrets what it is. */
const prefix = 'pichat_'
/** Ours have 50 signs; a longer one is not worth hashing. */
const longestSecret = 128
export const longestKeyName = 60

/**
 * Keys for programs: random, shown once, kept as a hash. A key opens what its scopes say and its person's role allows at that moment:
 * every request asks the database, so that a revoked key, a paused account and another role act at once.
 */
export function createProgramKeys({ database, audit, clock, limits }: Deps) {
  const { read } = database
  const used = new Map<string, number>()

  /** The session of a program, or null. */
  async function identify(secret: string): Promise<Session | null> {
    if (!secret.startsWith(prefix) || secret.length > longestSecret) return null
    const row = await read
      .selectFrom('program_keys')
      .innerJoin('users', 'users.id', 'program_keys.user_id')
      .where('program_keys.hash', '=', sha256(secret))
      .where('users.disabled_at', 'is', null)
      .select(['program_keys.id', 'program_keys.scopes', 'users.id as user_id', 'users.username', 'users.name', 'users.role'])
      .select(['users.must_change', 'users.locale'])
      .executeTakeFirst()
    if (!row) return null
    used.set(row.id, clock.now())
    const person = { id: row.user_id, username: row.username, name: row.name, role: row.role }
    return { id: `key:${row.id}`, person, mustChange: row.must_change === 1, locale: row.locale, scopes: readScopes(row.scopes) }
  }

  async function of(user: string): Promise<ProgramKey[]> {
    const rows = await read.selectFrom('program_keys').selectAll().where('user_id', '=', user).orderBy('n', 'desc').execute()
    return rows.map(({ id, name, scopes: held, created_at, used_at }) => ({
      id,
      name,
      scopes: readScopes(held),
      createdAt: created_at,
      usedAt: used.get(id) ?? used_at,
    }))
  }

  /** Refuses with `invalid` a key without name or scope, and with `conflict` one too many. */
  async function make({ person }: Session, typed: { name: string; scopes: readonly Scope[] }, from: string) {
    const name = typed.name.normalize('NFC').replace(/\p{C}/gu, '').trim()
    if (name === '') throw new Refusal('invalid', 'accounts.keyNameMissing', { fields: { nombre: 'accounts.keyNameMissing' } })
    if ([...name].length > longestKeyName) {
      throw new Refusal('invalid', 'accounts.keyNameTooLong', {
        fields: { nombre: 'accounts.keyNameTooLong' },
        values: { n: longestKeyName },
      })
    }
    const chosen = scopes.filter((scope) => typed.scopes.includes(scope))
    if (chosen.length === 0) throw new Refusal('invalid', 'accounts.keyOpensNothing', { fields: { permite: 'accounts.keyOpensNothing' } })
    const max = limits.keysPerPerson
    const secret = prefix + newToken()
    const row = { id: newId(), user_id: person.id, name, hash: sha256(secret), scopes: chosen.join(' '), created_at: clock.now() }
    try {
      await database.writeAll([
        expecting(insertUnlessTooMany(row, max)),
        audit.statement({ who: person, what: 'accounts.key-made', target: { id: row.id, name }, from, detail: { scopes: row.scopes } }),
      ])
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('conflict', 'accounts.tooManyKeys', { values: { n: max } })
      throw error
    }
    const key: ProgramKey = { id: row.id, name, scopes: chosen, createdAt: row.created_at, usedAt: null }
    return { key, secret }
  }

  /** The statement itself counts: of two at once, only one is the last. */
  function insertUnlessTooMany(
    row: { id: string; user_id: string; name: string; hash: string; scopes: string; created_at: number },
    max: number,
  ) {
    const columns = ['id', 'user_id', 'name', 'hash', 'scopes', 'created_at'] as const
    return read
      .insertInto('program_keys')
      .columns(columns)
      .expression(({ selectFrom, val }) =>
        selectFrom('users')
          .where('id', '=', row.user_id)
          .where(
            ({ selectFrom: from, fn }) => from('program_keys').where('user_id', '=', row.user_id).select(fn.countAll<number>().as('n')),
            '<',
            max,
          )
          .select([
            val(row.id).as('id'),
            'users.id as user_id',
            val(row.name).as('name'),
            val(row.hash).as('hash'),
            val(row.scopes).as('scopes'),
            val(row.created_at).as('created_at'),
          ]),
      )
  }

  /** One of one's own; somebody else's is `missing`. */
  async function revoke({ person }: Session, id: string, from: string): Promise<ProgramKey> {
    const key = (await of(person.id)).find((one) => one.id === id)
    if (!key) throw new Refusal('missing', 'errors.missing')
    await database.writeAll([
      read.deleteFrom('program_keys').where('id', '=', id).where('user_id', '=', person.id),
      audit.statement({ who: person, what: 'accounts.key-revoked', target: { id, name: key.name }, from }),
    ])
    used.delete(id)
    return key
  }

  /** Writes when keys were last used: rarely, for the card's sake. */
  async function flush(): Promise<void> {
    if (used.size === 0) return
    const all = [...used]
    await database.writeAll(all.map(([id, at]) => read.updateTable('program_keys').set({ used_at: at }).where('id', '=', id)))
    for (const [id, at] of all) if (used.get(id) === at) used.delete(id)
  }

  return { identify, of, make, revoke, flush }
}

/** The secret of `Authorization: Bearer …`; null when nothing of the kind was sent. */
export function bearerOf(headers: Headers): string | null {
  const sent = headers.get('authorization')
  return sent?.startsWith('Bearer ') ? sent.slice('Bearer '.length).trim() : null
}

function readScopes(stored: string): Scope[] {
  return scopes.filter((scope) => stored.split(' ').includes(scope))
}
