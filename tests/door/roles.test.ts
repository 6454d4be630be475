// SPDX-License-Identifier: GPL-3.0-or-later
//
// Routes × people. Every cell is generated: a new route fails here until somebody has said, in declared.ts, who it is for.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { knockSocket } from '../support/door'
import { type OpenHouse, openHouse } from '../support/house'
import { cast, Person } from '../support/people'
import { changing, pathOf, type Route, routesOf } from '../support/routes'
import { type Audience, declarationOf, type Scope } from './declared'

let house: OpenHouse
let origin: string
let routes: Route[]

const people = ['stranger', 'carla', 'beto', 'ana'] as const
type Name = (typeof people)[number]

const admitted: Record<Audience, readonly Name[]> = {
  everybody: people,
  'signed-in': ['carla', 'beto', 'ana'],
  uploaders: ['beto', 'ana'],
  administrator: ['ana'],
}

beforeAll(async () => {
  house = await openHouse()
  origin = house.listen().origin
  routes = routesOf(house.elysia)
})
afterAll(() => house[Symbol.asyncDispose]())

test('every route says who it is for', () => {
  expect(routes.filter(({ name }) => !declarationOf(name)).map(({ name }) => name)).toEqual([])
})

describe.each(people)('%s', (name) => {
  const isAdmitted = (route: Route) => admitted[declarationOf(route.name)?.audience ?? 'administrator'].includes(name)

  test.each(['page', 'fragment', 'JSON'] as const)('gets as %s exactly what is declared', async (kind) => {
    for (const route of routes) {
      if (route.method === 'WS') continue
      const cookie = await cookieOf(name)
      const answer = await knock(route, cookie, kind)
      const cell = `${name}: ${route.name} as ${kind}`
      if (isAdmitted(route)) expect(isRefusal(route, answer), `${cell} is admitted, got ${answer.status}`).toBe(false)
      else if (name === 'stranger') expectSentToSignIn(answer, kind, cell)
      else expect(answer.status, cell).toBe(403)
    }
  })

  test('gets exactly the sockets that are declared', async () => {
    for (const route of routes.filter(({ method }) => method === 'WS')) {
      const cookie = await cookieOf(name)
      const { status } = await knockSocket(origin, pathOf(route), cookie ? { Cookie: cookie } : {})
      if (isAdmitted(route)) expect([101, 404], `${name}: ${route.name}`).toContain(status)
      else expect(status, `${name}: ${route.name}`).toBe(name === 'stranger' ? 401 : 403)
    }
  })
})

/** A key does what its scope says as far as its person may, and is nobody where people alone are meant. */
describe.each(people.filter((name) => name !== 'stranger'))('a program of %s', (name) => {
  test.each(['leer', 'subir', 'hablar'] as const)('whose key lets it %s gets exactly what is declared', async (scope) => {
    const key = await keyOf(name, scope)
    let opened = 0
    for (const route of routes) {
      if (route.method === 'WS') continue
      const { audience = 'administrator', programs } = declarationOf(route.name) ?? {}
      const answer = await knock(route, '', 'JSON', { key })
      const cell = `${scope} of ${name}: ${route.name}`
      if (audience !== 'everybody' && (programs !== scope || !admitted[audience].includes(name))) expect(answer.status, cell).toBe(403)
      else expect(isRefusal(route, answer), `${cell} is admitted, got ${answer.status}`).toBe(false)
      if (programs === scope && answer.status !== 403) opened++
    }
    expect(opened > 0, `${scope} of ${name} opens something`).toBe(scope !== 'subir' || name !== 'carla')
  })

  test('gets no socket', async () => {
    for (const scope of ['leer', 'subir', 'hablar'] as const) {
      const key = await keyOf(name, scope)
      for (const route of routes.filter(({ method }) => method === 'WS')) {
        const { status } = await knockSocket(origin, pathOf(route), { Authorization: `Bearer ${key}` })
        expect(status, `${scope} of ${name}: ${route.name}`).toBe(declarationOf(route.name)?.audience === 'everybody' ? 101 : 403)
      }
    }
  })
})

test('a key that nobody made opens nothing but what is for everybody', async () => {
  for (const route of routes) {
    if (route.method === 'WS' || declarationOf(route.name)?.audience === 'everybody') continue
    expect((await knock(route, '', 'JSON', { key: `pichat_${'a'.repeat(43)}` })).status, route.name).toBe(401)
  }
})

