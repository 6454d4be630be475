// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is brought to a room is for its members and administrators (THREATS 59). Beto administers nothing: he is the member, Carla and Diego
// are outside, Ana administers and is no member either.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenHouse, openHouse } from '../support/house'
import { arrive, cast, Person } from '../support/people'
import { until } from '../support/until'
import { alwaysClean, picture } from './pictures'

type Cast = Awaited<ReturnType<typeof arrive>>

interface Brought {
  id: string
  name: string
  url: string
  sha256: string
}

const nowhere = '0000000000000000'
const json = { accept: 'application/json' }

let house: OpenHouse
let people: Cast
/** A cliente like Beto, outside of his room. */
let diego: Person
let code: string
let secret: Brought
let shot: Brought

async function put(person: Person, path: string, body: BodyInit): Promise<Brought> {
  const answer = await person.put(path, body, json)
  if (answer.status !== 201) throw new Error(`not taken: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Brought
}

const stateOf = async (id: string) => (await people.ana.json<{ state: string }>(`/archivos/${id}`)).state

beforeAll(async () => {
  house = await openHouse({ scanner: alwaysClean })
  people = await arrive(house.door)
  diego = await hire('diego')
  const room = await people.beto.post('/salas', { nombre: 'Nóminas', clave: 'ocho letras', tipo: 'privada', historial: 'guardada' })
  code = room.headers.get('location')?.split('/').at(-1) ?? ''
  secret = await put(people.beto, `/archivos/sueldos.txt?sala=${code}`, 'Ana 1, Beto 2')
  shot = await put(people.beto, `/archivos/plano.png?sala=${code}`, await picture(64, 48))
  await until('two verdicts', async () => (await stateOf(secret.id)) === 'clean' && (await stateOf(shot.id)) === 'clean')
})
afterAll(() => house[Symbol.asyncDispose]())

/** Another cliente; `create` wants the password changed at the first entrance, except where it was chosen. */
async function hire(usuario: string): Promise<Person> {
  const by = { who: { id: 'nobody', name: 'Nobody' }, from: '127.0.0.1' }
  const clave = 'once palabras bien raras'
  const { password } = await house.app.accounts.people.create({ usuario, nombre: 'Diego Paz', role: 'cliente' }, by)
  if (password === null) throw new Error('no password')
  const first = await new Person(house.door, { ...cast.beto, usuario, clave: password }).signIn()
  await first.post('/perfil/clave', { actual: password, nueva: clave, repite: clave })
  return new Person(house.door, { ...cast.beto, usuario, clave }).signIn()
}

/** Every door that an id, a name or a code leads through. */
const doors: [string, (person: Person, file: { id: string; name: string }) => Promise<Response>][] = [
  ['its page', (person, { id }) => person.get(`/archivos/${id}`)],
  ['its page as JSON', (person, { id }) => person.get(`/archivos/${id}`, json)],
  ['its bytes', (person, { id, name }) => person.get(`/archivos/${id}/${name}`)],
  ['a part of its bytes', (person, { id, name }) => person.get(`/archivos/${id}/${name}`, { range: 'bytes=0-1' })],
  ['its head', (person, { id, name }) => person.head(`/archivos/${id}/${name}`)],
  ['its bytes shown', (person, { id, name }) => person.get(`/archivos/${id}/${name}?ver`)],
  ['its bytes if they are the known ones', (person, { id, name }) => person.get(`/archivos/${id}/${name}`, { 'if-none-match': '*' })],
  ['an archive of it', (person, { id }) => person.get(`/archivos/zip?id=${id}`)],
  ['its thumbnail', (person, { id }) => person.get(`/miniaturas/${id}`)],
  ['another end', (person, { id }) => person.post(`/archivos/${id}/vencimiento`, { vence: '1d' })],
  ['a folder', (person, { id }) => person.post(`/archivos/${id}/carpeta`, { carpeta: '' })],
  ['a direct link', (person, { id }) => person.post(`/archivos/${id}/enlaces`, { vence: '1d' })],
  ['a link that ends', (person, { id }) => person.post(`/archivos/${id}/enlaces/${nowhere}/revocar`, {})],
]

/** What two answers may differ in: the reference of the request, and the address that was asked for. */
const same = (text: string, id: string) => text.replaceAll(id, 'ID').replace(/<span class="mono">\w+<\/span>/g, '')

describe('a file of a room, for a cliente outside of it:', () => {
  test.each(doors)('%s is the same 404 as of a file that is not there', async (_, knock) => {
    for (const file of [secret, shot]) {
      const real = await knock(diego, file)
      const none = await knock(diego, { id: nowhere, name: file.name })
      expect([real.status, none.status]).toEqual([404, 404])
      expect(same(await real.text(), file.id)).toBe(same(await none.text(), nowhere))
      expect([...real.headers.keys()].sort()).toEqual([...none.headers.keys()].sort())
    }
  })

  test('and a usuario gets no more, and a stranger is asked who it is', async () => {
    const { carla, stranger } = people
    for (const path of [`/archivos/${secret.id}`, `/archivos/${secret.id}/sueldos.txt`, `/miniaturas/${shot.id}`]) {
      expect((await carla.get(path)).status, path).toBe(404)
      expect((await stranger.get(path, json)).status, path).toBe(401)
    }
  })

  test('it is in no list, no search, no number, by no word, kind or fingerprint', async () => {
    const general = await put(people.beto, '/archivos/para-todos.txt', 'hola')
    for (const person of [diego, people.carla]) {
      for (const query of [
        '',
        '?q=sueldos',
        '?q=beto',
        `?q=${secret.sha256}`,
        `?q=${secret.sha256.slice(0, 10)}`,
        '?tipo=text',
        '?orden=nombre',
      ]) {
        const page = await (await person.get(`/archivos${query}`)).text()
        expect(page.replace(`value="${secret.sha256}"`, ''), query).not.toMatch(/sueldos\.txt|plano\.png|Nóminas/)
        const { files } = await person.json<{ files: Brought[] }>(`/archivos${query}`)
        expect(
          files.map(({ id }) => id),
          query,
        ).not.toContain(secret.id)
      }
      const { files, total } = await person.json<{ files: Brought[]; total: number }>('/archivos')
      expect(files.map(({ id }) => id)).toContain(general.id)
      expect(total).toBe(files.length)
    }
  })

  test('the list of the room, and choosing a file for it, are those of a room that is not there', async () => {
    for (const door of ['?sala', '?para', '/zip?sala']) {
      const real = await diego.get(`/archivos${door}=${code}`)
      const none = await diego.get(`/archivos${door}=ZZZZZZZZ`)
      expect([real.status, none.status]).toEqual([404, 404])
      expect(same(await real.text(), code)).toBe(same(await none.text(), 'ZZZZZZZZ'))
    }
  })

  test('bringing the same bytes does not tell that they are there', async () => {
    const { same: told } = (await (await diego.put('/archivos/copia.txt', 'Ana 1, Beto 2', json)).json()) as { same?: unknown }
    expect(told).toBeUndefined()
    const known = (await (await people.beto.put('/archivos/otra.txt', 'Ana 1, Beto 2', json)).json()) as { same?: { name: string } }
    expect(known.same?.name).toBe('sueldos.txt')
  })

  test('nothing can be brought to the room, by any way in', async () => {
    const metadata = `filename ${btoa('x.txt')},sala ${btoa(code)}`
    const tus = { 'tus-resumable': '1.0.0', 'upload-length': '1', 'upload-metadata': metadata }
    const form = () => {
      const data = new FormData()
      data.append('archivo', new File(['x'], 'x.txt'))
      return data
    }
    for (const person of [diego, people.ana]) {
      expect((await person.put(`/archivos/x.txt?sala=${code}`, 'x')).status).toBe(404)
      expect((await person.request('POST', '/subidas', { headers: tus })).status).toBe(404)
      expect((await person.post(`/archivos?sala=${code}`, form())).status).toBe(404)
    }
    const { files } = await people.beto.json<{ files: Brought[] }>(`/archivos?sala=${code}`)
    expect(files.map(({ name }) => name).sort()).toEqual(['plano.png', 'sueldos.txt'])
  })

  test('it cannot be taken into another room', async () => {
    const own = await diego.post('/salas', { nombre: 'De Diego', clave: 'ocho letras', tipo: 'privada', historial: 'guardada' })
    const place = own.headers.get('location') ?? ''
    const said = await diego.post(`${place}/mensajes`, { texto: '', cid: 'a', archivo: secret.id }, json)
    const none = await diego.post(`${place}/mensajes`, { texto: '', cid: 'b', archivo: nowhere }, json)
    expect([said.status, none.status]).toEqual([422, 422])
    expect(await said.text()).toBe(await none.text())
  })
})

describe('a file of a room, for those it is for:', () => {
  test('a member and an administrator find, read and see it', async () => {
    for (const person of [people.beto, people.ana]) {
      expect(await (await person.get(`/archivos/${secret.id}/sueldos.txt`)).text()).toBe('Ana 1, Beto 2')
      expect((await person.get(`/miniaturas/${shot.id}`)).headers.get('content-type')).toBe('image/webp')
      const page = await (await person.get(`/archivos?sala=${code}`)).text()
      expect(page).toContain('sueldos.txt')
      expect(await (await person.get('/archivos?q=sueldos')).text()).toContain('Nóminas')
    }
  })

  test('a file of the drop that a message carries stands in the list of the room, and stays of the drop', async () => {
    const general = await put(people.ana, '/archivos/convenio.txt', 'para todos')
    await until('a verdict', async () => (await stateOf(general.id)) === 'clean')
    expect((await people.beto.post(`/salas/${code}/mensajes`, { texto: '', cid: 'general', archivo: general.id })).status).toBe(303)
    const { files } = await people.beto.json<{ files: Brought[] }>(`/archivos?sala=${code}`)
    expect(files.map(({ id }) => id)).toContain(general.id)
    expect((await diego.get(`/archivos/${general.id}/convenio.txt`)).status).toBe(200)
  })

  test('it goes into no folder: the room is its place', async () => {
    const made = await people.beto.post('/archivos/carpetas', { nombre: 'De la casa' }, json)
    const { id } = (await made.json()) as { id: string }
    expect((await people.beto.post(`/archivos/${secret.id}/carpeta`, { carpeta: id }, json)).status).toBe(409)
    const both = await put(people.beto, `/archivos/de-la-sala.txt?sala=${code}&carpeta=${id}`, 'x')
    expect((await diego.get(`/archivos/${both.id}`)).status).toBe(404)
    expect(await (await diego.get(`/archivos?carpeta=${id}`)).text()).not.toContain('de-la-sala')
  })

  test('only members choose a file for its conversation, whoever administers', async () => {
    expect((await people.beto.get(`/archivos?para=${code}`)).status).toBe(200)
    expect((await people.ana.get(`/archivos?para=${code}`)).status).toBe(404)
  })

  test('by tus and by a plain form too it becomes the room’s', async () => {
    const metadata = `filename ${btoa('por-tus.txt')},sala ${btoa(code)}`
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '4', 'upload-metadata': metadata }
    const begun = await people.beto.request('POST', '/subidas', { headers })
    const piece = { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
    await people.beto.request('PATCH', begun.headers.get('location') ?? '', { headers: piece, body: 'hola' })
    const data = new FormData()
    data.append('archivo', new File(['hola'], 'por-formulario.txt'))
    const sent = await people.beto.post(`/archivos?sala=${code}`, data)
    expect(sent.headers.get('location')).toBe(`/archivos?sala=${code}`)
    const { files } = await people.beto.json<{ files: Brought[] }>(`/archivos?sala=${code}`)
    for (const name of ['por-tus.txt', 'por-formulario.txt']) {
      const file = files.find((one) => one.name === name)
      expect(file?.name).toBe(name)
      expect((await diego.get(`/archivos/${file?.id}`)).status).toBe(404)
    }
  })

  test('whoever leaves sees it no more, and what they shared of it ends with that', async () => {
    await diego.post('/salas/unirse', { codigo: code, clave: 'ocho letras' })
    const made = await diego.post(`/archivos/${secret.id}/enlaces`, { vence: '1d' }, json)
    const link = new URL(((await made.json()) as { url: string }).url).pathname
    expect([made.status, (await people.stranger.get(link)).status]).toEqual([201, 200])
    await diego.post(`/salas/${code}/salida`, {})
    expect((await diego.get(`/archivos/${secret.id}`)).status).toBe(404)
    expect((await people.stranger.get(link)).status).toBe(404)
    expect(await (await diego.get('/archivos/enlaces')).text()).not.toContain('sueldos')
    expect(await (await people.ana.get('/archivos/enlaces')).text()).toContain('sueldos')
  })

  test('whoever leaves in the middle of an upload brings nothing there any more', async () => {
    await diego.post('/salas/unirse', { codigo: code, clave: 'ocho letras' })
    const metadata = `filename ${btoa('a-medias.txt')},sala ${btoa(code)}`
    const start = { 'tus-resumable': '1.0.0', 'upload-length': '4', 'upload-metadata': metadata }
    const address = (await diego.request('POST', '/subidas', { headers: start })).headers.get('location') ?? ''
    const piece = (offset: number) => ({
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    })
    expect((await diego.request('PATCH', address, { headers: piece(0), body: 'ho' })).status).toBe(204)
    await diego.post(`/salas/${code}/salida`, {})
    expect((await diego.request('PATCH', address, { headers: piece(2), body: 'la' })).status).toBe(404)
    expect((await diego.request('HEAD', address, { headers: { 'tus-resumable': '1.0.0' } })).status).toBe(404)
    const { files } = await people.beto.json<{ files: Brought[] }>(`/archivos?sala=${code}`)
    expect(files.map(({ name }) => name)).not.toContain('a-medias.txt')
    expect((await diego.request('DELETE', address, { headers: { 'tus-resumable': '1.0.0' } })).status).toBe(204)
  })

  test('nor with an upload in one piece that ends after that', async () => {
    await diego.post('/salas/unirse', { codigo: code, clave: 'ocho letras' })
    const partials = join(house.data, 'cuarentena', 'parciales')
    const before = (await readdir(partials)).length
    const bytes = (text: string) => new TextEncoder().encode(text)
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes('ho'))
        until('the upload is under way', async () => (await readdir(partials)).length > before)
          .then(() => diego.post(`/salas/${code}/salida`, {}))
          .then(() => controller.enqueue(bytes('la')))
          .then(() => controller.close(), controller.error.bind(controller))
      },
    })
    const answer = await diego.put(`/archivos/de-una-vez.txt?sala=${code}`, body, json)
    expect(answer.status).toBe(404)
    const { files } = await people.beto.json<{ files: Brought[] }>(`/archivos?sala=${code}`)
    expect(files.map(({ name }) => name)).not.toContain('de-una-vez.txt')
    expect(await readdir(partials)).toHaveLength(before)
  })

  test('once the room is closed only administrators find it', async () => {
    const made = await people.beto.post('/salas', { nombre: 'Breve', clave: 'ocho letras', tipo: 'privada', historial: 'efimera' })
    const brief = made.headers.get('location')?.split('/').at(-1) ?? ''
    const left = await put(people.beto, `/archivos/resto.txt?sala=${brief}`, 'queda')
    await people.beto.post(`/salas/${brief}/cierre`, {})
    expect((await people.beto.get(`/archivos/${left.id}`)).status).toBe(404)
    expect((await people.ana.get(`/archivos/${left.id}`)).status).toBe(200)
    expect(await (await people.ana.get('/archivos?q=resto')).text()).toContain('Una sala que ya no existe')
  })
})
