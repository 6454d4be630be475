// SPDX-License-Identifier: GPL-3.0-or-later

import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import { type AccountsTables, accountsMigrations, createAccounts } from '../../src/accounts'
import { auditMigrations, createAudit, createLog, DatabaseFull, openDatabase } from '../../src/core'
import { until } from '../support/until'
import { ana, at, type Box, beto, carla, deviceCookie, idOf, instance, limits, openBox, openOwnedBox, secret, sessionCookie } from './box'

const admin = { who: null, from: null }
const day = 86_400_000
const tokenOf = (browser: { cookies: ReadonlyMap<string, string> }) => browser.cookies.get(sessionCookie) ?? ''
const isIn = async (browser: { get(path: string): Promise<Response> }) => (await browser.get('/salas')).status === 200
const rows = (box: Box) => box.database.read.selectFrom('sessions').selectAll().execute()

describe('a session', () => {
  test('is new at every sign-in, and the one before is dead', async () => {
    await using box = await openOwnedBox()
    const browser = at(box.door, ana)
    browser.setCookie(sessionCookie, 'planted')
    await browser.signIn()
    const first = tokenOf(browser)
    await browser.signIn()
    expect(tokenOf(browser)).not.toBe(first)
    const thief = at(box.door)
    thief.setCookie(sessionCookie, first)
    expect(await isIn(thief)).toBe(false)
    expect(box.ended.map(({ reason }) => reason)).toEqual(['replaced'])
  })

  test('its cookie is for this box alone, and out of reach of scripts and other sites', async () => {
    await using box = await openOwnedBox()
    const answer = await at(box.door).post('/entrar', { usuario: 'ana', clave: ana.clave })
    const lines = answer.headers.getSetCookie()
    expect(lines.map((line) => line.split('=')[0]).sort()).toEqual([sessionCookie, deviceCookie].sort())
    expect(sessionCookie).toMatch(/^pichat_[0-9a-f]{8}$/)
    for (const line of lines) {
      expect(line).toContain('; Path=/; HttpOnly; SameSite=Lax; Max-Age=')
      expect(line).not.toContain('Domain')
    }
    const shared = await at(box.door).post('/entrar', { usuario: 'ana', clave: ana.clave, compartido: 'on' })
    expect(shared.headers.getSetCookie()).toEqual([
      expect.stringMatching(new RegExp(`^${sessionCookie}=[^;]+; Path=/; HttpOnly; SameSite=Lax$`)),
    ])
  })

  test('its secret is 256 random bits, and the database does not have it', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const claims = JSON.parse(Buffer.from(tokenOf(browser).split('.')[1] ?? '', 'base64url').toString())
    expect(Buffer.from(claims.sid, 'base64url').length).toBe(32)
    expect(Object.keys(claims).sort()).toEqual(['aud', 'sid'])
    expect(JSON.stringify(await rows(box))).not.toContain(claims.sid)
    expect(box.journal()).not.toContain(claims.sid)
  })

  test('costs no query once it is known', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    await browser.get('/salas')
    await box.database.close()
    expect(await isIn(browser)).toBe(true)
  })

  test('one person has 25; one more ends the oldest', async () => {
    await using box = await openOwnedBox()
    const browsers = []
    for (let n = 0; n < 26; n++) browsers.push(await at(box.door, carla).signIn())
    expect(await isIn(browsers[0] as (typeof browsers)[0])).toBe(false)
    expect(await isIn(browsers[1] as (typeof browsers)[0])).toBe(true)
    expect((await rows(box)).length).toBe(25)
  })

  test('cookies of others, a hundred of them or of our name, harm nobody', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    for (let n = 0; n < 100; n++) browser.setCookie(`other${n}`, 'x'.repeat(30))
    expect(await isIn(browser)).toBe(true)
    const cookie = `${sessionCookie}=not-ours; ${sessionCookie}=; ${browser.cookie}`
    expect((await box.door.fetch('/salas', { headers: { cookie } })).status).toBe(200)
    expect((await box.door.fetch('/salas', { headers: { cookie: `${sessionCookie}=${'a'.repeat(9_000)}` } })).status).toBe(401)
    const others = Array.from({ length: 200 }, (_, n) => `${sessionCookie}=${n % 2 ? `eyJ${n}.e30.c2ln` : `not-ours-${n}`}`)
    expect((await box.door.fetch('/salas', { headers: { cookie: [...others, browser.cookie].join('; ') } })).status).toBe(200)
  })
})

