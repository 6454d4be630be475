// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { createDoorkeeper } from '../../src/accounts'
import { Person } from '../support/people'
import { ana, at, openBox, openOwnedBox } from './box'

const plain = (path: string, headers: Record<string, string> = {}) => [path, { headers: { accept: 'text/html', ...headers } }] as const

describe('the door, drawn once for all who bring nothing', () => {
  test('is the same page for each of them, in their language, with the headers of every page', async () => {
    await using box = await openOwnedBox()
    const answers = []
    for (const language of ['es', 'en', 'es', 'en'])
      answers.push(await box.door.fetch(...plain('/entrar', { 'accept-language': language })))
    const pages = await Promise.all(answers.map((answer) => answer.text()))
    expect(pages[0]).toContain('<h1>Entra</h1>')
    expect(pages[1]).toContain('<h1>Sign in</h1>')
    expect([pages[2], pages[3]]).toEqual([pages[0], pages[1]] as string[])
    const [first, , again] = answers.map(({ headers }) => new Map([...headers].filter(([name]) => name !== 'x-request-id')))
    expect(again).toEqual(first as Map<string, string>)
    expect(again?.get('content-security-policy')).toContain("script-src 'self'")
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(4)
  })

  test('names the place once it has a name', async () => {
    await using box = await openBox({ demo: false })
    const closed = await box.door.fetch(...plain('/entrar'))
    expect([closed.status, closed.headers.get('location')]).toEqual([303, '/primer-arranque'])
    await box.accounts.claims.claim({ ...ana, codigo: box.codes[0] ?? '', lugar: 'Estudio Jacaranda' }, '127.0.0.1')
    for (const _ of [1, 2]) expect(await (await box.door.fetch(...plain('/entrar'))).text()).toContain('Estudio Jacaranda')
  })

  test('is drawn anew for a browser that brings anything', async () => {
    await using box = await openOwnedBox()
    await box.door.fetch(...plain('/entrar', { 'accept-language': 'es' }))
    const dark = await box.door.fetch(...plain('/entrar', { 'accept-language': 'es', cookie: 'pichat_tema=dark; pichat_idioma=en' }))
    const page = await dark.text()
    expect(page).toContain('data-theme="dark"')
    expect(page).toContain('<h1>Sign in</h1>')
    const returning = await (await box.door.fetch(...plain('/entrar?volver=%2Farchivos'))).text()
    expect(returning).toContain('name="volver" value="/archivos"')
    const stranger = new Person(box.door)
    const out = await (await at(box.door, ana).signIn()).get('/entrar')
    expect([out.status, out.headers.get('location')]).toEqual([303, '/salas'])
    expect((await stranger.get('/entrar')).status).toBe(200)
  })
})

describe('whoever hangs up before they can be looked at', () => {
  const asked = () => new Request('http://pichat.local/primer-arranque')
  const alwaysGone = { requestIP: () => null }

  test('is not taken for this machine', async () => {
    const { visitorOf, strangerAt } = createDoorkeeper(async () => null)
    expect((await visitorOf(asked(), alwaysGone)).ip).toBe('0.0.0.0')
    expect(strangerAt(asked(), alwaysGone).ip).toBe('0.0.0.0')
    expect((await visitorOf(asked(), null)).ip).toBe('127.0.0.1')
  })

  test('has the address they came from, though their session was still being looked for', async () => {
    let here = true
    const { visitorOf } = createDoorkeeper(async () => null)
    const visitor = visitorOf(asked(), { requestIP: () => (here ? { address: '::ffff:192.168.1.9' } : null) })
    here = false
    expect((await visitor).ip).toBe('192.168.1.9')
  })
})
