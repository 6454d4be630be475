// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys for programs, at the doors of the composed app.
import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'

type Fields = Record<string, string>

/** Makes a key on the profile and reads it off the page, as a person would. */
async function makeKey(person: Person, opens: Fields = { subir: 'si', leer: 'si' }, nombre = 'Escáner de recepción'): Promise<string> {
  const answer = await person.post('/perfil/claves', { nombre, ...opens })
  expect(answer.status).toBe(201)
  return /value="(pichat_[\w-]{43})"/.exec(await answer.text())?.[1] ?? ''
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('a key for programs', () => {
  test('is shown once, listed with its name and last use, kept as a hash, and revoked', async () => {
    await using house = await openHouse()
    const { beto, carla } = await arrive(house.door)
    const key = await makeKey(beto)
    const [row] = await house.database.read.selectFrom('program_keys').selectAll().execute()
    expect(JSON.stringify(row)).not.toContain(key.slice(7))
    const page = await (await beto.get('/perfil')).text()
    expect(page).toContain('Escáner de recepción')
    expect(page).toContain('sin usar')
    expect(page).not.toContain(key)
    expect(page).toContain('curl -T informe.pdf')
    expect(page).toContain('Invoke-RestMethod')
    expect(house.journalText()).not.toContain(key)

    expect((await house.door.fetch('/archivos', { headers: bearer(key) })).status).toBe(200)
    expect(await (await beto.get('/perfil')).text()).toContain('usada:')
    expect((await carla.post(`/perfil/claves/${row?.id}/revocar`, {})).status).toBe(404)
    expect((await beto.post(`/perfil/claves/${row?.id}/revocar`, {})).status).toBe(303)
    expect((await house.door.fetch('/archivos', { headers: bearer(key) })).status).toBe(401)
    const told = await house.database.read
      .selectFrom('audit')
      .select(['what', 'target_name'])
      .where('what', 'like', 'accounts.key%')
      .execute()
    expect(told).toEqual([
      { what: 'accounts.key-made', target_name: 'Escáner de recepción' },
      { what: 'accounts.key-revoked', target_name: 'Escáner de recepción' },
    ])
  })

  test('opens what its scopes say and nothing else', async () => {
    await using house = await openHouse()
    const { beto } = await arrive(house.door)
    const typed = { nombre: 'Tablero de la copia', clave: 'una clave de sala', tipo: 'grupal', historial: 'efimera' }
    const made = await beto.post('/salas', typed, { accept: 'application/json' })
    const room = (await made.json()) as { codigo: string }
    expect(made.status).toBe(201)
    const doors: [scope: string, method: string, path: string, init: RequestInit][] = [
      ['subir', 'PUT', '/archivos/a.txt', { body: 'hola' }],
      ['subir', 'POST', '/subidas', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '3' } }],
      ['leer', 'GET', '/archivos', {}],
      ['hablar', 'POST', `/salas/${room.codigo}/mensajes`, { body: new URLSearchParams({ texto: 'La copia está lista.' }) }],
    ]
    const closed: [method: string, path: string][] = [
      ['GET', '/perfil'],
      ['POST', '/perfil/claves'],
      ['GET', '/salas'],
      ['GET', `/salas/${room.codigo}`],
      ['GET', '/admin'],
    ]
    for (const scope of ['subir', 'leer', 'hablar']) {
      const key = await makeKey(beto, { [scope]: 'si' }, scope)
      for (const [wanted, method, path, { headers, ...init }] of doors) {
        const answer = await house.door.fetch(path, { method, ...init, headers: { ...(headers as Fields), ...bearer(key) } })
        expect([scope, method, path, answer.status < 300]).toEqual([scope, method, path, scope === wanted])
        if (scope !== wanted) expect([answer.status, ((await answer.json()) as Fields).error]).toEqual([403, 'forbidden'])
      }
      for (const [method, path] of closed) {
        const body = method === 'POST' ? { body: new URLSearchParams({ nombre: 'x', leer: 'si' }) } : {}
        const answer = await house.door.fetch(path, { method, headers: bearer(key), ...body })
        expect([method, path, answer.status]).toEqual([method, path, 403])
      }
    }
  })

  test('is offered for what the role allows alone', async () => {
    await using house = await openHouse()
    const { beto, carla } = await arrive(house.door)
    const offers = async (person: Person) => {
      const page = await (await person.get('/perfil')).text()
      return [...['subir', 'leer', 'hablar'].map((name) => page.includes(`name="${name}"`)), page.includes('curl -T')]
    }
    expect(await offers(beto)).toEqual([true, true, true, true])
    expect(await offers(carla)).toEqual([false, true, true, false])
  })

  test('does what the role of its person allows at that moment', async () => {
    await using house = await openHouse()
    const { ana, beto, carla } = await arrive(house.door)
    const put = (key: string) => house.door.fetch('/archivos/a.txt', { method: 'PUT', body: 'hola', headers: bearer(key) })
    const [hers, his] = [await makeKey(carla, { subir: 'si' }), await makeKey(beto)]
    expect((await put(hers)).status).toBe(403)
    expect((await put(his)).status).toBe(201)
    const { people } = house.app.accounts
    const by = { who: { id: 'ana', name: 'Ana' }, from: null }
    const { id } = await people.findByUsername(beto.credentials?.usuario ?? '')
    await people.setRole(id, 'usuario', by)
    expect((await put(his)).status).toBe(403)
    expect((await house.door.fetch('/archivos', { headers: bearer(his) })).status).toBe(200)
    await people.setDisabled(id, true, by)
    expect((await house.door.fetch('/archivos', { headers: bearer(his) })).status).toBe(401)
    expect((await ana.get('/perfil')).status).toBe(200)
  })

  test('shows the rooms of its person on no page, also on one that is for everybody', async () => {
    await using house = await openHouse()
    const { beto } = await arrive(house.door)
    await beto.post('/salas', { nombre: 'Despidos', clave: 'ocho letras', tipo: 'privada' })
    expect(await (await beto.get('/diagnostico')).text()).toContain('Despidos')
    const key = await makeKey(beto, { subir: 'si' })
    for (const accept of ['*/*', 'text/html']) {
      const answer = await house.door.fetch('/diagnostico', { headers: { ...bearer(key), accept } })
      expect([answer.status, (await answer.text()).includes('Despidos')]).toEqual([200, false])
    }
  })

  test('is not guessed, and a cookie does not help a wrong one', async () => {
    await using house = await openHouse()
    const { beto } = await arrive(house.door)
    const key = await makeKey(beto)
    for (const wrong of ['x', key.slice(0, -1), `${key}x`, key.toUpperCase(), `pichat_${'a'.repeat(20_000)}`]) {
      expect((await beto.get('/archivos', bearer(wrong))).status).toBe(401)
    }
    const told = (await (await house.door.fetch('/archivos', { headers: bearer('x') })).json()) as { message: string }
    expect(told.message).toContain('Esta clave no abre nada')
  })

  test('needs a name and a scope, and one person has only so many', async () => {
    await using house = await openHouse({ settings: { PICHAT_KEYS_PER_PERSON: '2' } })
    const { beto } = await arrive(house.door)
    const nameless = await beto.post('/perfil/claves', { nombre: '  ', leer: 'si' })
    expect([nameless.status, (await nameless.text()).includes('Escribe para qué es.')]).toEqual([422, true])
    const useless = await beto.post('/perfil/claves', { nombre: 'nada' })
    expect([useless.status, (await useless.text()).includes('Elige al menos una cosa que la clave abra.')]).toEqual([422, true])
    const all = await Promise.all([1, 2, 3, 4].map((n) => beto.post('/perfil/claves', { nombre: `n${n}`, leer: 'si' })))
    expect(all.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409])
    const hostile = '<img src=x onerror=alert(1)>'
    expect(await (await beto.post('/perfil/claves', { nombre: hostile, leer: 'si' })).text()).not.toContain(hostile)
  })

  test('curl uploads in one line, and hears what became of it', async () => {
    if (!Bun.which('curl')) return console.log('      skipped: there is no curl')
    const where = await mkdtemp(join(tmpdir(), 'pichat-key-'))
    try {
      await using house = await openHouse()
      const { beto } = await arrive(house.door)
      const key = await makeKey(beto)
      const { origin } = house.listen()
      await Bun.write(join(where, 'informe año.pdf'), '%PDF-1.7 hola')
      const words = ['-sS', '-T', 'informe año.pdf', `${origin}/archivos/`, '-H', `Authorization: Bearer ${key}`]
      const curl = Bun.spawn(['curl', ...words], { cwd: where, stdout: 'pipe' })
      const said = (await new Response(curl.stdout).json()) as Fields
      expect(said).toMatchObject({ name: 'informe año.pdf', state: 'unscanned', type: 'application/pdf' })
      expect(said.sha256).toBe(new Bun.CryptoHasher('sha256').update('%PDF-1.7 hola').digest('hex'))
      const got = await house.door.fetch(said.url ?? '', { headers: bearer(key) })
      expect(await got.text()).toBe('%PDF-1.7 hola')
    } finally {
      await rm(where, { recursive: true, force: true })
    }
  })
})
