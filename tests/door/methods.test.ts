// SPDX-License-Identifier: GPL-3.0-or-later
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { raw, requestText } from '../support/door'
import { type OpenHouse, openHouse } from '../support/house'
import { pathOf, type Route, routesOf } from '../support/routes'

let house: OpenHouse
let port: number
let routes: Route[]

beforeAll(async () => {
  house = await openHouse()
  port = house.listen().port
  routes = routesOf(house.elysia)
})
afterAll(() => house[Symbol.asyncDispose]())

const ask = (method: string, path: string, headers: Record<string, string | undefined> = {}, body = '') =>
  raw(
    port,
    requestText(
      method,
      path,
      { Host: `localhost:${port}`, Connection: 'close', Origin: `http://localhost:${port}`, Accept: 'application/json', ...headers },
      body,
    ),
  )

test.each(['TRACE', 'TRACK', 'PROPFIND', 'PURGE', 'LINK', 'MKCOL'])(
  '%s is nobody’s method: refused, and nothing is echoed',
  async (method) => {
    for (const route of routes) {
      if (route.method === 'WS') continue
      const { status, text } = await ask(method, pathOf(route), { 'X-Secret': 'echo me' })
      // 0: Bun hangs up on a method it has never heard of.
      expect([0, 400, 405, 501], `${method} ${route.path}`).toContain(status)
      expect(text).not.toContain('echo me')
    }
  },
)

test('a method that a route does not have: 404 or 405, never 200 or 500', async () => {
  const paths = new Set(routes.map(({ path }) => path))
  for (const path of paths) {
    const known = new Set(routes.filter((route) => route.path === path).map(({ method }) => (method === 'WS' ? 'GET' : method)))
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      if (known.has(method) || known.has('ALL')) continue
      const { status } = await ask(method, pathOf({ path, method, name: '' }), { 'Content-Length': '0' })
      expect([401, 403, 404, 405], `${method} ${path}`).toContain(status)
    }
  }
})

test.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('%s changes nothing', async (header) => {
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const plain = await ask('GET', pathOf(route))
    const dressed = await ask('GET', pathOf(route), { [header]: 'DELETE' })
    expect(dressed.status, route.name).toBe(plain.status)
  }
})

test.each(['GET', 'POST', 'PUT', 'DELETE'])('%s of HTTP/1.0 without a host: 400, on any path', async (method) => {
  for (const path of ['/', '/salud', '/entrar', '/archivos/a/b', '/nada']) {
    expect((await raw(port, `${method} ${path} HTTP/1.0\r\n\r\n`)).status, path).toBe(400)
  }
})

test.each([
  ['two lengths', 'POST /entrar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
  ['length and chunks', 'POST /entrar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a negative length', 'POST /entrar HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
  ['a length that is no number', 'POST /entrar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e3\r\n\r\n'],
  ['a NUL in a header', 'GET /salud HTTP/1.1\r\nHost: localhost\r\nX-A: a\u0000b\r\n\r\n'],
  ['a space before the colon', 'GET /salud HTTP/1.1\r\nHost : localhost\r\n\r\n'],
  ['headers of a megabyte', `GET /salud HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(1_000_000)}\r\n\r\n`],
  ['a path of a megabyte', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ['no version', 'GET /salud\r\n\r\n'],
  ['garbage', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n'],
])('%s: refused, and the house answers the next one', async (_, bytes) => {
  const { status } = await raw(port, bytes, { wait: 'head', within: 15_000 })
  // 505: Bun's word for what names no version it knows.
  expect(status === 0 || (status >= 400 && status < 500) || status === 505).toBe(true)
  expect((await ask('GET', '/salud')).status).toBe(200)
})