describe('tokens', () => {
  const encode = (part: object | string) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
  const signed = (header: object, claims: object | string, key = secret, hash = 'sha256') => {
    const head = `${encode(header)}.${encode(claims)}`
    return `${head}.${createHmac(hash, key).update(head).digest('base64url')}`
  }

  test('that were made by anybody but us, or for anything but this, are no session', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const good = tokenOf(browser)
    const [, payload = '', signature = ''] = good.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const hs256 = { alg: 'HS256', typ: 'JWT' }
    const now = Math.floor(Date.now() / 1000)
    expect(signed(hs256, { aud: claims.aud, sid: claims.sid })).toBe(good)
    const forged: Record<string, string> = {
      'alg none': `${encode({ alg: 'none' })}.${payload}.`,
      'alg none with the signature': `${encode({ alg: 'none' })}.${payload}.${signature}`,
      HS512: signed({ alg: 'HS512', typ: 'JWT' }, claims, secret, 'sha512'),
      RS256: signed({ alg: 'RS256', typ: 'JWT' }, claims),
      'another key': signed(hs256, claims, 'another key, long enough for HS256 too'),
      'no key': signed(hs256, claims, ''),
      'kid of a file': signed({ ...hs256, kid: '../../../../dev/null' }, claims, ''),
      'kid of a query': signed({ ...hs256, kid: "x' UNION SELECT '' --" }, claims, ''),
      'jwk of their own': signed({ ...hs256, jwk: { kty: 'oct', k: 'AA' } }, claims, '\0'),
      'role of their own': `${encode(hs256)}.${encode({ ...claims, role: 'administrator' })}.${signature}`,
      expired: signed(hs256, { ...claims, exp: now - 60 }),
      'not yet': signed(hs256, { ...claims, nbf: now + 3_600 }),
      'doubled claims': `${encode(hs256)}.${encode(`{"sid":"x","aud":"pichat session","sid":"${claims.sid}"}`)}.${signature}`,
      'another purpose': signed(hs256, { ...claims, aud: 'pichat device' }),
      'no purpose': signed(hs256, { sid: claims.sid }),
      'no sid': signed(hs256, { aud: claims.aud }),
      'sid of another kind': signed(hs256, { ...claims, sid: { $ne: null } }),
      'unknown sid': signed(hs256, { ...claims, sid: 'A'.repeat(43) }),
      'the device cookie': browser.cookies.get(deviceCookie) ?? '',
      '100 KB': signed(hs256, { ...claims, more: 'x'.repeat(100_000) }),
      torn: good.slice(0, -4),
      empty: '..',
    }
    const bodies = new Set<string>()
    for (const [name, token] of Object.entries(forged)) {
      const answer = await box.door.fetch('/salas', {
        headers: { cookie: `${sessionCookie}=${token}`, accept: 'application/json', 'accept-language': 'es' },
      })
      expect([name, answer.status]).toEqual([name, 401])
      bodies.add(await answer.text())
    }
    expect(bodies.size).toBe(1)
    expect(await isIn(browser)).toBe(true)
  })

  test('name a session and nothing else: the role is what the database says', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    const { sid } = JSON.parse(Buffer.from(tokenOf(browser).split('.')[1] ?? '', 'base64url').toString())
    const bold = at(box.door)
    bold.setCookie(sessionCookie, signed({ alg: 'HS256', typ: 'JWT' }, { sid, aud: 'pichat session', role: 'administrator' }))
    expect((await bold.get('/admin')).status).toBe(403)
  })
})

