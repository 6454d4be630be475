// SPDX-License-Identifier: GPL-3.0-or-later
//
// What was never meant to happen: the person reads a fixed text and a reference, the journal has the rest under the same reference.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type OpenHouse, openHouse } from '../support/house'
import { Person } from '../support/people'
import { pathOf, routesOf } from '../support/routes'
import { declarationOf } from './declared'

let house: OpenHouse

const secrets = ['hunter2', 'SELECT clave FROM', '/var/lib/pichat', 'rooms/service.ts']

beforeAll(async () => {
  house = await openHouse()
  house.elysia.get('/explode', () => {
    throw new Error(secrets.join(' '))
  })
  house.elysia.get('/explode-with-something-else', () => {
    throw { secret: secrets.join(' ') }
  })
  house.elysia.get('/explode-later', async () => {
    await null
    throw Object.assign(new Error(secrets.join(' ')), { status: 418, code: 'ENOENT', path: '/var/lib/pichat' })
  })
})
afterAll(() => house[Symbol.asyncDispose]())

const leaks = new RegExp(
  [...secrets, 'node_modules', 'bunfs', '\\.ts:\\d', 'at async', 'Error:']
    .map((text) => text.replace(/[/.]/g, '\\$&').replace('\\\\.ts', '\\.ts'))
    .join('|'),
)

/** Elysia reads in the source whether to wait for a handler: one that answers a promise without saying so takes its errors elsewhere. */
test('every handler is asynchronous, so that nothing it throws leaves the road of errors', () => {
  const plain = house.elysia.routes.filter(
    ({ handler, method, path }) => typeof handler === 'function' && method !== 'WS' && !path.startsWith('/explode') && !isAsync(handler),
  )
  expect(plain.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

const isAsync = (handler: unknown) => typeof handler === 'function' && handler.constructor.name === 'AsyncFunction'

describe('a route that throws', () => {
  test.each(['/explode', '/explode-with-something-else', '/explode-later'])(
    '%s answers a fixed text with a reference, as page, fragment and JSON',
    async (path) => {
      const stranger = new Person(house.door)
      for (const headers of [
        { accept: 'text/html' },
        { accept: 'application/json' },
        { accept: 'text/html', 'hx-request': 'true', 'hx-request-type': 'partial' },
      ] as Record<string, string>[]) {
        const answer = await stranger.get(path, headers)
        const body = await answer.text()
        expect(answer.status).toBe(500)
        expect(body + JSON.stringify([...answer.headers])).not.toMatch(leaks)
        expect(body.length).toBeGreaterThan(20)
        const reference = answer.headers.get('x-request-id') ?? 'none'
        if (headers.accept === 'application/json') expect(JSON.parse(body)).toMatchObject({ error: 'failed', message: expect.any(String) })
        const line = house.journal().find((one) => one.event === 'request.failed' && one.ref === reference)
        expect(line?.level, `the journal has ${reference}`).toBe('error')
      }
      const page = await stranger.get(path)
      expect(await page.text()).toContain(page.headers.get('x-request-id') ?? 'none')
    },
  )

  test('the house answers the next one', async () => {
    expect((await house.door.fetch('/salud')).status).toBe(200)
  })
})

describe('a house whose database is gone', () => {
  test('answers on every route without a stack, a path or an echo', async () => {
    await using broken = await openHouse()
    const routes = routesOf(broken.elysia).filter(({ method }) => method !== 'WS')
    const unread = await broken.cookieOf('ana')
    const remembered = await broken.cookieOf('beto')
    await broken.door.fetch('/salas', { headers: { cookie: remembered } })
    await broken.database.close()
    for (const accept of ['application/json', 'text/html']) {
      for (const cookie of [unread, remembered, '']) {
        for (const route of routes) {
          const fields = declarationOf(route.name)?.fields
          const answer = await broken.door.fetch(pathOf(route), {
            method: route.method,
            headers: {
              accept,
              origin: broken.door.origin,
              cookie,
              ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
            },
            ...(fields ? { body: new URLSearchParams(fields).toString() } : {}),
          })
          const text = route.path.startsWith('/activos/') ? '' : await answer.text()
          expect(text, route.name).not.toMatch(leaks)
          expect(text, route.name).not.toContain('ninguna de las dos')
          if (answer.status === 500) expect(text, route.name).toContain(accept === 'text/html' ? '<title>' : '"failed"')
        }
      }
    }
    expect((await broken.door.fetch('/salud')).status).toBe(503)
  })
})
