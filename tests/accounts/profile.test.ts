// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { fewScripts } from '../support/payloads'
import { ana, at, beto, carla, idOf, openOwnedBox, sessionCookie } from './box'
import { Person, uninvited } from './people'

const agents = {
  windows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  phone: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
}
const signInWith = async (person: Person, agent: string) => {
  const { usuario = '', clave = '' } = person.credentials ?? {}
  await person.post('/entrar', { usuario, clave }, { 'user-agent': agent })
  return person
}

describe('the profile', () => {
  test('is for whoever is signed in', async () => {
    await using box = await openOwnedBox()
    expect((await new Person(box.door).get('/perfil')).headers.get('location')).toBe('/entrar?volver=%2Fperfil')
    for (const path of [
      '/perfil',
      '/perfil/clave',
      '/perfil/aspecto',
      '/perfil/idioma',
      '/perfil/sesiones/cierre',
      '/perfil/sesiones/x/cierre',
    ]) {
      expect([
        path,
        (await new Person(box.door).post(path, {})).status === 401 || (await new Person(box.door).post(path, {})).status === 422,
      ]).toEqual([path, true])
    }
  })

  test('a name is changed, heard of, and shown as text', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    const heard: string[] = []
    box.accounts.events.on('person.changed', ({ person }) => heard.push(person.name))
    expect((await browser.post('/perfil', { nombre: '  Beto M.  ' })).status).toBe(303)
    expect(heard).toEqual(['Beto M.'])
    for (const nombre of fewScripts.map((script) => script.slice(0, 60))) {
      const answer = await browser.post('/perfil', { nombre })
      const page = await (answer.status === 303 ? await browser.get('/perfil') : answer).text()
      expect(page).toContain(Bun.escapeHTML(nombre.trim().replace(/ +/g, ' ')))
      expect(page).not.toContain(nombre)
    }
    for (const nombre of ['Ana Torres', 'ａna  TORRES', 'carla', 'ANA']) {
      expect((await browser.post('/perfil', { nombre })).status, nombre).toBe(409)
    }
    expect((await browser.post('/perfil', { nombre: 'Beto' })).status).toBe(303)
    const refused = await browser.post('/perfil', { nombre: 'a\u202Eb' })
    expect([refused.status, (await refused.text()).includes('aria-invalid="true"')]).toEqual([422, true])
  })

  test('nobody makes themselves anything by a field more', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, carla).signIn()
    for (const body of uninvited({ nombre: 'Carla' })) {
      expect((await browser.request('POST', '/perfil', { headers: { 'content-type': 'application/json' }, body })).status).toBe(422)
    }
    expect((await browser.get('/admin')).status).toBe(403)
  })

  test('a password is changed only with the old one, and told apart field by field', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const nueva = 'otra frase muy distinta'
    const change = async (more: Record<string, string>) => {
      const answer = await browser.post('/perfil/clave', { actual: ana.clave, nueva, repite: nueva, ...more })
      return `${answer.status} ${/id="(\w+)-e"/.exec(await answer.text())?.[1] ?? ''}`.trim()
    }
    expect(await change({ actual: 'wrong' })).toBe('422 actual')
    expect(await change({ actual: '' })).toBe('422 actual')
    expect(await change({ repite: 'otra' })).toBe('422 repite')
    expect(await change({ nueva: 'password', repite: 'password' })).toBe('422 nueva')
    expect(await change({ nueva: ana.clave, repite: ana.clave })).toBe('422 nueva')
    expect(await change({})).toBe('303')
  })

  test('the old password cannot be guessed from a session left open', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, ana).signIn()
    const all: number[] = []
    for (let n = 0; n < 14; n++) {
      all.push(
        (await browser.post('/perfil/clave', { actual: `guess ${n}`, nueva: 'otra frase distinta', repite: 'otra frase distinta' })).status,
      )
    }
    expect(all.slice(0, 10).every((status) => status === 422)).toBe(true)
    expect(all.slice(10)).toEqual([429, 429, 429, 429])
  })

  test('the password an administrator gives somebody is not replaced by whoever knew the one before, and was changing it', async () => {
    await using box = await openOwnedBox()
    const browser = await at(box.door, beto).signIn()
    const id = await idOf(box, 'beto')
    const nueva = 'otra frase muy distinta'
    const [, { password }] = await Promise.all([
      browser.post('/perfil/clave', { actual: beto.clave, nueva, repite: nueva }),
      box.accounts.people.resetPassword(id, { who: null, from: null }),
    ])
    const answer = await at(box.door).post('/entrar', { usuario: 'beto', clave: password })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/perfil/clave'])
    expect((await at(box.door).post('/entrar', { usuario: 'beto', clave: nueva })).status).toBe(401)
  })

  test('of two that change it at once one hears that it was done, and that is the password', async () => {
    await using box = await openOwnedBox()
    const browsers = [await at(box.door, beto).signIn(), await at(box.door, beto).signIn()]
    const frases = ['la primera frase nueva', 'la segunda frase nueva']
    const answers = await Promise.all(
      browsers.map((browser, n) => browser.post('/perfil/clave', { actual: beto.clave, nueva: frases[n] ?? '', repite: frases[n] ?? '' })),
    )
    const entered = await Promise.all(frases.map(async (clave) => (await at(box.door).post('/entrar', { usuario: 'beto', clave })).status))
    expect(answers.map(({ status }) => status === 303)).toEqual(entered.map((status) => status === 303))
  })

  test('sessions are listed by device, and end one by one or all but this', async () => {
    await using box = await openOwnedBox()
    const here = await signInWith(at(box.from('192.168.1.30'), ana), agents.windows)
    const phone = await signInWith(at(box.from('192.168.1.63'), ana), agents.phone)
    const third = await signInWith(at(box.from('192.168.1.9'), ana), `<script>${'x'.repeat(2_000)}`)
    await box.clock.advance(20 * 60_000)
    const page = await (await here.get('/perfil')).text()
    expect(page).toContain('<strong>Firefox · Windows</strong>')
    expect(page).toContain('192.168.1.30 · ahora')
    expect(page).toContain('192.168.1.63 · hace 20 min')
    expect(page).toContain('la sesión de Chrome · Android')
    expect(page).toContain('Otro navegador')
    expect(page).not.toContain('<script>x')
    const ids = [...page.matchAll(/sesiones\/([0-9a-f]{64})\/cierre/g)].map(([, id]) => id)
    expect(ids.length).toBe(2)
    const ended = await here.post(`/perfil/sesiones/${ids[0]}/cierre`, {})
    expect(ended.status).toBe(303)
    const alive = async (person: Person) => (await person.get('/salas')).status === 200
    expect([await alive(phone), await alive(third)].filter(Boolean).length).toBe(1)
    expect((await here.post('/perfil/sesiones/cierre', {})).status).toBe(303)
    expect([await alive(here), await alive(phone), await alive(third)]).toEqual([true, false, false])
  })

  test("somebody else's session is nobody's", async () => {
    await using box = await openOwnedBox()
    const [anas, carlas] = [await at(box.door, ana).signIn(), await at(box.door, carla).signIn()]
    const id = (await box.database.read.selectFrom('sessions').select(['id', 'user_id']).orderBy('n').execute())[0]?.id
    const [foreign, invented] = [
      await carlas.post(`/perfil/sesiones/${id}/cierre`, {}),
      await carlas.post(`/perfil/sesiones/${'0'.repeat(64)}/cierre`, {}),
    ]
    expect([foreign.status, invented.status]).toEqual([404, 404])
    expect((await anas.get('/salas')).status).toBe(200)
    expect(anas.cookies.has(sessionCookie)).toBe(true)
  })
})

