// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, newToken } from '../../src/core'
import { type Described, type Drop, type Name, openDrop } from './drop'

const hour = 3_600_000
const day = 24 * hour

async function link(drop: Drop, file: Described, { as = 'beto' as Name, vence = '1d' } = {}) {
  const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as, body: new URLSearchParams({ vence }) })
  if (answer.status !== 201) throw new Error(`no link: ${answer.status} ${await answer.text()}`)
  const { id, url } = (await answer.json()) as { id: string; url: string }
  return { id, path: new URL(url).pathname, token: new URL(url).pathname.split('/')[2] as string }
}
const status = async (drop: Drop, path: string, method = 'GET') => (await drop.ask(method, path)).status

describe('a direct link', () => {
  test('gives one file to whoever has it, by GET, HEAD and range, and says nothing about where it came from', async () => {
    await using drop = await openDrop()
    const file = await drop.put('plano ñ.pdf', '%PDF-1.7 plano')
    const { path, token } = await link(drop, file)
    expect(token).toMatch(/^[\w-]{24}$/)
    const answer = await drop.ask('GET', path)
    expect([answer.status, await answer.text()]).toEqual([200, '%PDF-1.7 plano'])
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''plano%20%C3%B1.pdf")
    const part = await drop.ask('GET', path, { headers: { range: 'bytes=0-3' } })
    expect([part.status, await part.text()]).toEqual([206, '%PDF'])
    expect(await status(drop, path, 'HEAD')).toBe(200)
    expect(await status(drop, `${path}?fbclid=x`)).toBe(200)
  })

  test('shows its note to whoever made it and to administrators alone', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.txt', 'x')
    const wish = new URLSearchParams({ vence: '1d', nota: 'para la notaría' })
    await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: wish })
    const sees = async (as: Name) => {
      const page = await (await drop.ask('GET', `/archivos/${file.id}`, { as, headers: { accept: 'text/html' } })).text()
      return [page.includes('id="link-'), page.includes('para la notaría')]
    }
    expect([await sees('beto'), await sees('ana'), await sees('diego')]).toEqual([
      [true, true],
      [true, true],
      [true, false],
    ])
  })

  test('does not open anything else', async () => {
    await using drop = await openDrop()
    const [file, other] = [await drop.put('a.txt', 'x'), await drop.put('b.txt', 'y')]
    const { token, path } = await link(drop, file)
    expect(await status(drop, `/d/${token}/b.txt`)).toBe(404)
    expect(await status(drop, other.url)).toBe(401)
    for (const method of ['PUT', 'POST', 'DELETE']) expect([404, 405]).toContain(await status(drop, path, method))
  })

  test('every no is the same no', async () => {
    await using drop = await openDrop({ clock: manualClock() })
    const file = await drop.put('a.txt', 'x')
    const [expired, revoked, kept] = [await link(drop, file, { vence: '1h' }), await link(drop, file), await link(drop, file)]
    const deleted = await link(drop, await drop.put('a.txt', 'y'))
    await drop.ask('DELETE', `/archivos/${file.id}/enlaces/${revoked.id}`, { as: 'beto' })
    const clock = manualClock()
    expect(clock.trusted()).toBe(true)
    const listed = await drop.rows()
    await drop.ask('DELETE', `/archivos/${listed[1]?.id}/a.txt`, { as: 'ana' })
    await drop.database.write(drop.database.read.updateTable('file_links').set({ ends_on_line: 0 }).where('id', '=', expired.id))
    const answers = await Promise.all(
      [expired.path, revoked.path, deleted.path, `/d/${newToken(18)}/a.txt`, '/d/x/a.txt', `${kept.path}x`].map(async (path) => {
        const answer = await drop.ask('GET', path)
        const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)))
        return { status: answer.status, body: await answer.text(), headers }
      }),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0] as (typeof answers)[number])
    expect(answers[0]).toMatchObject({ status: 404, headers: { 'referrer-policy': 'no-referrer' } })
    expect(await status(drop, kept.path)).toBe(200)
  })

  test('a million guesses find nothing', async () => {
    await using drop = await openDrop()
    const { path, token } = await link(drop, await drop.put('a.txt', 'x'))
    let found = 0
    for (let i = 0; i < 1_000_000; i++) if (await drop.files.links.find(newToken(18))) found++
    expect(found).toBe(0)
    for (let i = 0; i < token.length; i++) {
      const near = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)
      expect(await drop.files.links.find(near)).toBeNull()
    }
    const all = await Promise.all(Array.from({ length: 50 }, () => status(drop, path)))
    expect(all.every((one) => one === 200)).toBe(true)
  }, 60_000)

  test('is in no file and no log: only its hash is kept', async () => {
    await using drop = await openDrop()
    const { path, token } = await link(drop, await drop.put('a.txt', 'x'))
    await drop.ask('GET', path)
    await drop.ask('GET', `${path}x`)
    await drop.ask('GET', path, { headers: { host: 'evil.example' } }).catch(() => undefined)
    expect(drop.journal()).not.toContain(token)
    for (const name of await readdir(drop.data)) {
      if (name.startsWith('pichat.db')) expect((await readFile(join(drop.data, name))).includes(token)).toBe(false)
    }
  })
})

