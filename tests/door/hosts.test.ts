// SPDX-License-Identifier: GPL-3.0-or-later
//
// A foreign name that resolves to this machine (DNS rebinding) gets nothing, on no route. Raw requests: no library sends these.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { knockSocket, raw, requestText } from '../support/door'
import { type OpenHouse, openHouse, ownAddress } from '../support/house'
import { pathOf, type Route, routesOf } from '../support/routes'

let addresses: readonly string[] = [ownAddress, '2001:db8::10']
let house: OpenHouse
let port: number
let routes: Route[]

beforeAll(async () => {
  house = await openHouse({ addresses: () => addresses, settings: { PICHAT_HOSTS: 'chat.example.org' } })
  port = house.listen().port
  routes = routesOf(house.elysia)
})
afterAll(() => house[Symbol.asyncDispose]())

const ask = (path: string, headers: Record<string, string | readonly string[] | undefined>, method = 'GET') =>
  raw(port, requestText(method, path, { Connection: 'close', ...headers }))

const foreign = [
  'evil.example',
  'evil.example:8000',
  'localhost.evil.example',
  'pichat.local.evil.example',
  'pichat.evil.example',
  '127.0.0.1.evil.example',
  '192.0.2.77',
  '192.0.2.77:8000',
  '[2001:db8::77]',
  '0.0.0.0',
  'pichat.localx',
  'xpichat.local',
  '::1.evil.example',
  'localhost@evil.example',
]

describe('a name that is not ours', () => {
  test.each(foreign)('%s: 421 and nothing else, on every route', async (host) => {
    expect(routes.length).toBeGreaterThan(5)
    for (const route of routes) {
      const path = pathOf(route)
      const answer =
        route.method === 'WS'
          ? await knockSocket(`http://localhost:${port}`, path, { Host: host, Origin: `http://${host}` })
          : await ask(path, { Host: host, Origin: `http://${host}` }, route.method)
      expect(answer.status, `${route.name} for ${host}`).toBe(421)
      expect(answer.body.replace(/^0\r\n\r\n$/, ''), route.name).toBe('')
      expect(answer.headers.has('set-cookie'), route.name).toBe(false)
    }
  })

  test('also where there is no route', async () => {
    expect((await ask('/nothing-here', { Host: 'evil.example' })).status).toBe(421)
  })
})

describe('a name that is ours', () => {
  test.each([
    ['an address of the machine', ownAddress],
    ['an address with port', `${ownAddress}:8000`],
    ['an address of version 6', '[2001:db8::10]'],
    ['an address of version 6 with port', '[2001:db8::10]:8000'],
    ['localhost', 'localhost'],
    ['another port, as behind a container', 'localhost:9999'],
    ['127.0.0.1', '127.0.0.1'],
    ['the loopback of version 6', '[::1]'],
    ['capital letters', 'PICHAT.local'],
    ['a final dot', 'pichat.local.'],
    ['a single label', 'pichat'],
    ['a name from the settings', 'chat.example.org'],
  ])('%s: 200', async (_, host) => {
    expect((await ask('/salud', { Host: host })).status).toBe(200)
  })

  test('a new address of the router is ours at once, the old one no longer', async () => {
    const before = addresses
    addresses = ['192.0.2.200']
    expect((await ask('/salud', { Host: '192.0.2.200' })).status).toBe(200)
    expect((await ask('/salud', { Host: ownAddress })).status).toBe(421)
    addresses = before
  })
})

describe('our name with what is no port', () => {
  test.each(['localhost:99999', 'pichat.local:70000', '[::1]:65536'])('%s: 421, whatever is asked', async (host) => {
    const origin = { Host: host, Origin: `http://${host}`, 'Content-Length': '0' }
    for (const path of ['/salud', '/entrar', '/salas', '/archivos/zip?id=a', '/d/a/b', '/nada']) {
      expect((await ask(path, { Host: host })).status, path).toBe(421)
    }
    for (const path of ['/entrar', '/salir', '/subidas']) {
      expect((await raw(port, requestText('POST', path, { ...origin, Connection: 'close' }))).status, path).toBe(421)
    }
  })
})

describe('a request that names two, or none', () => {
  test('two Host headers: 400', async () => {
    expect((await ask('/salud', { Host: ['localhost', 'evil.example'] })).status).toBe(400)
    expect((await ask('/salud', { Host: ['evil.example', 'localhost'] })).status).toBe(400)
    expect((await ask('/salud', { Host: 'localhost, evil.example' })).status).toBe(400)
  })

  test('no Host: 400', async () => {
    expect((await ask('/salud', {})).status).toBe(400)
    expect((await ask('/salud', { Host: '' })).status).toBe(400)
  })

  test('an absolute address does not overrule the Host header', async () => {
    expect((await ask('http://localhost/salud', { Host: 'evil.example' })).status).toBe(421)
  })

  test('X-Forwarded-Host and Forwarded are not believed', async () => {
    for (const header of ['X-Forwarded-Host', 'X-Host', 'X-Original-Host']) {
      expect((await ask('/salud', { Host: 'evil.example', [header]: 'localhost' })).status, header).toBe(421)
      expect((await ask('/salud', { Host: 'localhost', [header]: 'evil.example' })).status, header).toBe(200)
    }
    expect((await ask('/salud', { Host: 'evil.example', Forwarded: 'host=localhost' })).status).toBe(421)
  })
})
