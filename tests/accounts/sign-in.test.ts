// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { ana, at, openOwnedBox, sessionCookie } from './box'

describe('signing in', () => {
  test('ana signs in, is known, and signs out', async () => {
    await using box = await openOwnedBox()
    const browser = at(box.door, ana)
    expect((await browser.get('/salas')).status).toBe(401)
    const answer = await browser.post('/entrar', { usuario: 'Ana', clave: ana.clave, volver: '/salas/ABCD' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/salas/ABCD'])
    expect(await (await browser.get('/salas')).text()).toBe('ana')
    const old = browser.cookies.get(sessionCookie) as string
    expect((await browser.signOut()).status).toBe(303)
    browser.setCookie(sessionCookie, old)
    expect((await browser.get('/salas')).status).toBe(401)
  })
})
