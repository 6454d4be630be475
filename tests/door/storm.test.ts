// SPDX-License-Identifier: GPL-3.0-or-later
//
// Requests that were whole once and are not any more. Nothing of it may bring the house down, and nothing may be its fault (500).
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { raw, requestText } from '../support/door'
import { type OpenHouse, openHouse } from '../support/house'
import { type Random, seededRandom } from '../support/payloads'
import { pathOf, type Route, routesOf } from '../support/routes'

let house: OpenHouse
let port: number
let routes: Route[]

beforeAll(async () => {
  house = await openHouse()
  port = house.listen().port
  routes = routesOf(house.elysia).filter(({ path }) => !path.startsWith('/activos/'))
})
afterAll(() => house[Symbol.asyncDispose]())

/** A million take two minutes: `TORN_REQUESTS=1000000`, before a release. */
const requests = Number(process.env.TORN_REQUESTS ?? 4_000)
const patience = 60_000 + requests * 5
const atOnce = 20
const hostile = [
  '\u0000',
  '\r',
  '\n',
  '\r\n\r\n',
  ' ',
  ':',
  '%',
  '%00',
  '%2e%2e%2f',
  '..',
  '/',
  '//',
  '?',
  '#',
  '\u00ff',
  '\u00c0\u00af',
  'A'.repeat(20_000),
  '-1',
  '99999999999999999999',
  'chunked',
  ',',
  '\t',
  '{',
  '"',
]

function torn(random: Random): string {
  const route = random.pick(routes)
  const body = random.pick(['', 'usuario=a&clave=b', '{"texto":"a"}', '5\r\nhello\r\n0\r\n\r\n'])
  const headers: Record<string, string | readonly string[] | undefined> = {
    Host: `localhost:${port}`,
    Origin: `http://localhost:${port}`,
    Cookie: random.pick([undefined, 'pichat_test0001=x.y.z', ';;=;', `a=${'b'.repeat(5_000)}`]),
    'Content-Type': random.pick([undefined, 'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=']),
    'Content-Length': random.pick([undefined, String(body.length), String(body.length + 5), '0']),
    'Transfer-Encoding': random.pick([undefined, undefined, undefined, 'chunked']),
    Range: random.pick([undefined, 'bytes=0-', 'bytes=-0', 'bytes=9-1', 'bytes=0-1,2-3', 'x']),
    Upgrade: random.pick([undefined, undefined, 'websocket']),
    'Accept-Language': random.pick([undefined, 'en', 'x'.repeat(3_000), '*;q=0', 'es;q=nan,,,;']),
  }
  let text = requestText(
    random.pick([route.method === 'WS' ? 'GET' : route.method, 'GET', 'POST', 'PUT', 'HEAD', 'DELETE']),
    pathOf(route),
    headers,
    body,
  )
  for (let times = random.integer(4); times > 0; times--) {
    const at = random.integer(text.length)
    const cut = random.integer(3) === 0 ? random.integer(40) : 0
    text = text.slice(0, at) + (random.integer(4) === 0 ? '' : random.pick(hostile)) + text.slice(at + cut)
  }
  return text
}

test(
  'torn requests get an answer of theirs or none, and the house stands',
  async () => {
    const random = seededRandom('torn requests')
    const statuses = new Map<number, number>()
    for (let sent = 0; sent < requests; sent += atOnce) {
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          const text = torn(random)
          const { status } = await raw(port, text, { end: true, within: 20_000 })
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (status >= 500 && status !== 501 && status !== 505) throw new Error(`${status} for ${JSON.stringify(text.slice(0, 800))}`)
        }),
      )
    }
    expect((await house.door.fetch('/salud')).status).toBe(200)
    expect((await fetch(`http://localhost:${port}/salud`)).status).toBe(200)
    expect(house.journal().filter(({ event }) => event === 'request.failed')).toEqual([])
    // Were all of them refused by the parser, nothing of ours would have been tested.
    expect([...statuses.keys()].filter((status) => status >= 200 && status < 500).length).toBeGreaterThan(3)
  },
  patience,
)
