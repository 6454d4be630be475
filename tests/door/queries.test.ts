// SPDX-License-Identifier: GPL-3.0-or-later
//
// What means something to SQL, to FTS5 or to LIKE, in every place of an address that a route reads: words to look for, or nonsense, never an
// order, and never our fault (500).
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { fingerprint } from '../support/fingerprint'
import { type OpenHouse, openHouse } from '../support/house'
import { queryTexts, traversals } from '../support/payloads'
import { arrive, type Person } from '../support/people'
import { pathOf, type Route, routesOf } from '../support/routes'

let house: OpenHouse
let ana: Person
let beto: Person
let routes: Route[]
let asked: { route: Route; names: string[] }[]
const known: Record<string, string> = {}

/** Names that handlers read by themselves; all the others are told by the schema of their route. */
const undeclared: Record<string, readonly string[]> = {
  'GET /archivos/zip': ['id', 'carpeta', 'sala'],
  'GET /archivos/:id/:nombre': ['ver'],
  'GET /d/:token/:nombre': ['pase'],
}

/** When and from where somebody was last here. */
const lastSeen = ['sessions', 'users']

const texts = [
  ...queryTexts,
  "ana'--",
  '\\',
  'a'.repeat(1_000_000),
  '%'.repeat(2_000),
  `${'"a" NEAR('.repeat(200)}`,
  `${'a* OR '.repeat(300)}a`,
  '('.repeat(2_000),
  '-1',
  '9223372036854775808',
  '1e999',
  'NaN',
  '\ud800',
  '\u0000',
]

beforeAll(async () => {
  house = await openHouse({ settings: { PICHAT_SEARCHES_PER_SECOND: '1000' } })
  const people = await arrive(house.door)
  ana = people.ana
  beto = people.beto
  const made = await ana.post('/salas', { nombre: 'Preguntas', clave: 'una clave de sala', tipo: 'grupal', historial: 'guardada' })
  known.codigo = made.headers.get('location')?.split('/').at(-1) ?? ''
  await beto.post('/salas/unirse', { codigo: known.codigo, clave: 'una clave de sala' })
  await ana.post(`/salas/${known.codigo}/mensajes`, { texto: 'hola "NEAR" * % _ @cliente', cid: 'preguntas0000000' })
  const put = await ana.put('/archivos/preguntas.txt', 'hola', { accept: 'application/json' })
  known.id = ((await put.json()) as { id: string }).id
  known.nombre = 'preguntas.txt'
  known.locale = 'es'
  // Words are put in order when somebody first looks for them.
  await beto.get('/buscar?q=hola')
  routes = routesOf(house.elysia).filter(({ method, path }) => method !== 'WS' && !path.startsWith('/activos/'))
  asked = routes.flatMap((route) => {
    const names = [...declaredNames(route), ...(undeclared[route.name] ?? [])]
    return names.length > 0 ? [{ route, names }] : []
  })
})
afterAll(() => house[Symbol.asyncDispose]())

/** Read from the routes themselves, as they are: one written next year is asked too. */
function declaredNames({ method, path }: Route): string[] {
  const { hooks } = house.elysia.routes.find((one) => one.method === method && one.path === path) ?? {}
  const { query } = (hooks ?? {}) as { query?: { properties?: object } }
  return Object.keys(query?.properties ?? {})
}

/** What is asked by an address alone: bodies have tests of their own. */
const bodyOf = ({ method }: Route) => (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { body: '' })

async function expectNoFault(person: Person, route: Route, address: string, told: string): Promise<number> {
  const answer = await person.request(route.method, address, { headers: { accept: 'application/json' }, ...bodyOf(route) })
  const body = await answer.text()
  expect(answer.status, `${route.name} with ${told}`).toBeLessThan(500)
  expect(body, `${route.name} with ${told}`).not.toMatch(/sqlite|fts5|syntax error|no such (table|column)/i)
  return answer.status
}

test('there are enough places to ask in', () => {
  expect(asked.length).toBeGreaterThan(18)
  expect(asked.flatMap(({ names }) => names).length).toBeGreaterThan(40)
})

describe('a text of a query language', () => {
  test.each(texts.map((text) => [text.slice(0, 40), text] as const))('%j under every name that an address may have', async (told, text) => {
    const before = await fingerprint(house.data, { except: lastSeen })
    for (const { route, names } of asked) {
      for (const name of names) {
        const address = `${pathOf(route, known)}?${name}=${encodeURIComponent(text.toWellFormed())}`
        for (const person of [ana, beto]) await expectNoFault(person, route, address, `${name}=${told}`)
      }
      const all = new URLSearchParams(names.map((name) => [name, text.slice(0, 10_000)]))
      await expectNoFault(ana, route, `${pathOf(route, known)}?${all}`, `everything ${told}`)
    }
    expect(await fingerprint(house.data, { except: lastSeen })).toEqual(before)
  })

  test('finds what says so, and no more', async () => {
    const found = async (q: string) => {
      const answer = await beto.get(`/buscar?q=${encodeURIComponent(q)}`, { accept: 'application/json' })
      return [answer.status, ((await answer.json()) as { resultados?: unknown[] }).resultados?.length]
    }
    expect(await found('hola')).toEqual([200, 1])
    expect(await found('"NEAR"')).toEqual([200, 1])
    for (const text of ["' OR '1'='1", 'nadie OR hola', 'h%', '_ola', 'hola NOT NEAR', 'texto:hola'])
      expect([text, ...(await found(text))]).toEqual([text, 200, 0])
  })
})

test('the same in the place of every name within a path', async () => {
  for (const route of routes.filter(({ path }) => path.includes(':'))) {
    for (const text of [...texts.filter(({ length }) => length < 10_000), ...traversals.slice(0, 40)]) {
      // A path with a control character in it is nobody's: one answer for all routes.
      const value = encodeURIComponent(text.toWellFormed())
      const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      for (const name of names)
        await expectNoFault(ana, route, pathOf(route, { ...known, [name]: value }), `${name} = ${text.slice(0, 40)}`)
    }
  }
}, 60_000)

test('nothing of all this was a fault of ours', () => {
  expect(house.journal().filter(({ level }) => level === 'error')).toEqual([])
})
