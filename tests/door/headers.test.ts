// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every answer carries, whoever asks and whatever comes of it; read over the network, where nothing can be added afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { raw, requestText } from '../support/door'
import { type OpenHouse, openHouse } from '../support/house'
import { cast, Person } from '../support/people'
import { pathOf, type Route, routesOf } from '../support/routes'
import { declarationOf } from './declared'

let house: OpenHouse
let port: number
let routes: Route[]

beforeAll(async () => {
  house = await openHouse()
  house.elysia.get('/explode', () => {
    throw new Error('on purpose')
  })
  port = house.listen().port
  routes = routesOf(house.elysia)
})
afterAll(() => house[Symbol.asyncDispose]())

const ask = (method: string, path: string, headers: Record<string, string | undefined> = {}) =>
  raw(port, requestText(method, path, { Host: `localhost:${port}`, Origin: `http://localhost:${port}`, Connection: 'close', ...headers }))

const directives = [
  "default-src 'self'",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

function expectSafe(headers: Headers, name: string): void {
  const policy = headers.get('content-security-policy')?.split(/;\s*/) ?? []
  // Files that people uploaded have a still stricter policy of their own.
  if (!policy.includes("default-src 'none'")) for (const directive of directives) expect(policy, name).toContain(directive)
  expect(policy.join(';'), name).not.toContain('unsafe-')
  expect(headers.get('x-content-type-options'), name).toBe('nosniff')
  expect(headers.get('x-frame-options'), name).toBe('DENY')
  expect(headers.get('cross-origin-resource-policy'), name).toBe('same-origin')
  expect(headers.get('referrer-policy'), name).toMatch(/^(same-origin|no-referrer)$/)
  expect(
    [...headers.keys()].filter((header) => header.startsWith('access-control-')),
    name,
  ).toEqual([])
  for (const telling of ['server', 'x-powered-by']) expect(headers.has(telling), `${name} ${telling}`).toBe(false)
}

function expectUncached(headers: Headers, { name }: Route): void {
  const caching = headers.get('cache-control') ?? ''
  if (declarationOf(name)?.asset) expect(caching, name).toMatch(/immutable|no-store/)
  else expect(caching, name).toMatch(/no-store|private, no-cache/)
}

describe('every answer', () => {
  test('of every route, refusals included, is safe and not cached', async () => {
    for (const route of routes) {
      if (route.method === 'WS') continue
      const { status, headers } = await ask(route.method, pathOf(route))
      expect(status, route.name).toBeGreaterThanOrEqual(200)
      expectSafe(headers, route.name)
      expectUncached(headers, route)
    }
  })

  test('that an administrator gets, of what is there and of what is not, is as safe, and no proxy keeps it', async () => {
    const ana = await new Person(house.door, cast.ana).signIn()
    const made = await ana.post('/salas', { nombre: 'Leída', clave: 'una clave de sala', tipo: 'grupal', historial: 'guardada' })
    const codigo = made.headers.get('location')?.split('/').at(-1) ?? ''
    await ana.post(`/salas/${codigo}/mensajes`, { texto: 'hola', cid: 'cabeceras0000000' })
    const { id } = (await (await ana.put('/archivos/leido.txt', 'hola', { accept: 'application/json' })).json()) as { id: string }
    const link = (await (await ana.post(`/archivos/${id}/enlaces`, { vence: '1d' }, { accept: 'application/json' })).json()) as {
      url: string
    }
    const token = new URL(link.url).pathname.split('/')[2] ?? ''
    const known = { codigo, id, nombre: 'leido.txt', token, locale: 'en' }
    const statuses: number[] = []
    for (const route of routes) {
      if (route.method === 'WS' || declarationOf(route.name)?.asset || route.path === '/explode') continue
      // What ends her session has nothing more to tell her.
      const changes = route.method !== 'GET' && route.method !== 'HEAD'
      for (const path of new Set([pathOf(route), ...(changes ? [] : [pathOf(route, known), pathOf(route, { ...known, id: '2' })])])) {
        for (const accept of ['text/html', 'application/json']) {
          const cookie = route.path === '/salir' ? await house.cookieOf('ana') : ana.cookie
          const { status, headers } = await ask(route.method, path, { Cookie: cookie, Accept: accept })
          statuses.push(status)
          expect(status, `${route.name} is asked with a session`).not.toBe(401)
          expectSafe(headers, `${route.method} ${path}`)
          expectUncached(headers, route)
        }
      }
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(60)
    expect(statuses.filter((status) => status === 404).length).toBeGreaterThan(40)
    expect(Math.max(...statuses)).toBeLessThan(500)
  })

  test.each([
    ['404', 'GET', '/nothing-here', {}, 404],
    ['404 of an asset', 'GET', '/activos/nothing.js', {}, 404],
    ['405', 'TRACE', '/salud', {}, 405],
    ['400', 'GET', '/%E0%A4%A', {}, 400],
    ['403', 'POST', '/entrar', { Origin: 'http://evil.example' }, 403],
    ['500', 'GET', '/explode', {}, 500],
    ['421', 'GET', '/salud', { Host: 'evil.example' }, 421],
  ] as const)('%s is as safe', async (name, method, path, headers, status) => {
    const answer = await ask(method, path, headers)
    expect(answer.status).toBe(status)
    expectSafe(answer.headers, name)
    expect(answer.headers.get('cache-control')).toContain('no-store')
  })

  test('HEAD says what GET says, without a body', async () => {
    for (const route of routes) {
      if (route.method !== 'GET' || route.path === '/explode') continue
      const [get, head] = [await ask('GET', pathOf(route)), await ask('HEAD', pathOf(route))]
      expect(head.status, route.name).toBe(get.status)
      expect(head.body, route.name).toBe('')
    }
  })

  test('a preflight from anywhere is allowed nothing', async () => {
    for (const route of routes) {
      if (route.method === 'WS') continue
      const { headers, status } = await ask('OPTIONS', pathOf(route), {
        Origin: 'http://evil.example',
        'Access-Control-Request-Method': 'POST',
      })
      expect(
        [...headers.keys()].filter((header) => header.startsWith('access-control-')),
        route.name,
      ).toEqual([])
      expect(status, route.name).toBeGreaterThanOrEqual(400)
    }
  })
})

// Elysia guesses it from the source of a hook, and one guess alone puts every request on the road of promises.
test('no request waits for a hook that stands before the routes', () => {
  const hooks = house.elysia.event.request ?? []
  expect(hooks.map(({ isAsync }) => isAsync)).toEqual([false, false, false])
})
