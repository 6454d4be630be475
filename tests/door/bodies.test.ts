// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a door takes in: by type, by size and by form. Every changing route joins by itself; those that take files are listed as such.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { raw, requestText } from '../support/door'
import { fingerprint } from '../support/fingerprint'
import { type OpenHouse, openHouse } from '../support/house'
import { jsonBodies, uninvitedFields } from '../support/payloads'
import { changing, pathOf, type Route, routesOf } from '../support/routes'
import { declarationOf } from './declared'

let house: OpenHouse
let port: number
let forms: Route[]

beforeAll(async () => {
  house = await openHouse()
  // A form of the tests' own, so that the table is never empty.
  house.elysia.post('/test-form', ({ body }) => ({ body: typeof body }))
  port = house.listen().port
  forms = changing(routesOf(house.elysia)).filter(({ name }) => !declarationOf(name)?.file)
})
afterAll(() => house[Symbol.asyncDispose]())

const ask = (method: string, path: string, headers: Record<string, string | undefined>, body = '') =>
  raw(
    port,
    requestText(
      method,
      path,
      { Host: `localhost:${port}`, Origin: `http://localhost:${port}`, Connection: 'close', Accept: 'application/json', ...headers },
      body,
    ),
    { wait: 'head' },
  )

const form = 'application/x-www-form-urlencoded'

describe('a body of another type: 415', () => {
  test.each([
    'text/plain',
    'text/plain; charset=application/json',
    'multipart/form-data; boundary=x',
    'application/xml',
    'text/html',
    'application/octet-stream',
    'application/json-patch+json',
    '',
  ])('"%s"', async (type) => {
    expect(forms.length).toBeGreaterThan(0)
    const body = '{"role":"administrator"}'
    for (const route of forms) {
      const answer = await ask(
        route.method,
        pathOf(route),
        { 'Content-Type': type || undefined, 'Content-Length': String(body.length) },
        body,
      )
      expect(answer.status, route.name).toBe(415)
    }
  })

  test('packed: nobody unpacks what a stranger packed', async () => {
    const packed = Buffer.from(Bun.gzipSync(Buffer.from('clave=a'))).toString('latin1')
    for (const route of forms) {
      const answer = await ask(
        route.method,
        pathOf(route),
        { 'Content-Type': form, 'Content-Encoding': 'gzip', 'Content-Length': String(packed.length) },
        packed,
      )
      expect(answer.status, route.name).toBe(415)
    }
  })
})

describe('a body that is too large', () => {
  test('by its length: 413 before a byte of it was sent', async () => {
    for (const route of forms) {
      const limit = declarationOf(route.name)?.limit ?? house.config.formBytes
      for (const length of [limit + 1, 10_000_000, 1_000_000_000_000]) {
        const answer = await ask(route.method, pathOf(route), { 'Content-Type': form, 'Content-Length': String(length) })
        expect(answer.status, `${route.name} ${length}`).toBe(413)
      }
    }
  })

  test('of no length at all: 411', async () => {
    for (const route of forms) {
      const answer = await ask(route.method, pathOf(route), { 'Content-Type': form, 'Transfer-Encoding': 'chunked' }, '3\r\na=b\r\n')
      expect(answer.status, route.name).toBe(411)
    }
  })
})

describe('a body that does not come to an end', () => {
  test.each([
    ['silence', undefined],
    ['a drip', { bytes: 60, every: 100 }],
  ])(
    '%s: the connection is closed, and nobody had to wait',
    async (_, drip) => {
      await using patient = await openHouse({ settings: { PICHAT_FORM_WITHIN: '1s' } })
      const { port } = patient.listen()
      const head = { Host: `localhost:${port}`, Origin: `http://localhost:${port}`, 'Content-Type': form, 'Content-Length': '900' }
      const begun = performance.now()
      const asked = ['/entrar', '/salas'].map((path) =>
        raw(port, requestText('POST', path, head, `usuario=${'a'.repeat(drip ? 700 : 10)}`), { within: 30_000, ...(drip ? { drip } : {}) }),
      )
      for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ closed: true })
      // Bun counts in steps of four seconds; left to itself it waits for PICHAT_REQUEST_IDLE, two minutes.
      expect(performance.now() - begun).toBeLessThan(20_000)
      expect((await fetch(`http://localhost:${port}/salud`)).status).toBe(200)
    },
    40_000,
  )
})

