// SPDX-License-Identifier: GPL-3.0-or-later
//
// A page of another site, or of another port of this very machine, acts in nobody's name: the browser sends our cookies along, so the Origin
// must be ours to the last sign.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { knockSocket, raw, requestText } from '../support/door'
import { fingerprint } from '../support/fingerprint'
import { type OpenHouse, openHouse } from '../support/house'
import { changing, pathOf, type Route, routesOf } from '../support/routes'
import { declarationOf } from './declared'

let house: OpenHouse
let port: number
let origin: string
let routes: Route[]
let cookie = ''

beforeAll(async () => {
  house = await openHouse()
  let counted = 0
  house.elysia.post('/test-form', () => ({ done: ++counted }))
  house.elysia.ws('/test-socket', { message: () => undefined })
  port = house.listen().port
  origin = `http://localhost:${port}`
  routes = routesOf(house.elysia)
  cookie = await house.cookieOf('ana')
})
afterAll(() => house[Symbol.asyncDispose]())

const strangers: readonly (readonly [string, (own: number) => Record<string, string | undefined>])[] = [
  ['no Origin and no Referer', () => ({})],
  ['another site', () => ({ Origin: 'http://evil.example' })],
  ['another site over https', () => ({ Origin: 'https://evil.example' })],
  ['null, as from a sandboxed frame', () => ({ Origin: 'null' })],
  ['an empty Origin', () => ({ Origin: '' })],
  ['another port of this machine', (own) => ({ Origin: `http://localhost:${own + 1}` })],
  ['this machine without its port', () => ({ Origin: 'http://localhost' })],
  ['another name of this machine', (own) => ({ Origin: `http://127.0.0.1:${own}` })],
  ['a name that begins like ours', (own) => ({ Origin: `http://localhost.evil.example:${own}` })],
  ['a name that ends like ours', (own) => ({ Origin: `http://evil-localhost:${own}` })],
  ['our name as a user', (own) => ({ Origin: `http://localhost:${own}@evil.example` })],
  ['another scheme', (own) => ({ Origin: `ftp://localhost:${own}` })],
  ['an extension', () => ({ Origin: 'chrome-extension://abcdefghijklmnop' })],
  ['two of them', (own) => ({ Origin: `http://localhost:${own}, http://evil.example` })],
  ['no Origin and a foreign Referer', () => ({ Referer: 'http://evil.example/http://localhost/' })],
  ['a foreign Origin and our Referer', (own) => ({ Origin: 'http://evil.example', Referer: `http://localhost:${own}/salas` })],
  ['null and our Referer', (own) => ({ Origin: 'null', Referer: `http://localhost:${own}/salas` })],
]

describe('a form sent by', () => {
  test.each(strangers)('%s: 403 on every changing route, and nothing changes', async (name, headersFor) => {
    const before = await fingerprint(house.data)
    const forms = changing(routes)
    expect(forms.length).toBeGreaterThan(0)
    for (const route of forms) {
      const body = new URLSearchParams(declarationOf(route.name)?.fields).toString()
      const headers = {
        Host: `localhost:${port}`,
        Connection: 'close',
        Cookie: cookie || undefined,
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': String(body.length),
        ...headersFor(port),
      }
      const { status } = await raw(port, requestText(route.method, pathOf(route), headers, body), { wait: 'head' })
      expect(status, `${route.name} from ${name}`).toBe(403)
    }
    expect(await fingerprint(house.data)).toEqual(before)
  })

  test('our own page is not refused for its origin', async () => {
    const headers = { Host: `localhost:${port}`, Connection: 'close', 'Content-Length': '0' }
    expect((await raw(port, requestText('POST', '/test-form', { ...headers, Origin: origin }))).status).toBe(200)
    expect((await raw(port, requestText('POST', '/test-form', { ...headers, Referer: `${origin}/salas` }))).status).toBe(200)
  })
})

describe('a program without a cookie', () => {
  const ask = (route: Route, headers: Record<string, string>) =>
    raw(
      port,
      requestText(route.method, pathOf(route), { Host: `localhost:${port}`, Connection: 'close', 'Content-Length': '0', ...headers }, ''),
    )

  test('and without a key is told about keys at the doors of programs, and refused for its origin at all others', async () => {
    for (const route of changing(routes)) {
      const { status, text } = await ask(route, {})
      expect(status, route.name).toBe(declarationOf(route.name)?.programs === 'subir' ? 401 : 403)
      if (status === 401) expect(text, route.name).toContain('Authorization: Bearer')
    }
  })

  test.each([
    ['a cookie, whatever it says', { Cookie: 'a=b' }],
    ['a foreign Origin', { Origin: 'http://evil.example' }],
    ['a foreign Referer', { Referer: 'http://evil.example/' }],
    ['another kind of authorization', { Authorization: 'Basic YTpi' }],
  ] as const)('that brings %s is refused for its origin everywhere', async (_, headers) => {
    for (const route of changing(routes)) expect((await ask(route, headers)).status, route.name).toBe(403)
  })

  test('reads JSON where no page asks, and the words of the protocol where one is spoken', async () => {
    const put = await ask({ method: 'PUT', path: '/archivos/a.txt', name: '' }, { Accept: '*/*' })
    expect(put.text).toContain('{"error":"signed-out"')
    for (const [method, path] of [
      ['PATCH', '/subidas/a'],
      ['PATCH', '/subidas/%00'],
      ['POST', '/subidas'],
      ['BREW', '/subidas'],
    ] as const) {
      const { text } = await ask({ method, path, name: '' }, {})
      if (text !== '') expect(text.toLowerCase(), `${method} ${path}`).toContain('tus-resumable: 1.0.0')
    }
  })
})

describe('the same name over https', () => {
  // On its own ports nobody writes a port: another service on 443 has our name to the last sign.
  const host = 'localhost'

  test.each([
    ['nobody in between', undefined, 403, 200],
    ['a proxy that says so', 'https', 200, 403],
  ])('%s', async (_, proto, secure, plain) => {
    const headers = { Host: host, Connection: 'close', 'Content-Length': '0', 'X-Forwarded-Proto': proto }
    const ask = (from: Record<string, string>) => raw(port, requestText('POST', '/test-form', { ...headers, ...from }))
    expect((await ask({ Origin: 'https://localhost' })).status).toBe(secure)
    expect((await ask({ Referer: 'https://localhost/salas' })).status).toBe(secure)
    expect((await ask({ Origin: 'http://localhost' })).status).toBe(plain)
    const knocked = await knockSocket(origin, '/test-socket', { Host: host, Origin: 'https://localhost', 'X-Forwarded-Proto': proto })
    expect(knocked.status).toBe(secure === 200 ? 101 : 403)
  })
})

describe('a socket asked for by', () => {
  test.each(strangers)('%s: 403, no 101', async (name, headersFor) => {
    const sockets = routes.filter(({ method }) => method === 'WS')
    expect(sockets.length).toBeGreaterThan(0)
    for (const route of sockets) {
      const { status } = await knockSocket(origin, pathOf(route), { Origin: undefined, Cookie: cookie || undefined, ...headersFor(port) })
      expect(status, `${route.name} from ${name}`).toBe(403)
    }
  })

  test('our own page is not refused for its origin', async () => {
    expect((await knockSocket(origin, '/test-socket')).status).toBe(101)
  })
})