describe('language and theme', () => {
  test('are chosen before signing in by a cookie, and lead back', async () => {
    await using box = await openOwnedBox()
    const stranger = new Person(box.door)
    const answer = await stranger.get('/idioma/en?volver=%2Fentrar')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/entrar'])
    expect(await (await stranger.get('/entrar')).text()).toContain('<h1>Sign in</h1>')
    expect((await stranger.get('/idioma/en?volver=//evil.example')).headers.get('location')).toBe('/')
    expect((await stranger.get('/idioma/fr')).status).toBe(422)
  })

  test('the language goes with the account, the theme with the browser', async () => {
    await using box = await openOwnedBox()
    const here = await at(box.door, beto).signIn()
    await here.post('/perfil/idioma', { idioma: 'en' })
    await here.post('/perfil/aspecto', { tema: 'dark' })
    const page = await (await here.get('/perfil')).text()
    expect([page.includes('<html lang="en" data-theme="dark">'), page.includes('Open sessions')]).toEqual([true, true])
    const there = await at(box.door, beto).signIn()
    expect(await (await there.get('/perfil')).text()).toContain('<html lang="en">')
    expect((await here.post('/perfil/aspecto', { tema: 'x"><b>' })).status).toBe(422)
    expect((await here.post('/perfil/idioma', { idioma: 'fr' })).status).toBe(422)
  })
})