/** Who may not is told so before anything is said about the form: its fields are nobody else's business. */
test('a form that makes no sense is refused for who sends it first', async () => {
  for (const name of people) {
    for (const route of changing(routes)) {
      const { audience = 'administrator', file } = declarationOf(route.name) ?? {}
      if (file || admitted[audience].includes(name)) continue
      const cookie = await cookieOf(name)
      for (const kind of ['page', 'JSON'] as const) {
        const answer = await knock(route, cookie, kind, { fields: { nonsense: '1' } })
        expect(answer.status, `${name}: ${route.name} as ${kind}`).toBe(name === 'stranger' ? 401 : 403)
      }
    }
  }
})

test('who reads and downloads is told what a cliente may, and not that the door is for administrators', async () => {
  const cookie = await cookieOf('carla')
  const headers = { accept: 'text/html', origin: house.door.origin, cookie, 'content-length': '0' }
  const links = await house.door.fetch('/archivos/enlaces', { headers })
  const page = await links.text()
  expect([links.status, page.includes('Esta cuenta no puede hacer eso')]).toEqual([403, true])
  const put = await house.door.fetch('/archivos/a.txt', { method: 'PUT', headers: { ...headers, accept: '*/*' } })
  const told = (await put.json()) as { message: string }
  for (const text of [page, told.message]) {
    expect(text).toContain('Para subir y compartir, pide el rol de cliente')
    expect(text).not.toContain('administradores')
  }
  const admin = await (await house.door.fetch('/admin', { headers })).text()
  expect(admin).toContain('Esta puerta es de administradores')
})

const cookies = new Map<Name, string>()

/** A living session; a route that ends sessions has not been told to the others. */
async function cookieOf(name: Name): Promise<string> {
  if (name === 'stranger') return ''
  const known = cookies.get(name)
  if (known && (await house.door.fetch('/salas', { headers: { cookie: known, accept: 'application/json' } })).status !== 401) return known
  const cookie = await house.cookieOf(name)
  cookies.set(name, cookie)
  return cookie
}

const keys = new Map<string, string>()

/** Made once on the profile, and read off the page that shows it. */
async function keyOf(name: Exclude<Name, 'stranger'>, scope: Scope): Promise<string> {
  const known = keys.get(`${name} ${scope}`)
  if (known) return known
  const person = await new Person(house.door, cast[name]).signIn()
  const page = await (await person.post('/perfil/claves', { nombre: scope, [scope]: 'si' })).text()
  const key = /value="(pichat_[\w-]{43})"/.exec(page)?.[1] ?? ''
  expect(key).not.toBe('')
  keys.set(`${name} ${scope}`, key)
  return key
}

function knock(
  route: Route,
  cookie: string,
  kind: 'page' | 'fragment' | 'JSON',
  { fields = declarationOf(route.name)?.fields, key }: { fields?: Record<string, string> | undefined; key?: string } = {},
): Promise<Response> {
  const { file } = declarationOf(route.name) ?? {}
  const body = fields ? new URLSearchParams(fields).toString() : undefined
  return house.door.fetch(pathOf(route), {
    method: route.method,
    headers: {
      accept: kind === 'JSON' ? 'application/json' : 'text/html',
      origin: house.door.origin,
      ...(cookie ? { cookie } : {}),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(kind === 'fragment'
        ? { 'hx-request': 'true', 'hx-request-type': 'partial', 'hx-current-url': `${house.door.origin}/salas` }
        : {}),
      ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(file ? { 'content-type': 'application/octet-stream', 'content-length': '0' } : {}),
    },
    ...(body ? { body } : {}),
  })
}

/** An answer about who asks, not about what was asked. The doors for everybody may want a password, a code or a token. */
function isRefusal(route: Route, answer: Response): boolean {
  const { audience, leadsToSignIn } = declarationOf(route.name) ?? {}
  if (audience === 'everybody') return sendsToSignIn(answer) && !leadsToSignIn
  return answer.status === 401 || answer.status === 403 || sendsToSignIn(answer)
}

function sendsToSignIn(answer: Response): boolean {
  return answer.status === 303 && (answer.headers.get('location') ?? '').startsWith('/entrar')
}

function expectSentToSignIn(answer: Response, kind: 'page' | 'fragment' | 'JSON', cell: string): void {
  if (kind === 'page') expect(sendsToSignIn(answer) || answer.status === 401, `${cell}, got ${answer.status}`).toBe(true)
  else expect(answer.status, cell).toBe(401)
  if (kind === 'fragment') expect(answer.headers.get('hx-redirect'), cell).toStartWith('/entrar')
}
