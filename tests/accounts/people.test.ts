// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { accountsCommands, CommandRefused } from '../../src/accounts'
import commonPasswords from '../../src/accounts/common-passwords.txt' with { type: 'text' }
import { createJudge } from '../../src/accounts/password-policy'
import { Refusal } from '../../src/core'
import { personNames } from '../support/payloads'
import { ana, at, type Box, beto, idOf, openBox, openOwnedBox } from './box'
import { Person } from './people'

const admin = { who: null, from: null }
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof Refusal ? `${error.code} ${error.phrase}` : String(error)),
  )
const activeAdministrators = async (box: Box) =>
  (await box.accounts.people.list()).people.filter(({ role, disabled }) => role === 'administrator' && !disabled).length
const audited = async (box: Box) => (await box.database.read.selectFrom('audit').selectAll().orderBy('n').execute()).map(({ what }) => what)

describe('the last administrator', () => {
  test('can be neither lowered nor paused', async () => {
    await using box = await openOwnedBox()
    const id = await idOf(box, 'ana')
    expect(await refusal(box.accounts.people.setRole(id, 'usuario', admin))).toBe('conflict accounts.lastAdministrator')
    expect(await refusal(box.accounts.people.setDisabled(id, true, admin))).toBe('conflict accounts.lastAdministrator')
    expect(await activeAdministrators(box)).toBe(1)
    expect(await audited(box)).not.toContain('accounts.role-changed')
    expect((await at(box.door, ana).signIn()).cookies.size).toBeGreaterThan(0)
  })

  test('is not saved by one that is paused', async () => {
    await using box = await openOwnedBox()
    const [first, second] = [await idOf(box, 'ana'), await idOf(box, 'beto')]
    await box.accounts.people.setRole(second, 'administrator', admin)
    await box.accounts.people.setDisabled(second, true, admin)
    expect(await refusal(box.accounts.people.setRole(first, 'cliente', admin))).toBe('conflict accounts.lastAdministrator')
    // The paused one may be lowered: the house is not run by it.
    await box.accounts.people.setRole(second, 'usuario', admin)
    expect(await activeAdministrators(box)).toBe(1)
  })

  test('of two that lower or pause each other at once one stays, fifty times', async () => {
    await using box = await openOwnedBox()
    const ids = [await idOf(box, 'ana'), await idOf(box, 'beto')]
    const { people } = box.accounts
    for (let round = 0; round < 50; round++) {
      for (const id of ids) {
        await people.setRole(id, 'administrator', admin)
        await people.setDisabled(id, false, admin)
      }
      const ways = ids.map((id, n) => ((round + n) % 2 === 0 ? people.setRole(id, 'usuario', admin) : people.setDisabled(id, true, admin)))
      const outcomes = await Promise.all(ways.map(refusal))
      expect(outcomes.filter((outcome) => outcome === null).length).toBe(1)
      expect(outcomes.filter((outcome) => outcome === 'conflict accounts.lastAdministrator').length).toBe(1)
      expect(await activeAdministrators(box)).toBe(1)
    }
  }, 30_000)
})

