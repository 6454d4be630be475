// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { computationsAtOnce, createPasswords } from '../../src/accounts/passwords'
import { createLog } from '../../src/core'
import type { Door } from '../support/door'
import { ana, at, type Box, beto, carla, deviceCookie, idOf, openBox, openOwnedBox, sessionCookie } from './box'
import { Person, uninvited } from './people'

const knock = (door: Door, usuario: string, clave: string) => new Person(door).post('/entrar', { usuario, clave })
const count = (all: readonly number[], wanted: number) => all.filter((one) => one === wanted).length
const retryAfter = (answer: Response) => Number(answer.headers.get('retry-after'))
const breakHash = (box: Box, id: string, password: string) =>
  box.database.write(box.database.read.updateTable('users').set({ password }).where('id', '=', id))

describe('signing in', () => {
  test('ana signs in by any spelling of her name, is known, and signs out for good', async () => {
    await using box = await openOwnedBox()
    const browser = at(box.door, ana)
    const door = '/entrar?volver=%2Fsalas%3Fx%3D1'
    expect((await browser.get('/salas?x=1')).headers.get('location')).toBe(door)
    const answer = await browser.post('/entrar', { usuario: ' ＡNA ', clave: ana.clave, volver: '/salas/ABCD?x=1' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/salas/ABCD?x=1'])
    expect(await (await browser.get('/salas')).text()).toBe('ana')
    const old = browser.cookies.get(sessionCookie) as string
    expect((await browser.signOut()).headers.get('location')).toBe('/entrar')
    expect(browser.cookies.has(sessionCookie)).toBe(false)
    browser.setCookie(sessionCookie, old)
    expect((await browser.get('/salas?x=1')).headers.get('location')).toBe(door)
  })

  test('the form comes back with what was typed, never with the password', async () => {
    await using box = await openOwnedBox()
    const wrong = await at(box.door).post('/entrar', { usuario: 'ana"><b>', clave: 'sesame-7F3', volver: '/archivos' })
    const page = await wrong.text()
    expect(wrong.status).toBe(401)
    expect(page).toContain('El usuario o la contraseña no coinciden.')
    expect(page).toContain('value="ana&quot;&gt;&lt;b&gt;"')
    expect(page).toContain('name="volver" value="/archivos"')
    expect(page).not.toContain('sesame-7F3')
    expect(box.journal()).not.toContain('sesame-7F3')
  })

  test('empty fields are said beside the field', async () => {
    await using box = await openOwnedBox()
    const answer = await at(box.door).post('/entrar', { usuario: '', clave: '' })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain('Escribe el usuario.')
    expect(page).toContain('aria-invalid="true"')
  })

  test('programs get JSON', async () => {
    await using box = await openOwnedBox()
    const post = (body: object) =>
      at(box.door).request('POST', '/entrar', {
        headers: { accept: 'application/json', 'content-type': 'application/json', 'accept-language': 'en' },
        body: JSON.stringify(body),
      })
    const wrong = await post({ usuario: 'ana', clave: 'nothing like it' })
    expect(wrong.status).toBe(401)
    expect(await wrong.json()).toEqual({
      error: 'signed-out',
      message: 'The user name or password does not match. Check that caps lock is off.',
    })
    expect((await post({ usuario: 'ana', clave: ana.clave })).status).toBe(303)
  })

  test('it leads back to paths of this house and nowhere else', async () => {
    await using box = await openOwnedBox()
    const elsewhere = [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/a\\b',
      'salas',
      '/entrar',
      '/salir',
      '/a\r\nx: y',
      `/${'a'.repeat(600)}`,
    ]
    for (const volver of elsewhere) {
      const answer = await at(box.door).post('/entrar', { usuario: 'ana', clave: ana.clave, volver })
      expect([volver, answer.headers.get('location')]).toEqual([volver, '/salas'])
    }
  })

  test('bodies with fields nobody asked for are refused', async () => {
    await using box = await openOwnedBox()
    for (const body of uninvited({ usuario: 'ana', clave: ana.clave })) {
      const headers = { 'content-type': 'application/json', accept: 'application/json' }
      const answer = await at(box.door).request('POST', '/entrar', { headers, body })
      expect([body, answer.status]).toEqual([body, 422])
    }
    const twice = await at(box.door).request('POST', '/entrar', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `usuario=ana&usuario=beto&clave=${ana.clave}`,
    })
    expect(twice.status).toBe(422)
  })

  test('a paused account hears so, but only with its password', async () => {
    await using box = await openOwnedBox()
    await box.accounts.people.setDisabled(await idOf(box, 'beto'), true, { who: null, from: null })
    const right = await knock(box.door, 'beto', beto.clave)
    expect([right.status, (await right.text()).includes('Esta cuenta está en pausa.')]).toEqual([403, true])
    const wrong = await knock(box.door, 'beto', 'not the password')
    expect([wrong.status, (await wrong.text()).includes('en pausa')]).toEqual([401, false])
  })
})

describe('guessing', () => {
  test('from one address ten tries in three minutes reach the hash, and nobody else waits for it', async () => {
    await using box = await openOwnedBox()
    const attacker = box.from('192.168.1.66')
    const first: number[] = []
    for (let n = 0; n < 1_000; n++) first.push((await knock(attacker, 'ana', `guess ${n}`)).status)
    expect([count(first, 401), count(first, 429)]).toEqual([10, 990])
    const last = await knock(attacker, 'ana', ana.clave)
    expect([last.status, retryAfter(last)]).toEqual([429, 180])
    expect(await last.text()).toContain('Espera 180 segundos.')
    expect((await knock(box.from('192.168.1.7'), 'ana', ana.clave)).status).toBe(303)
    await box.clock.advance(181_000)
    expect((await knock(attacker, 'ana', ana.clave)).status).toBe(303)
  })

  test('from fifty addresses the pause grows to a minute, never longer, and at most 100 an hour get through', async () => {
    await using box = await openOwnedBox()
    const known = await at(box.from('10.0.0.9'), ana).signIn()
    const pauses: number[] = []
    let guessed = 0
    for (let turn = 0; turn < 600; turn++) {
      const answer = await knock(box.from(`10.1.0.${turn % 50}`), 'ana', 'a wrong one')
      if (answer.status === 401) guessed++
      else pauses.push(retryAfter(answer))
      await box.clock.advance(6_000)
    }
    expect(pauses.slice(0, 20).some((pause) => pause <= 2)).toBe(true)
    expect(guessed).toBeLessThanOrEqual(100)
    expect(guessed).toBeGreaterThan(20)
    expect(Math.max(...pauses)).toBe(54)
    // The browser that has been in before is judged by itself.
    expect((await known.post('/entrar', { usuario: 'ana', clave: ana.clave })).status).toBe(303)
    // And its owner is never locked out: a minute later the door opens from anywhere.
    await box.clock.advance(61_000)
    expect((await knock(box.from('10.0.0.33'), 'ana', ana.clave)).status).toBe(303)
  })

  test('from one address for hours: whoever comes from another one is let in all the time', async () => {
    await using box = await openOwnedBox()
    let guessed = 0
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < 12; n++) if ((await knock(box.from('192.168.1.66'), 'ana', 'wrong')).status === 401) guessed++
      expect((await knock(box.from(`192.168.1.${round}`), 'ana', ana.clave)).status, `round ${round}`).toBe(303)
      await box.clock.advance(181_000)
    }
    // Two hours of it, and fifty an hour at most.
    expect(guessed).toBeGreaterThan(50)
    expect(guessed).toBeLessThanOrEqual(150)
  })

  test('from two addresses: a third that has not failed is still let in', async () => {
    await using box = await openOwnedBox({ limits: { signInDelay: 0 } })
    for (let n = 0; n < 400; n++) {
      await knock(box.from(`10.7.0.${n % 2}`), 'ana', 'wrong')
      await box.clock.advance(5_000)
    }
    expect((await knock(box.from('10.7.0.9'), 'ana', ana.clave)).status).toBe(303)
  })

  test('thousands of other names, most of them turned away, do not make the pause of an account forgotten', async () => {
    await using box = await openOwnedBox()
    for (let n = 0; n < 12; n++) {
      const answer = await knock(box.from(`10.8.0.${n}`), 'ana', 'wrong')
      if (answer.status === 429) await box.clock.advance(retryAfter(answer) * 1000)
    }
    expect((await knock(box.from('10.8.0.40'), 'ana', 'wrong')).status).toBe(429)
    for (let n = 0; n < 10_100; n++) await knock(box.from('10.8.1.1'), `name${n}`, 'wrong')
    expect((await knock(box.from('10.8.0.41'), 'ana', 'wrong')).status).toBe(429)
  })

  test('the pause doubles: 1, 2, 4 … 60 seconds', async () => {
    await using box = await openOwnedBox()
    const pauses: number[] = []
    for (let n = 0; n < 20; n++) {
      const answer = await knock(box.from(`10.2.0.${n}`), 'ana', 'wrong')
      if (answer.status !== 429) continue
      pauses.push(retryAfter(answer))
      await box.clock.advance(retryAfter(answer) * 1000)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('a hundred an hour and account, from however many addresses', async () => {
    await using box = await openOwnedBox({ limits: { signInDelay: 0 } })
    const all: number[] = []
    for (let n = 0; n < 130; n++) all.push((await knock(box.from(`10.9.0.${n}`), 'ana', 'wrong')).status)
    expect([count(all, 401), count(all, 429)]).toEqual([100, 30])
    await box.clock.advance(3_601_000)
    expect((await knock(box.from('10.9.0.1'), 'ana', ana.clave)).status).toBe(303)
  })

  test('a device cookie of another account, or an invented one, is no privilege', async () => {
    await using box = await openOwnedBox()
    const carlas = (await at(box.from('10.3.0.1'), carla).post('/entrar', { usuario: 'carla', clave: carla.clave })).headers.getSetCookie()
    const stolen = carlas.find((line) => line.startsWith(deviceCookie))?.split(/[=;]/)[1] as string
    for (let n = 0; n < 8; n++) {
      await knock(box.from(`10.3.1.${n}`), 'ana', 'wrong')
      await box.clock.advance(n < 7 ? 61_000 : 0)
    }
    for (const value of [stolen, 'x.y.z', '']) {
      const browser = new Person(box.from('10.3.0.2'))
      browser.setCookie(deviceCookie, value)
      expect((await browser.post('/entrar', { usuario: 'ana', clave: 'wrong' })).status).toBe(429)
    }
  })

  test('a browser with a device cookie has ten tries too', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const all: number[] = []
    for (let n = 0; n < 15; n++) all.push((await browser.post('/entrar', { usuario: 'ana', clave: 'wrong' })).status)
    expect([count(all, 401), count(all, 429)]).toEqual([10, 5])
  })

  test('device cookies are of the password they were earned with: another one ends their privilege', async () => {
    await using box = await openOwnedBox()
    const old = await at(box.from('10.3.2.1'), ana).signIn()
    const nueva = 'doce palabras nada comunes'
    expect((await old.post('/perfil/clave', { actual: ana.clave, nueva, repite: nueva })).status).toBe(303)
    for (let n = 0; n < 8; n++) {
      const answer = await knock(box.from(`10.3.3.${n}`), 'ana', 'wrong')
      if (answer.status === 429) await box.clock.advance(retryAfter(answer) * 1000)
    }
    const device = (cookies: ReadonlyMap<string, string>) => cookies.get(deviceCookie) as string
    const stale = new Person(box.from('10.3.2.2'))
    stale.setCookie(deviceCookie, device((await at(box.from('10.3.2.3'), beto).signIn()).cookies))
    expect((await stale.post('/entrar', { usuario: 'ana', clave: 'wrong' })).status).toBe(429)
    const kept = new Person(box.from('10.3.2.4'))
    kept.setCookie(deviceCookie, device(old.cookies))
    // The browser that changed it has been told its new one.
    expect((await kept.post('/entrar', { usuario: 'ana', clave: 'wrong' })).status).toBe(401)
  })

  test('one password on five hundred names is stopped after twenty', async () => {
    await using box = await openOwnedBox()
    const all: number[] = []
    for (let n = 0; n < 500; n++) all.push((await knock(box.from('10.4.0.1'), `name${n}`, 'Verano2026')).status)
    expect([count(all, 401), count(all, 429)]).toEqual([20, 480])
  })

  test('headers that name another address change nothing', async () => {
    await using box = await openOwnedBox()
    const all: number[] = []
    for (let n = 0; n < 30; n++) {
      const claimed = `10.5.0.${n}`
      const headers = { 'x-forwarded-for': claimed, 'x-real-ip': claimed, forwarded: `for=${claimed}`, 'x-client-ip': claimed }
      all.push((await new Person(box.door).post('/entrar', { usuario: 'ana', clave: 'wrong' }, headers)).status)
    }
    expect(count(all, 401)).toBe(10)
  })

  test('the public pairs open nothing', async () => {
    // Twenty names that devices come with, and what they come with: over two hundred pairs.
    const names =
      'admin administrator root pi user usuario guest invitado test demo cliente ana support operator manager web ubuntu debian raspberry pichat'
    const secrets = 'admin admin123 password 123456 12345678 root toor raspberry changeme cliente123 usuario123 pichat'.split(' ')
    await using owned = await openOwnedBox({ limits: { signInTries: 1_000, sprayTries: 1_000, signInDelay: 0 } })
    await using fresh = await openBox()
    const pairs = names.split(' ').flatMap((usuario, n) => [...secrets, usuario, ''].map((clave) => ({ usuario, clave, n })))
    expect(pairs.length).toBeGreaterThanOrEqual(200)
    for (const { usuario, clave, n } of pairs) {
      expect([401, 422, 429]).toContain((await knock(owned.from(`10.6.0.${n}`), usuario, clave)).status)
      expect((await knock(fresh.door, usuario, clave)).status).toBe(503)
    }
    expect(await fresh.database.read.selectFrom('users').selectAll().execute()).toEqual([])
  })

  test('the clock of the wall changes no pause', async () => {
    await using box = await openOwnedBox()
    for (let n = 0; n < 10; n++) await knock(box.door, 'ana', 'wrong')
    box.clock.set(Date.UTC(2040, 0, 1))
    expect((await knock(box.door, 'ana', 'wrong')).status).toBe(429)
    box.clock.set(Date.UTC(2001, 0, 1))
    await box.clock.advance(181_000)
    expect((await knock(box.door, 'ana', ana.clave)).status).toBe(303)
  })
})

describe('what the door gives away', () => {
  test('unknown and wrong are the same answer', async () => {
    await using box = await openOwnedBox()
    const answers = await Promise.all(
      ['ana', 'nobody', 'beto'].map(async (usuario, n) => {
        const answer = await knock(box.from(`10.7.0.${n}`), usuario, 'wrong')
        const { 'x-request-id': _, ...headers } = Object.fromEntries(answer.headers)
        return { status: answer.status, headers, body: (await answer.text()).replaceAll(`value="${usuario}"`, 'value="…"') }
      }),
    )
    expect(answers[1]).toEqual(answers[0] as (typeof answers)[0])
    expect(answers[2]).toEqual(answers[0] as (typeof answers)[0])
  })

  test('and take the same time', async () => {
    await using box = await openOwnedBox({ dear: true, limits: { signInTries: 10_000, sprayTries: 10_000, signInDelay: 0 } })
    // The quickest of each: what the machine does besides only ever adds, so both come down to what the work itself costs. Two hundred of
    // each at most; without the hash of nobody, a name that does not exist takes a tenth and never comes near.
    const quickest = { ana: Number.POSITIVE_INFINITY, nobody: Number.POSITIVE_INFINITY }
    const apart = () => Math.abs(quickest.ana / quickest.nobody - 1)
    for (let n = 0; n < 25 || (n < 200 && apart() >= 0.05); n++) {
      // A hundred an hour are compared at all.
      if (n % 90 === 89) await box.clock.advance(3_601_000)
      for (const usuario of ['ana', 'nobody'] as const) {
        const started = performance.now()
        const { status } = await knock(box.from(`10.8.0.1`), usuario, 'wrong')
        expect(status).toBe(401)
        quickest[usuario] = Math.min(quickest[usuario], performance.now() - started)
      }
    }
    expect(apart()).toBeLessThan(0.05)
  }, 60_000)

  test('what is typed into the name field is not kept: people type their password there', async () => {
    await using box = await openOwnedBox()
    await knock(box.door, 'my-secret-55x', 'wrong')
    const lines = JSON.stringify(await box.database.read.selectFrom('audit').selectAll().execute())
    expect(lines).toContain('accounts.sign-in')
    expect(lines + box.journal()).not.toContain('my-secret-55x')
  })
})

describe('sizes and floods', () => {
  test('more than a name and a password is refused unread', async () => {
    await using box = await openOwnedBox()
    for (const [usuario, clave] of [
      ['ana', 'x'.repeat(10_000_000)],
      ['ana', 'x'.repeat(1_000_000)],
      ['u'.repeat(65_536), 'x'],
    ] as const) {
      const body = new URLSearchParams({ usuario, clave }).toString()
      const answer = await at(box.door).request('POST', '/entrar', {
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) },
        body,
      })
      expect(answer.status).toBe(413)
    }
  })

  test('128 signs are a password, whole; 129 are none', async () => {
    await using box = await openOwnedBox()
    const long = `${'muy larga frase '.repeat(8)}`.slice(0, 127)
    await box.accounts.people.create({ usuario: 'dora', nombre: 'Dora', role: 'usuario', clave: `${long}x` }, { who: null, from: null })
    expect((await knock(box.door, 'dora', `${long}x`)).status).toBe(303)
    expect((await knock(box.door, 'dora', long)).status).toBe(401)
    expect((await knock(box.door, 'dora', `${long}y`)).status).toBe(401)
    expect((await knock(box.door, 'dora', `${long}xx`)).status).toBe(401)
  })

  test.each([
    ['of four bytes each, as a form spells them', '🦊🌵🐢🍋'.repeat(32), '🦊🌵🐢🍋'.repeat(32)],
    ['with accents, however a keyboard composes them', 'ñáéíóüçà'.repeat(16), 'ñáéíóüçà'.repeat(16).normalize('NFD')],
  ])('128 signs %s', async (_, clave, typed) => {
    await using box = await openOwnedBox()
    const nombre = 'un nombre de usuario muy largo'
    await box.accounts.people.create({ usuario: 'elsa', nombre, role: 'usuario', clave }, { who: null, from: null })
    const volver = '/salas/R3VN8TWB?desde=12345#m-12345'
    const body = new URLSearchParams({ usuario: 'elsa', clave: typed, volver, compartido: 'si' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) }
    expect((await at(box.door).request('POST', '/entrar', { headers, body })).status).toBe(303)
    expect((await knock(box.door, 'elsa', `${typed}x`)).status).toBe(401)
  })

  test('of 200 sign-ins at once one or two are computed, a few wait, and the others hear 503', async () => {
    await using box = await openOwnedBox({ dear: true, limits: { signInTries: 1_000, sprayTries: 1_000, signInTriesPerHour: 1_000 } })
    const answers = await Promise.all(Array.from({ length: 200 }, () => knock(box.door, 'ana', ana.clave)))
    const all = answers.map(({ status }) => status)
    expect(count(all, 303) + count(all, 503)).toBe(200)
    expect(count(all, 303)).toBeGreaterThanOrEqual(18)
    expect(count(all, 503)).toBeGreaterThan(100)
    for (const answer of answers.filter(({ status }) => status === 503)) expect(retryAfter(answer)).toBeGreaterThan(0)
    // Being turned away costs no try.
    expect((await knock(box.door, 'ana', ana.clave)).status).toBe(303)
  })

  test.each([
    { wanted: 2, processors: 1, atOnce: 1 },
    { wanted: 2, processors: 2, atOnce: 1 },
    { wanted: 2, processors: 4, atOnce: 2 },
    { wanted: 16, processors: 4, atOnce: 3 },
    { wanted: 1, processors: 4, atOnce: 1 },
  ])('of $processors processors one stays free for conversations: $atOnce of $wanted compute', ({ wanted, processors, atOnce }) => {
    expect(computationsAtOnce(wanted, processors)).toBe(atOnce)
  })

  test('never more than two hashes at once and sixteen waiting; the rest do not wait for any of them', async () => {
    const passwords = createPasswords({ log: createLog({ level: 'silent' }), atOnce: 2, waiting: 16 })
    const memory = process.memoryUsage().rss
    const order: string[] = []
    await Promise.allSettled(
      Array.from({ length: 200 }, () =>
        passwords.hash('a password').then(
          () => order.push('hashed'),
          (error: Error) => order.push(error.message),
        ),
      ),
    )
    expect(order.slice(0, 182)).toEqual(Array(182).fill('busy: errors.busy'))
    expect(order.slice(182)).toEqual(Array(18).fill('hashed'))
    // Two of them hold 38 MiB, all at once would hold 3.7 GiB.
    expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 1024 * 1024)
  })

  test.each([
    'garbage',
    '',
    '$argon2id$v=19$m=4000000,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g',
    '$argon2id$v=19$m=19456,t=4000000,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g',
    '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])('a stored hash that is none of ours opens nothing and costs nothing: %s', async (stored) => {
    await using box = await openOwnedBox()
    await breakHash(box, await idOf(box, 'beto'), stored)
    const memory = process.memoryUsage().rss
    expect((await knock(box.door, 'beto', beto.clave)).status).toBe(401)
    expect(process.memoryUsage().rss - memory).toBeLessThan(200 * 1024 * 1024)
    expect(box.journal()).toContain('password.unreadable')
  })
})