type Fields = [name: string, value: string][]
/** In latin1, as the wire takes it. */
const wired = (text: string) => Buffer.from(text).toString('latin1')
const jsonField = ([name, value]: [string, string]) => wired(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
const escapedField = ([[name, value] = ['', '']]: Fields) =>
  wired(`"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}" :${JSON.stringify(value)}`)

describe('a JSON body made to hurt', () => {
  const hostile = jsonBodies.map((body, index) => [`${index}: ${body.slice(0, 40)}`, body] as const)

  const hasFields = ({ name }: Route) => declarationOf(name)?.fields !== undefined

  const send = (route: Route, body: string, cookie?: string) => {
    const bytes = Buffer.from(body).toString('latin1')
    return ask(
      route.method,
      pathOf(route),
      { Cookie: cookie, 'Content-Type': 'application/json', 'Content-Length': String(bytes.length) },
      bytes,
    )
  }

  test.each(hostile)('%s, from a stranger', async (_, body) => {
    for (const route of forms) {
      const { status } = await send(route, body)
      // A button has no fields: a body without any is none. The tests' own route takes everything.
      if (body === '' || !hasFields(route)) expect(status, route.name).toBeLessThan(500)
      else expect([400, 401, 403, 404, 413, 415, 422, 429], route.name).toContain(status)
    }
    expect((await ask('GET', '/salud', {})).status).toBe(200)
  })

  test('none of them moves anything, whoever sends it', async () => {
    const cookie = await house.cookieOf('ana')
    const before = await fingerprint(house.data)
    for (const [name, body] of hostile) {
      if (body === '') continue
      for (const route of forms.filter(hasFields)) {
        expect([400, 404, 413, 415, 422, 429], `${route.name} ${name}`).toContain((await send(route, body, cookie)).status)
      }
    }
    expect(await fingerprint(house.data)).toEqual(before)
  })

  test('a field too many is refused on every form, so nothing is assigned that nobody asked for', async () => {
    const cookie = await house.cookieOf('ana')
    const before = await fingerprint(house.data)
    for (const extra of ['role', 'rol_', 'id', 'user_id', '__proto__', 'constructor']) {
      for (const route of forms) {
        if (route.path === '/test-form') continue
        const { fields = {} } = declarationOf(route.name) ?? {}
        // A field of this form's own is not one too many.
        if (Object.hasOwn(fields, extra)) continue
        const body = new URLSearchParams({ ...fields, [extra]: 'administrator' }).toString()
        const headers = { Cookie: cookie, 'Content-Type': form, 'Content-Length': String(body.length) }
        const { status } = await ask(route.method, pathOf(route), headers, body)
        expect(status, `${route.name} with ${extra}`).toBe(422)
      }
    }
    expect(await fingerprint(house.data)).toEqual(before)
  })

  test.each(uninvitedFields.map((extra) => [JSON.stringify(extra), extra] as const))(
    '%s beside what is asked for is refused as JSON too',
    async (_, extra) => {
      const cookie = await house.cookieOf('ana')
      const before = await fingerprint(house.data)
      for (const route of forms) {
        if (route.path === '/test-form') continue
        const { fields = {} } = declarationOf(route.name) ?? {}
        if (Object.keys(extra).some((name) => Object.hasOwn(fields, name))) continue
        const { status } = await send(route, JSON.stringify({ ...fields, ...extra }), cookie)
        expect(status, route.name).toBe(422)
      }
      expect(await fingerprint(house.data)).toEqual(before)
      expect(({} as { role?: string }).role).toBeUndefined()
    },
  )

  // What a reading does with every level, or writes into a message about it, must not hold up everybody: a form is flat.
  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both', '[{"a":', '}]'],
  ])('%s within each other: two hundred thousand are too large, and as many as fit are nonsense', async (_, open, close) => {
    const cookie = await house.cookieOf('ana')
    const deep = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`
    for (const route of forms) {
      expect((await send(route, deep(200_000), cookie)).status, route.name).toBe(413)
      if (route.path === '/test-form' || route.method === 'DELETE') continue
      const limit = declarationOf(route.name)?.limit ?? house.config.formBytes
      const levels = Math.floor((limit - 20) / (open.length + close.length))
      const [first = 'texto'] = Object.keys(declarationOf(route.name)?.fields ?? {})
      for (const body of [deep(levels), `{"${first}":${deep(levels)}}`, open.repeat(Math.floor(limit / open.length))])
        expect([400, 422], `${route.name} ${body.slice(0, 20)}`).toContain((await send(route, body, cookie)).status)
    }
    expect((await ask('GET', '/salud', {})).status).toBe(200)
  })

  test.each([
    [
      'two fields of one name',
      422,
      'application/json',
      (fields: Fields) => `{${[...fields, ...fields.slice(0, 1)].map(jsonField).join()}}`,
    ],
    [
      'the same name, written otherwise',
      422,
      'application/json',
      (fields: Fields) => `{${fields.map(jsonField).join()},${escapedField(fields)}}`,
    ],
    ['a mark at its beginning', 400, 'application/json', (fields: Fields) => `\u00ef\u00bb\u00bf{${fields.map(jsonField).join()}}`],
    [
      'bytes that are no UTF-8, as JSON',
      400,
      'application/json',
      (fields: Fields) => `{${fields.map(jsonField).join()},"x":"\u00ff\u00fe"}`,
    ],
    ['bytes that are no UTF-8', 400, form, (fields: Fields) => `${new URLSearchParams(fields)}&x=\u00ff\u00fe`],
    ['escapes that are no UTF-8', 400, form, (fields: Fields) => `${new URLSearchParams(fields)}&x=%ff%fe`],
    ['an escape that is none', 400, form, (fields: Fields) => `${new URLSearchParams(fields)}&x=%zz`],
  ] as const)('%s: %i on every form with fields, and nothing changes', async (_, wanted, type, write) => {
    const cookie = await house.cookieOf('ana')
    const before = await fingerprint(house.data)
    for (const route of forms.filter(hasFields)) {
      const body = write(Object.entries(declarationOf(route.name)?.fields ?? {}))
      const headers = { Cookie: cookie, 'Content-Type': type, 'Content-Length': String(body.length) }
      expect((await ask(route.method, pathOf(route), headers, body)).status, route.name).toBe(wanted)
    }
    expect(await fingerprint(house.data)).toEqual(before)
  })

  test('bytes that are no UTF-8, from a stranger', async () => {
    const bytes = '{"a":"\u00ff\u00fe"}'
    for (const route of forms) {
      const answer = await ask(
        route.method,
        pathOf(route),
        { 'Content-Type': 'application/json', 'Content-Length': String(bytes.length) },
        bytes,
      )
      expect(answer.status, route.name).toBeLessThan(500)
    }
  })
})