describe('making accounts', () => {
  test('the temporary password opens one door: the one where it is changed', async () => {
    await using box = await openOwnedBox()
    const { password } = await box.accounts.people.create({ usuario: 'dora', nombre: 'Dora Vidal', role: 'usuario' }, admin)
    expect(password).toMatch(/^[a-z]{4}-[a-z]{4}-[a-z]{4}-\d{4}$/)
    expect(JSON.stringify(await box.database.read.selectFrom('audit').selectAll().execute()) + box.journal()).not.toContain(
      password as string,
    )
    const dora = new Person(box.door)
    const signIn = await dora.post('/entrar', { usuario: 'dora', clave: password as string, volver: '/salas' })
    expect(signIn.headers.get('location')).toBe('/perfil/clave')
    for (const path of ['/salas', '/perfil']) expect((await dora.get(path)).headers.get('location')).toBe('/perfil/clave')
    expect((await dora.get('/salas', { accept: 'application/json' })).status).toBe(403)
    expect((await dora.get('/perfil/clave')).status).toBe(200)
    const nueva = 'una frase solo de dora.'
    const same = await dora.post('/perfil/clave', { actual: password as string, nueva: password as string, repite: password as string })
    expect(same.status).toBe(422)
    const change = await dora.post('/perfil/clave', {
      actual: password as string,
      nueva: nueva.replace('dora', 'ella'),
      repite: nueva.replace('dora', 'ella'),
    })
    expect([change.status, change.headers.get('location')]).toEqual([303, '/salas'])
    expect(await (await dora.get('/salas')).text()).toBe('dora')
  })

  test('one name, one account, however it is written', async () => {
    await using box = await openOwnedBox()
    const create = (usuario: string) => refusal(box.accounts.people.create({ usuario, nombre: 'Otra', role: 'usuario' }, admin))
    for (const usuario of ['ana', 'ANA', 'Ana', 'ａｎａ', 'ＡＮＡ', 'ᴬna'])
      expect([usuario, await create(usuario)]).toEqual([usuario, 'conflict accounts.usernameTaken'])
    expect(await create('strasse')).toBe(null)
    expect(await create('straße')).toBe('conflict accounts.usernameTaken')
    expect(await create('ılgaz')).toBe(null)
    expect(await create('ILGAZ')).toBe('conflict accounts.usernameTaken')
    expect(await create('josé')).toBe(null)
    expect(await create('jose\u0301')).toBe('conflict accounts.usernameTaken')
    const both = await Promise.all([create('eva'), create('EVA')])
    expect(both.sort()).toEqual(['conflict accounts.usernameTaken', null] as typeof both)
  })

  test.each([
    ...personNames,
    'ana ',
    ' ana',
    'ana torres',
    'admİn',
    'adm\u0131\u0307n',
    'аnа',
    'асе',
    'οοο',
    'ana_torres',
    'ana@casa',
    '.ana',
    '-ana',
    'a'.repeat(33),
    'ñ'.repeat(33),
    'ana\u200D',
    'ana\uFE0F',
    'a\u0300\u0301\u0302na',
    '👩',
    'admin\u2028',
    'ⓐna/',
  ])('no account is called %j', async (usuario) => {
    await using box = await openOwnedBox()
    const before = (await box.accounts.people.list()).total
    expect(await refusal(box.accounts.people.create({ usuario, nombre: 'Alguien', role: 'usuario' }, admin))).toStartWith('invalid ')
    expect((await box.accounts.people.list()).total).toBe(before)
  })

  test.each(['ana-maría', 'beto.2', 'ñandú', 'иван', 'ελένη', '山田', 'محمد', 'ana2026', 'x', 'a'.repeat(32)])(
    'an account may be called %s',
    async (usuario) => {
      await using box = await openOwnedBox()
      expect(await refusal(box.accounts.people.create({ usuario, nombre: 'Alguien', role: 'usuario' }, admin))).toBe(
        usuario === 'ana' ? 'x' : null,
      )
    },
  )

  test.each([...personNames, 'Ana\u202E', '\uFEFF', '\u2800', '\uFE0F', 'Ana\u0007', `Ana${'\u0301'.repeat(20)}`])(
    'nobody is shown as %j',
    async (nombre) => {
      await using box = await openOwnedBox()
      expect(await refusal(box.accounts.people.create({ usuario: 'dora', nombre, role: 'usuario' }, admin))).toStartWith('invalid ')
    },
  )

  test.each(['Dora', 'María José  Ruiz', "O'Brien", '<b>Ana</b>', '山田 太郎', 'Иван Ivanov', '👩‍👩‍👧‍👦 Familia', 'Zoë ❤️', 'x'.repeat(64)])(
    'somebody may be shown as %s',
    async (nombre) => {
      await using box = await openOwnedBox()
      const { person } = await box.accounts.people.create({ usuario: 'dora', nombre, role: 'usuario' }, admin)
      expect(person.name).toBe(nombre.replace(/ +/g, ' '))
    },
  )

  test('searching finds by name and user name, and takes every sign literally', async () => {
    await using box = await openOwnedBox()
    const find = async (search: string) => (await box.accounts.people.list({ search })).people.map(({ username }) => username)
    expect(await find('')).toEqual(['ana', 'beto', 'carla'])
    expect(await find('molina')).toEqual(['beto'])
    expect(await find('CARL')).toEqual(['carla'])
    expect(await find('rios')).toEqual(['carla'])
    expect(await find('TORRÉS')).toEqual(['ana'])
    for (const search of ['%', '_', '\\', "' OR '1'='1", '"; DROP TABLE users; --', 'a%a']) expect(await find(search)).toEqual([])
  })
})

