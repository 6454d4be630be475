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
    const cookie = await broken.cookieOf('ana')
    await broken.database.close()
    for (const route of routes) {
      const fields = declarationOf(route.name)?.fields
      const answer = await broken.door.fetch(pathOf(route), {
        method: route.method,
        headers: {
          accept: 'application/json',
          origin: broken.door.origin,
          cookie,
          ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(fields ? { body: new URLSearchParams(fields).toString() } : {}),
      })
      const text = route.path.startsWith('/activos/') ? '' : await answer.text()
      expect(text, route.name).not.toMatch(leaks)
      expect(text, route.name).not.toContain('ninguna de las dos')
    }
  })
})
