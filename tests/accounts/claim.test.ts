// SPDX-License-Identifier: GPL-3.0-or-later
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personNames } from '../support/payloads'
import { ana, at, type Box, openBox, openOwnedBox, sessionCookie } from './box'
import { Person, uninvited } from './people'

const form = (box: Box, more: Record<string, string> = {}) => ({
  codigo: box.codes.at(-1) ?? '',
  usuario: ana.usuario,
  nombre: ana.nombre,
  clave: ana.clave,
  ...more,
})
const post = (box: Box, more: Record<string, string> = {}) => new Person(box.door).post('/primer-arranque', form(box, more))
const wrongCode = (box: Box) => (box.codes.at(-1) === '22222222' ? '33333333' : '22222222')
const users = (box: Box) => box.database.read.selectFrom('users').selectAll().execute()
const count = (all: readonly number[], wanted: number) => all.filter((one) => one === wanted).length

describe('a box without an owner', () => {
  test('answers nothing but the claim, its health and the look of the page', async () => {
    await using box = await openBox()
    const stranger = new Person(box.door)
    for (const path of ['/', '/entrar', '/salas', '/admin', '/perfil', '/nothing', '/d/abc/x', '/restablecer/x']) {
      const answer = await stranger.get(path)
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 303, '/primer-arranque'])
      const program = await stranger.get(path, { accept: 'application/json' })
      expect([path, program.status, program.headers.get('content-type')]).toEqual([path, 503, 'application/json; charset=utf-8'])
    }
    const signIn = await stranger.post('/entrar', { usuario: 'ana', clave: ana.clave })
    expect([signIn.status, signIn.headers.getSetCookie()]).toEqual([503, []])
    expect((await stranger.get('/salud')).status).toBe(200)
    const page = await stranger.get('/primer-arranque?codigo=ABCD-2345')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('value="ABCD-2345"')
  })

  test('becomes the place of whoever shows the code, who is signed in at once', async () => {
    await using box = await openBox()
    const owner = new Person(box.door)
    const code = box.codes[0] ?? ''
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/)
    const answer = await owner.post(
      '/primer-arranque',
      form(box, { codigo: ` ${code.slice(0, 4)}-${code.slice(4).toLowerCase()} `, lugar: 'Casa  Torres' }),
    )
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/salas'])
    expect(await (await owner.get('/admin')).text()).toBe('ana')
    expect(box.accounts.place()).toBe('Casa Torres')
    expect((await users(box)).map(({ role }) => role)).toEqual(['administrator'])
    const lines = await box.database.read.selectFrom('audit').selectAll().execute()
    expect(lines.map(({ what }) => what)).toEqual(['accounts.claimed', 'accounts.signed-in'])
    expect(JSON.stringify(lines) + box.journal()).not.toContain(code)
  })

  test('is never claimed twice, not even after a restart', async () => {
    await using box = await openOwnedBox()
    const code = box.codes[0] ?? ''
    const tryAgain = async (here: Box) => {
      const stranger = new Person(here.door)
      const answers = [
        await stranger.get('/primer-arranque'),
        await stranger.post('/primer-arranque', { ...form(here), codigo: code, usuario: 'mallory' }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([404, 404])
      expect((await users(here)).length).toBe(3)
    }
    await tryAgain(box)
    await using again = await openBox({ data: box.data, clock: box.clock })
    expect(again.codes).toEqual([])
    await tryAgain(again)
  })

  test('is never claimed where the record of one that had an owner was put back, with neither code', async () => {
    await using owned = await openOwnedBox()
    await using fresh = await openBox()
    const restored = await mkdtemp(join(tmpdir(), 'pichat-restored-'))
    try {
      using record = new Database(join(owned.data, 'pichat.db'))
      record.run('VACUUM INTO ?', [join(restored, 'pichat.db')])
      await using box = await openBox({ data: restored, clock: owned.clock })
      expect([box.codes, box.accounts.claims.isClaimed]).toEqual([[], true])
      const stranger = new Person(box.door)
      expect((await stranger.get('/primer-arranque')).status).toBe(404)
      for (const codigo of [owned.codes[0] ?? '', fresh.codes[0] ?? '']) {
        expect((await stranger.post('/primer-arranque', { ...form(box), codigo, usuario: 'mallory' })).status).toBe(404)
      }
      expect((await users(box)).length).toBe(3)
    } finally {
      await rm(restored, { recursive: true, force: true })
    }
  })

  test('takes a code of its own choosing from the settings, once', async () => {
    await using box = await openBox({ limits: { setupCode: 'casa-2345' } })
    expect(box.codes).toEqual(['CASA2345'])
    expect((await post(box)).status).toBe(303)
  })

  test('two boxes have two codes', async () => {
    await using one = await openBox()
    await using other = await openBox()
    expect(one.codes[0]).not.toBe(other.codes[0] as string)
  })
})