describe('what ends sessions at once', () => {
  test('a changed password ends the others and keeps this one', async () => {
    await using box = await openOwnedBox()
    const [here, there] = [await at(box.door, ana).signIn(), await at(box.door, ana).signIn()]
    await there.get('/salas')
    const answer = await here.post('/perfil/clave', {
      actual: ana.clave,
      nueva: 'otra frase muy distinta',
      repite: 'otra frase muy distinta',
    })
    expect(answer.status).toBe(303)
    expect([await isIn(here), await isIn(there)]).toEqual([true, false])
    expect(box.ended.map(({ reason }) => reason)).toEqual(['password'])
    expect((await at(box.door).post('/entrar', { usuario: 'ana', clave: ana.clave })).status).toBe(401)
  })

  test('a temporary password ends all', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    await browser.get('/salas')
    await box.accounts.people.resetPassword(await idOf(box, 'beto'), admin)
    expect(await isIn(browser)).toBe(false)
  })

  test('a lower role holds from the next request on', async () => {
    await using box = await openOwnedBox()
    await box.accounts.people.setRole(await idOf(box, 'beto'), 'administrator', admin)
    const browser = await at(box.door, beto).signIn()
    expect((await browser.get('/admin')).status).toBe(200)
    const changed: string[] = []
    box.accounts.events.on('person.changed', ({ person }) => changed.push(person.role))
    await box.accounts.people.setRole(await idOf(box, 'beto'), 'usuario', admin)
    expect((await browser.get('/admin')).status).toBe(403)
    expect(changed).toEqual(['usuario'])
  })

  test('a pause ends all, and reactivating revives none', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    await browser.get('/salas')
    const id = await idOf(box, 'beto')
    await box.accounts.people.setDisabled(id, true, admin)
    expect(await isIn(browser)).toBe(false)
    expect(box.ended.map(({ reason }) => reason)).toEqual(['disabled'])
    await box.accounts.people.setDisabled(id, false, admin)
    expect(await isIn(browser)).toBe(false)
  })

  test('a pause in the middle of a sign-in wins', async () => {
    await using box = await openOwnedBox({ dear: true })
    const knocking = at(box.door).post('/entrar', { usuario: 'beto', clave: beto.clave })
    await box.accounts.people.setDisabled(await idOf(box, 'beto'), true, admin)
    expect([401, 403]).toContain((await knocking).status)
    expect(await rows(box)).toEqual([])
  })

  test('what the command line does in another process is noticed within a second', async () => {
    await using box = await openOwnedBox()
    const [betos, carlas] = [await at(box.door, beto).signIn(), await at(box.door, carla).signIn()]
    await betos.get('/salas')
    await carlas.get('/salas')
    const log = createLog({ level: 'silent' })
    const database = await openDatabase<AccountsTables>({
      path: `${box.data}/pichat.db`,
      migrations: [...auditMigrations, ...accountsMigrations],
      log,
    })
    const { clock } = box
    const other = await createAccounts({ database, clock, log, audit: createAudit(database, clock), secret, instanceId: instance, limits })
    const told: string[] = []
    box.accounts.events.on('person.changed', ({ person, disabled }) => void (disabled && told.push(person.username)))
    await other.people.create({ ...carla, usuario: 'dora' }, admin)
    // What happened before is known; from here on only the other process does anything.
    await box.accounts.look()
    await other.people.setDisabled(await idOf(box, 'beto'), true, admin)
    await other.people.setRole(await idOf(box, 'carla'), 'administrator', admin)
    await other.people.setDisabled(await idOf(box, 'dora'), true, admin)
    await box.accounts.look()
    // Dora never came in: her uploads by key and her links have to end all the same.
    expect(told.sort()).toEqual(['beto', 'dora'])
    expect(await isIn(betos)).toBe(false)
    expect(box.ended.map(({ reason }) => reason)).toEqual(['ended'])
    expect((await carlas.get('/admin')).status).toBe(200)
    await other.close()
    await database.close()
  })

  test('what the command line did is noticed also when the first look fails halfway', async () => {
    await using box = await openOwnedBox()
    const betos = await at(box.door, beto).signIn()
    await betos.get('/salas')
    const rename = (from: string, to: string) => box.database.write(CompiledQuery.raw(`ALTER TABLE ${from} RENAME TO ${to}`, []))
    await box.database.writeAll([
      box.database.read.updateTable('users').set({ disabled_at: box.clock.now() }).where('username', '=', 'beto'),
      box.database.read.deleteFrom('sessions'),
      box.database.read.updateTable('accounts_state').set((row) => ({ revision: row('revision', '+', 1) })),
    ])
    await rename('users', 'away')
    await expect(box.accounts.look()).rejects.toThrow()
    await rename('away', 'users')
    await box.accounts.look()
    expect(await isIn(betos)).toBe(false)
  })

  test('the timer does the looking by itself', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    await browser.get('/salas')
    const { read } = box.database
    await box.database.writeAll([read.deleteFrom('sessions'), read.updateTable('accounts_state').set({ revision: 999 })])
    await until('the session to end', () => box.ended.length === 1, { within: 1_500 })
    expect(await isIn(browser)).toBe(false)
  })
})