describe('who may', () => {
  test('make one: administrator and cliente, not a usuario, nobody beyond the limit', async () => {
    await using drop = await openDrop({ limits: { linksPerFile: 2 } })
    const file = await drop.put('a.txt', 'x')
    const make = async (as?: Name, vence = '1d') =>
      (await drop.ask('POST', `/archivos/${file.id}/enlaces`, { ...(as ? { as } : {}), body: new URLSearchParams({ vence }) })).status
    expect([
      await make('carla'),
      await make(),
      await make('ana', 'nunca'),
      await make('ana', '30d'),
      await make('diego'),
      await make('ana'),
    ]).toEqual([403, 401, 422, 201, 201, 409])
  })

  test('make no more of them at once than one after the other', async () => {
    await using drop = await openDrop({ limits: { linksPerFile: 2 } })
    const { id } = await drop.put('a.txt', 'x')
    const make = () => drop.ask('POST', `/archivos/${id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1d' }) })
    const made = await Promise.all(Array.from({ length: 6 }, make))
    expect(made.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409])
  })

  test('make one no longer than the settings allow', async () => {
    await using drop = await openDrop({ limits: { linkDaysMaximum: 3, linkDays: 3 } })
    expect([drop.files.links.lives(), drop.files.links.usualLife()]).toEqual([['1h', '1d'], '1d'])
  })

  test('end one: whoever made it and the administrator', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.txt', 'x')
    const one = await link(drop, file)
    const end = async (as: Name) => (await drop.ask('DELETE', `/archivos/${file.id}/enlaces/${one.id}`, { as })).status
    expect([await end('carla'), await end('diego'), await status(drop, one.path)]).toEqual([403, 404, 200])
    expect([await end('ana'), await status(drop, one.path)]).toEqual([204, 404])
    const two = await link(drop, file)
    const plain = await drop.ask('POST', `/archivos/${file.id}/enlaces/${two.id}/revocar`, { as: 'beto', headers: { accept: 'text/html' } })
    expect([plain.status, await status(drop, two.path)]).toEqual([303, 404])
  })
})

describe('a link ends', () => {
  test('when its maker is disabled, at once, and stays ended when the account comes back', async () => {
    const closed = new Set<string>()
    await using drop = await openDrop({ mayShare: async (person) => !closed.has(person) })
    const file = await drop.put('a.txt', 'x')
    const [his, hers, later] = [await link(drop, file), await link(drop, file, { as: 'ana' }), await link(drop, file)]
    closed.add('beto000000000000')
    expect([await status(drop, his.path), await status(drop, hers.path)]).toEqual([404, 200])
    await drop.files.endAccessOf('beto000000000000')
    closed.clear()
    expect([await status(drop, his.path), await status(drop, later.path), await status(drop, hers.path)]).toEqual([404, 404, 200])
  })

  test('when its hours are over, as time really passes', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const { path } = await link(drop, await drop.put('a.txt', 'x'), { vence: '1h' })
    await clock.advance(hour - 1000)
    expect(await status(drop, path)).toBe(200)
    await clock.advance(2000)
    expect(await status(drop, path)).toBe(404)
  })

  test.each([
    ['a day ahead', day],
    ['twenty years ahead', 20 * 365 * day],
    ['back to 1970', Number.NEGATIVE_INFINITY],
  ])('not when the clock jumps %s, and an ended one does not come back', async (_what, jump) => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('a.txt', 'x')
    const short = await link(drop, file, { vence: '1h' })
    await clock.advance(2 * hour)
    const living = await link(drop, file, { vence: '1h' })
    clock.set(Math.max(0, clock.now() + jump))
    expect([await status(drop, short.path), await status(drop, living.path)]).toEqual([404, 200])
    await clock.advance(2 * hour)
    expect(await status(drop, living.path)).toBe(404)
    clock.set(Date.UTC(2026, 10, 23))
    expect([await status(drop, short.path), await status(drop, living.path)]).toEqual([404, 404])
  })

  test('when its file is deleted, and says so', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.txt', 'x')
    const { path } = await link(drop, file)
    expect((await drop.ask('DELETE', file.url, { as: 'ana' })).status).toBe(204)
    expect([await status(drop, path), (await drop.files.links.list(file.id))[0]?.ended]).toEqual([404, 'deleted'])
  })

  test('by the hours the box was off; by a jump before the plug was pulled it does not', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-links-'))
    try {
      const start = Date.UTC(2026, 10, 23, 10)
      const before = manualClock(start)
      const first = await openDrop({ clock: before, data })
      const file = await first.put('a.txt', 'x')
      const [short, long] = [await link(first, file, { vence: '1h' }), await link(first, file, { vence: '7d' })]
      before.set(start + 30 * day)
      await before.advance(2 * 60_000)
      await first.app.server?.stop(true)
      await first.database.close()

      const second = await openDrop({ clock: manualClock(start + 30 * day + 30 * 60_000), data })
      expect([await status(second, short.path), await status(second, long.path)]).toEqual([200, 200])
      await second.close()

      await using third = await openDrop({ clock: manualClock(start + 30 * day + 2 * hour), data })
      expect([await status(third, short.path), await status(third, long.path)]).toEqual([404, 200])
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })

  test('after the off time is learned, when the box starts without knowing the time', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-links-'))
    try {
      const start = Date.UTC(2026, 10, 23, 10)
      const first = await openDrop({ clock: manualClock(start), data })
      const { path } = await link(first, await first.put('a.txt', 'x'), { vence: '1d' })
      await first.close()
      const clock = manualClock(0)
      await using second = await openDrop({ clock, data })
      expect(await status(second, path)).toBe(200)
      clock.set(start + 2 * day)
      expect(await status(second, path)).toBe(404)
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })
})

test('uses are counted once per download, not for HEAD, 304 or what continues one, and survive a restart', async () => {
  const first = await openDrop()
  const file = await first.put('a.txt', 'hola')
  const { path } = await link(first, file)
  await first.ask('GET', path)
  await first.ask('GET', path, { headers: { range: 'bytes=0-1' } })
  await first.ask('HEAD', path)
  await first.ask('GET', path, { headers: { range: 'bytes=2-3' } })
  await first.ask('GET', path, { headers: { 'if-none-match': `"${file.sha256}"` } })
  const counted = (await first.files.links.list(file.id))[0]?.uses
  await first.close()
  await using second = await openDrop({ data: first.data })
  expect([counted, (await second.files.links.list(file.id))[0]?.uses, (await second.rows())[0]?.downloads]).toEqual([2, 2, 2])
})

test('the page shows the address and its QR once, and never again', async () => {
  await using drop = await openDrop()
  const file = await drop.put('a.txt', 'x')
  const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, {
    as: 'beto',
    headers: { accept: 'text/html' },
    body: new URLSearchParams({ vence: '1h' }),
  })
  const made = await answer.text()
  expect([answer.status, /\/d\/[\w-]{24}\/a\.txt/.test(made), made.includes('Código QR')]).toEqual([201, true, true])
  const page = await (await drop.ask('GET', `/archivos/${file.id}`, { as: 'beto', headers: { accept: 'text/html' } })).text()
  expect([/\/d\/[\w-]{24}/.test(page), page.includes('Activo'), page.includes('Revocar')]).toEqual([false, true, true])
})