describe('guessing the code', () => {
  test('an empty field is no guess', async () => {
    await using box = await openBox()
    for (let n = 0; n < 7; n++) {
      const answer = await post(box, { codigo: n % 2 ? '' : '  ' })
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('Escribe el código.')
    }
    expect(box.codes).toHaveLength(1)
    expect((await post(box)).status).toBe(303)
  })

  test('what comes back into the form has no signs that nobody can type', async () => {
    await using box = await openBox()
    const page = await (await post(box, { usuario: 'a\0b\u001b', nombre: 'Ana\u0085' })).text()
    expect(page).toContain('value="ab"')
    expect(page).toContain('value="Ana"')
    expect(page.replace(/\n/g, '')).not.toMatch(/\p{Cc}/u)
  })

  test('five wrong ones make a new code and a pause', async () => {
    await using box = await openBox()
    const first = box.codes[0]
    const all: number[] = []
    for (let n = 0; n < 10; n++) all.push((await post(box, { codigo: wrongCode(box) })).status)
    expect(all).toEqual([403, 403, 403, 403, 403, 429, 429, 429, 429, 429])
    expect(box.codes.length).toBe(2)
    expect(await users(box)).toEqual([])
    const early = await post(box)
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '60'])
    await box.clock.advance(61_000)
    expect((await post(box, { codigo: first ?? '' })).status).toBe(403)
    expect((await post(box)).status).toBe(303)
  })

  test('the form says how many are left, and keeps what was typed', async () => {
    await using box = await openBox()
    const page = await (await post(box, { codigo: wrongCode(box), nombre: 'Ana <b>' })).text()
    expect(page).toContain('Quedan 4 intentos antes de que cambie.')
    expect(page).toContain('value="Ana &lt;b&gt;"')
    expect(page).not.toContain(ana.clave)
  })

  test('a hundred at once are five', async () => {
    await using box = await openBox()
    const all = await Promise.all(Array.from({ length: 100 }, async () => (await post(box, { codigo: '22222222' })).status))
    expect([count(all, 403), count(all, 429)]).toEqual([5, 95])
  })
})

describe('who may claim', () => {
  test.each(['203.0.113.5', '8.8.8.8', '100.64.0.1', '172.32.0.1', '2001:db8::7', '::ffff:203.0.113.5', '0.0.0.0', 'nonsense', ''])(
    'nobody from outside: %s',
    async (address) => {
      await using box = await openBox()
      const outside = new Person(box.from(address))
      expect((await outside.get('/primer-arranque')).status).toBe(403)
      expect((await outside.post('/primer-arranque', form(box))).status).toBe(403)
      const forwarded = await outside.post('/primer-arranque', form(box), { 'x-forwarded-for': '192.168.1.4' })
      expect(forwarded.status).toBe(403)
      expect(await users(box)).toEqual([])
    },
  )

  test.each(['192.168.1.4', '10.0.0.9', '172.16.3.4', '169.254.10.1', '127.0.0.1', '::1', 'fe80::1%eth0', 'fd12::4', '::ffff:192.168.1.4'])(
    'whoever is in the house: %s',
    async (address) => {
      await using box = await openBox()
      expect((await new Person(box.from(address)).post('/primer-arranque', form(box))).status).toBe(303)
    },
  )

  test('of twenty at once exactly one, fifty times', async () => {
    for (let round = 0; round < 50; round++) {
      await using box = await openBox()
      const all = await Promise.all(Array.from({ length: 20 }, async (_, n) => (await post(box, { usuario: `ana${n}` })).status))
      expect([count(all, 303), count(all, 409)]).toEqual([1, 19])
      expect((await users(box)).length).toBe(1)
    }
  }, 60_000)

  test('of two processes exactly one', async () => {
    await using here = await openBox()
    await using there = await openBox({ data: here.data })
    const all = await Promise.all([post(here), post(there, { codigo: there.codes[0] ?? '' })])
    expect(all.map(({ status }) => status).sort()).toEqual([303, 409])
    expect((await users(here)).length).toBe(1)
    await there.accounts.look()
    await here.accounts.look()
    expect([here.accounts.claims.isClaimed, there.accounts.claims.isClaimed]).toEqual([true, true])
  })
})