describe('passwords', () => {
  const judge = async (box: Box, clave: string) =>
    refusal(
      box.accounts.people.create(
        { usuario: `p${Math.random().toString(36).slice(2, 10)}`, nombre: 'Alguien', role: 'usuario', clave },
        admin,
      ),
    )

  test('what is refused, and why', async () => {
    await using box = await openOwnedBox()
    const short = ['', 'a', 'corta12', 'ñandúes', '👩‍👩‍👧‍👦']
    for (const clave of short) expect([clave, await judge(box, clave)]).toEqual([clave, 'invalid accounts.passwordTooShort'])
    const common = [
      'password',
      'PASSWORD',
      'ｐａｓｓｗｏｒｄ',
      'contraseña',
      'contrasena',
      '12345678',
      'qwertyuiop',
      'iloveyou',
      'admin123',
      'cliente123',
      'usuario123',
      'aaaaaaaaaa',
      'abababababab',
      'raspberry',
      'princess',
      'football',
      'Passw0rd',
      'teamomucho',
    ]
    for (const clave of common) expect([clave, await judge(box, clave)]).toEqual([clave, 'invalid accounts.passwordCommon'])
    for (const clave of ['mi PiChat querido', 'xxpichatxx1'])
      expect([clave, await judge(box, clave)]).toEqual([clave, 'invalid accounts.passwordNamed'])
    expect(await judge(box, `${'x'.repeat(64) + 'y'.repeat(64)}z`)).toBe('invalid accounts.passwordTooLong')
    const named = box.accounts.people.create({ usuario: 'margarita', nombre: 'M', role: 'usuario', clave: 'Margarita-y-mas' }, admin)
    expect(await refusal(named)).toBe('invalid accounts.passwordNamed')
  })

  test('none of the ten thousand most used, in any case, unless it is too short anyway', () => {
    const judge = createJudge({ passwordMinimum: 8, passwordMaximum: 128 })
    const common = commonPasswords.trim().split('\n')
    expect(common.length).toBeGreaterThanOrEqual(10_000)
    const taken = common
      .flatMap((clave) => [clave, clave.toUpperCase()])
      .filter((clave) => {
        try {
          judge(clave, 'nadie')
          return true
        } catch (error) {
          return !(error instanceof Refusal && /^accounts\.password(Common|TooShort)$/.test(error.phrase))
        }
      })
    expect(taken).toEqual([])
  })

  test('what is welcome: phrases, pictures, 128 signs, no rules about kinds of signs', async () => {
    await using box = await openOwnedBox()
    const good = ['siete gatos y un tren', 'tren gato mesa', '🐈🐕🐎🐖🐓🐟🐌🐝', 'x'.repeat(64) + 'yz'.repeat(32), 'pasaporte verde']
    for (const clave of good) expect([clave, await judge(box, clave)]).toEqual([clave, null])
  })

  test('are the same password however the keyboard composes them', async () => {
    await using box = await openOwnedBox()
    const composed = 'añoranza de café'
    await box.accounts.people.create({ usuario: 'dora', nombre: 'Dora', role: 'usuario', clave: composed.normalize('NFC') }, admin)
    for (const form of ['NFC', 'NFD'] as const) {
      expect((await new Person(box.door).post('/entrar', { usuario: 'dora', clave: composed.normalize(form) })).status).toBe(303)
    }
  })

  test('are stored as Argon2id with 19 MiB, two passes, and a salt of their own', async () => {
    await using box = await openOwnedBox({ dear: true })
    for (const usuario of ['dora', 'elsa']) {
      await box.accounts.people.create({ usuario, nombre: 'X', role: 'usuario', clave: beto.clave }, admin)
    }
    const stored = (await box.database.read.selectFrom('users').select('password').execute()).map(({ password }) => password)
    for (const hash of stored) expect(hash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
    expect(new Set(stored).size).toBe(stored.length)
  })
})

describe('at the console', () => {
  const run = async (box: Box, command: 'user' | 'resetAdmin', words: string[], options: Record<string, string> = {}) => {
    const lines: string[] = []
    const print = (line: string) => void lines.push(line)
    const code = await accountsCommands[command]({ accounts: box.accounts, words, options, locale: 'es', print }).catch(
      (error: unknown) => {
        if (!(error instanceof CommandRefused)) throw error
        return error.message
      },
    )
    return { code, text: lines.join('\n') }
  }

  test('add, list, role, password, disable, enable', async () => {
    await using box = await openOwnedBox()
    const added = await run(box, 'user', ['add', 'dora'], { name: 'Dora Vidal', role: 'cliente' })
    const password = /temporal: (\S+)/.exec(added.text)?.[1] ?? ''
    expect((await new Person(box.door).post('/entrar', { usuario: 'dora', clave: password })).headers.get('location')).toBe('/perfil/clave')
    expect((await run(box, 'user', ['list'])).text.split('\n').map((line) => line.split(' ')[0])).toEqual(['ana', 'beto', 'carla', 'dora'])
    expect((await run(box, 'user', ['role', 'dora', 'administrator'])).code).toBe(0)
    expect((await run(box, 'user', ['password', 'dora'])).text).not.toContain(password)
    expect((await run(box, 'user', ['disable', 'dora'])).code).toBe(0)
    expect((await run(box, 'user', ['list', 'dora'])).text).toContain('en pausa')
    expect((await run(box, 'user', ['enable', 'dora'])).code).toBe(0)
    expect(await audited(box)).toEqual(
      expect.arrayContaining([
        'accounts.created',
        'accounts.role-changed',
        'accounts.password-reset',
        'accounts.paused',
        'accounts.reactivated',
      ]),
    )
  })

  test('says what is wrong in a sentence', async () => {
    await using box = await openOwnedBox()
    expect((await run(box, 'user', [])).code).toStartWith('Uso: ')
    expect((await run(box, 'user', ['constructor'])).code).toStartWith('Uso: ')
    expect((await run(box, 'user', ['role', 'ana', 'king'])).code).toStartWith('Ese rol no existe.')
    expect((await run(box, 'user', ['role', 'ana', 'usuario'])).code).toBe('Siempre debe quedar al menos un administrador.')
    expect((await run(box, 'user', ['disable', 'nobody'])).code).toBe('Esa cuenta no existe.')
    expect((await run(box, 'user', ['add', 'ANA'])).code).toBe('Ese usuario ya existe.')
    await using fresh = await openBox()
    expect((await run(fresh, 'user', ['add', 'ana'])).code).toStartWith('Este equipo aún no tiene dueño.')
    expect((await run(fresh, 'resetAdmin', [])).code).toStartWith('Este equipo aún no tiene dueño.')
  })

  test('a way back in: once, for fifteen minutes, and every session of that person ends', async () => {
    await using box = await openOwnedBox()
    const before = await at(box.door, ana).signIn()
    const { text } = await run(box, 'resetAdmin', [])
    const path = text.split('\n').at(-1) ?? ''
    expect(path).toMatch(/^\/restablecer\/[\w-]{43}$/)
    expect((await before.get('/salas')).headers.get('location')).toBe('/entrar?volver=%2Fsalas')
    const nueva = 'frase nueva para volver'
    const back = new Person(box.door)
    expect(await (await back.get(path)).text()).toContain('Para la cuenta ana.')
    expect((await back.post(path, { nueva: 'corta', repite: 'corta' })).status).toBe(422)
    expect((await back.post(path, { nueva, repite: 'otra' })).status).toBe(422)
    expect((await back.post(path, { nueva, repite: nueva })).headers.get('location')).toBe('/salas')
    expect(await (await back.get('/admin')).text()).toBe('ana')
    for (const answer of [await new Person(box.door).get(path), await new Person(box.door).post(path, { nueva, repite: nueva })]) {
      expect(answer.status).toBe(404)
    }
    expect((await new Person(box.door).post('/entrar', { usuario: 'ana', clave: ana.clave })).status).toBe(401)
    expect(await audited(box)).toEqual(expect.arrayContaining(['accounts.reset-link-made', 'accounts.reset-link-used']))
    const token = path.split('/').at(-1) as string
    const kept = JSON.stringify(await box.database.read.selectFrom('audit').selectAll().execute()) + box.journal()
    expect(kept).not.toContain(token)
  })

  test('the link ends after fifteen minutes, when another is made, and when the clock is set back before it', async () => {
    await using box = await openOwnedBox()
    const status = async (token: string) => (await new Person(box.door).get(`/restablecer/${token}`)).status
    const first = await box.accounts.resets.make(null)
    const second = await box.accounts.resets.make('ANA')
    expect([await status(first.token), await status(second.token)]).toEqual([404, 200])
    await box.clock.advance(14 * 60_000)
    expect(await status(second.token)).toBe(200)
    await box.clock.advance(61_000)
    expect(await status(second.token)).toBe(404)
    const third = await box.accounts.resets.make('ana')
    box.clock.set(box.clock.now() - 3_600_000)
    expect(await status(third.token)).toBe(404)
    expect(await status('x'.repeat(43))).toBe(404)
  })

  test('the link opens nothing of an account that was paused meanwhile, and changes nothing of it', async () => {
    await using box = await openOwnedBox()
    const { people, resets } = box.accounts
    const by = { who: null, from: null }
    const { token } = await resets.make('ana')
    await people.setRole(await idOf(box, 'beto'), 'administrator', by)
    const id = await idOf(box, 'ana')
    await people.setDisabled(id, true, by)
    const nueva = 'otra frase muy distinta'
    expect((await at(box.door).get(`/restablecer/${token}`)).status).toBe(404)
    expect((await at(box.door).post(`/restablecer/${token}`, { nueva, repite: nueva })).status).toBe(404)
    await people.setDisabled(id, false, by)
    expect((await at(box.door).post('/entrar', { usuario: 'ana', clave: nueva })).status).toBe(401)
  })

  test('two who follow it at once: one gets in', async () => {
    await using box = await openOwnedBox()
    const { token } = await box.accounts.resets.make(null)
    const nueva = 'frase nueva para volver'
    const both = await Promise.all([1, 2].map(() => new Person(box.door).post(`/restablecer/${token}`, { nueva, repite: nueva })))
    expect(both.map(({ status }) => status).sort()).toEqual([303, 404])
  })

  test('it is for active administrators only', async () => {
    await using box = await openOwnedBox()
    expect(await refusal(box.accounts.resets.make('beto'))).toBe('conflict accounts.notAdministrator')
    expect(await refusal(box.accounts.resets.make('nobody'))).toBe('missing accounts.noSuchPerson')
  })
})

describe('the demo', () => {
  test('has the three accounts of the original, says so at the door, and marks its data', async () => {
    await using box = await openBox({ demo: true })
    const people = await box.accounts.seedDemo()
    expect(people.map(({ username, role }) => [username, role])).toEqual([
      ['admin', 'administrator'],
      ['cliente', 'cliente'],
      ['usuario', 'usuario'],
    ])
    for (const usuario of ['admin', 'cliente', 'usuario']) {
      expect((await new Person(box.door).post('/entrar', { usuario, clave: `${usuario}123` })).status).toBe(303)
    }
    expect(await (await new Person(box.door).get('/entrar')).text()).toContain('usuario · usuario123')
    expect(await box.accounts.isDemoData()).toBe(true)
    expect((await box.accounts.seedDemo()).length).toBe(3)
    expect((await new Person(box.door).get('/primer-arranque')).status).toBe(404)
  })

  test('nothing of it shows anywhere else', async () => {
    await using box = await openOwnedBox()
    expect(await (await new Person(box.door).get('/entrar')).text()).not.toContain('admin123')
    expect(await box.accounts.isDemoData()).toBe(false)
  })
})