describe('clocks', () => {
  test('a session from a box that thinks it is 2000 survives the jump to today, an hour back, and a restart', async () => {
    await using box = await openOwnedBox()
    box.clock.set(Date.UTC(2000, 0, 1))
    const browser = await at(box.door, ana).signIn()
    expect(await isIn(browser)).toBe(true)
    box.clock.set(Date.UTC(2026, 10, 23))
    expect(await isIn(browser)).toBe(true)
    await box.accounts.sessions.sweep()
    box.clock.set(Date.UTC(2026, 10, 23) - 3_600_000)
    expect(await isIn(browser)).toBe(true)
    await using again = await openOwnedBoxOn(box)
    const same = at(again.door)
    same.setCookie(sessionCookie, tokenOf(browser))
    expect(await isIn(same)).toBe(true)
  })

  test('a session from the year 2000 is not old on a box that has learnt the time at its next start', async () => {
    await using box = await openOwnedBox()
    box.clock.set(Date.UTC(2000, 0, 1))
    const browser = await at(box.door, ana).signIn()
    box.clock.set(Date.UTC(2026, 10, 23))
    await using again = await openOwnedBoxOn(box)
    const same = at(again.door)
    same.setCookie(sessionCookie, tokenOf(browser))
    expect(await isIn(same)).toBe(true)
  })

  test('a jump of years ends no session in use', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    await browser.get('/salas')
    box.clock.set(Date.UTC(2046, 0, 1))
    expect(await isIn(browser)).toBe(true)
    await box.accounts.sessions.sweep()
    expect(await isIn(browser)).toBe(true)
  })

  test('a box that does not know the time ends nothing for its age', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    await box.accounts.sessions.flush()
    box.clock.set(Date.UTC(1970, 0, 1))
    await box.accounts.sessions.sweep()
    await using again = await openOwnedBoxOn(box)
    const same = at(again.door)
    same.setCookie(sessionCookie, tokenOf(browser))
    expect(await isIn(same)).toBe(true)
  })

  test('a month unused is over, and a clock set back revives nothing', async () => {
    await using box = await openOwnedBox()
    const [idle, used] = [await at(box.door, ana).signIn(), await at(box.door, ana).signIn()]
    expect(await isIn(idle)).toBe(true)
    for (let n = 0; n < 31; n++) {
      expect(await isIn(used)).toBe(true)
      await box.clock.advance(day)
    }
    expect(await isIn(idle)).toBe(false)
    expect(box.ended.map(({ reason }) => reason)).toEqual(['expired'])
    box.clock.set(box.clock.now() - 20 * day)
    expect(await isIn(idle)).toBe(false)
  })

  test('when it was last used is written rarely, and at the end', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const signedInAt = (await rows(box))[0]?.last_seen_at ?? 0
    await box.clock.advance(60_000)
    for (let n = 0; n < 50; n++) await browser.get('/salas')
    expect((await rows(box))[0]?.last_seen_at).toBe(signedInAt)
    await box.accounts.close()
    expect((await rows(box))[0]?.last_seen_at).toBe(signedInAt + 60_000)
  })
})

test('after signing out nothing of it can be looked at again', async () => {
  await using box = await openOwnedBox()
  const browser = await at(box.door, ana).signIn()
  const page = await browser.get('/perfil')
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const cookie = browser.cookie
  await browser.signOut()
  for (const path of ['/perfil', '/salas']) expect((await box.door.fetch(path, { headers: { cookie } })).status).toBe(401)
})

test('whoever signs out is out, also when nothing can be written; it is written down as soon as it can be', async () => {
  await using box = await openOwnedBox()
  const browser = await at(box.door, ana).signIn()
  await browser.get('/salas')
  const { cookie } = browser
  const other = new Database(`${box.data}/pichat.db`)
  other.run('BEGIN IMMEDIATE')
  const answer = await browser.signOut()
  expect([answer.status, answer.headers.get('location'), browser.cookies.has(sessionCookie)]).toEqual([303, '/entrar', false])
  expect((await box.door.fetch('/salas', { headers: { cookie } })).status).toBe(401)
  expect(box.ended.map(({ reason }) => reason)).toEqual(['signed-out'])
  expect((await rows(box)).length).toBe(1)
  other.run('ROLLBACK')
  other.close()
  await box.accounts.sessions.sweep()
  expect(await rows(box)).toEqual([])
  expect((await box.door.fetch('/salas', { headers: { cookie } })).status).toBe(401)
}, 20_000)

/** The same data after a restart. */
function openOwnedBoxOn({ data, clock }: Box) {
  return openBox({ data, clock })
}

test.each([
  ['used since the start', true],
  ['not used since the start', false],
])('a session that was over, %s, keeps nobody from signing in while the disk is full', async (_, known) => {
  await using box = await openOwnedBox()
  const browser = at(box.door, ana)
  browser.setCookie(sessionCookie, (await box.accounts.entrance.enter(await userOf(box, 'ana'), nobody)).token)
  if (known) expect(await isIn(browser)).toBe(true)
  box.clock.pass(31 * day)
  const { writeAll } = box.database
  const write: typeof writeAll = (statements, options) =>
    options?.makesRoom ? writeAll(statements, options) : Promise.reject(new DatabaseFull())
  Object.assign(box.database, { writeAll: write })
  expect((await browser.get('/entrar')).status).toBe(200)
  await browser.signIn()
  expect(await isIn(browser)).toBe(true)
  Object.assign(box.database, { writeAll })
  await box.accounts.sessions.flush()
  expect((await rows(box)).length).toBe(1)
})

const nobody = { ip: '127.0.0.1', userAgent: '', device: null, session: null }
const userOf = (box: Box, username: string) =>
  box.database.read.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirstOrThrow()