describe('what a claim is made of', () => {
  test('all or nothing: the first room that fails leaves no owner', async () => {
    await using box = await openBox()
    const { read } = box.database
    const claim = box.accounts.claims.claim({ ...form(box), lugar: '' }, '127.0.0.1', () => [
      read.insertInto('sessions').values({ id: 'x', user_id: 'nobody', created_at: 0, last_seen_at: 0, device: '', ip: '', shared: 0 }),
    ])
    expect(await claim.catch((error: Error) => error.name)).toBe('ForeignKeyViolation')
    expect([await users(box), box.accounts.claims.isClaimed]).toEqual([[], false])
    expect((await post(box)).status).toBe(303)
  })

  test('killed at any statement it is whole or has not happened', async () => {
    // Four of ours and the first room; then right before the commit, and right after it.
    const statements = 5
    for (let k = 1; k <= statements + 2; k++) {
      const data = await mkdtemp(join(tmpdir(), 'pichat-claim-'))
      try {
        const child = Bun.spawn([process.execPath, join(import.meta.dir, 'claim-child.ts'), data], {
          env: { ...process.env, PICHAT_FAILPOINT: `claim:${k}` },
          stdout: 'pipe',
        })
        expect(await child.exited).toBe(137)
        expect(await new Response(child.stdout).text()).toBe('')
        await using box = await openBox({ data })
        const claimed = k === statements + 2
        expect(box.accounts.claims.isClaimed).toBe(claimed)
        expect((await users(box)).length).toBe(claimed ? 1 : 0)
        expect((await box.database.read.selectFrom('settings').selectAll().execute()).length).toBe(claimed ? 2 : 0)
        if (claimed) expect((await at(box.door, ana).signIn()).cookies.has(sessionCookie)).toBe(true)
        else expect((await post(box)).status).toBe(303)
      } finally {
        await rm(data, { recursive: true, force: true })
      }
    }
  }, 60_000)

  test('bad fields are refused, nothing is stored and no try is lost', async () => {
    await using box = await openBox()
    const bad: Record<string, string>[] = [
      { clave: 'corta' },
      { clave: 'password1' },
      { clave: 'me llamo ana torres' },
      { nombre: '' },
      { usuario: '' },
      { lugar: 'a\u202Eb' },
      ...personNames.flatMap((name): Record<string, string>[] => [{ usuario: name }, { nombre: name }]),
    ]
    for (const more of bad) {
      // A name of ten thousand signs does not fit through the door at all.
      const answer = await post(box, more)
      expect([more, [422, 413].includes(answer.status)]).toEqual([more, true])
    }
    for (const body of uninvited(form(box))) {
      const headers = { 'content-type': 'application/json', accept: 'application/json' }
      expect((await new Person(box.door).request('POST', '/primer-arranque', { headers, body })).status).toBe(422)
    }
    expect(await users(box)).toEqual([])
    expect(box.codes.length).toBe(1)
    expect((await post(box)).status).toBe(303)
  })
})
