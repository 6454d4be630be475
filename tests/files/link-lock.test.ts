// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { manualClock, Refusal } from '../../src/core'
import { basicPassword } from '../../src/files/links/link-lock'
import { type Drop, openDrop } from './drop'

const password = 'la clave de Ñandú'
const hour = 3_600_000

async function guarded(drop: Drop, fields: Record<string, string> = {}) {
  const file = await drop.put('plano.pdf', '%PDF-1.7 plano')
  const body = new URLSearchParams({ vence: '7d', 'clave-enlace': password, ...fields })
  const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body })
  expect(answer.status).toBe(201)
  return new URL(((await answer.json()) as { url: string }).url).pathname
}
const basic = (typed: string) => ({ authorization: `Basic ${Buffer.from(`:${typed}`).toString('base64')}` })
const program = { accept: '*/*' }
const browser = { accept: 'text/html,*/*;q=0.8' }
const type = (drop: Drop, path: string, typed: string, headers: Record<string, string> = browser) =>
  drop.ask('POST', path, { headers, body: new URLSearchParams({ 'clave-descarga': typed }) })

describe('a link with a password', () => {
  test('asks people with a page that tells nothing of the bytes, and gives them the file for the right one', async () => {
    await using drop = await openDrop()
    const path = await guarded(drop)
    const asked = await drop.ask('GET', path, { headers: browser })
    const page = await asked.text()
    expect([asked.status, asked.headers.get('referrer-policy'), asked.headers.get('set-cookie')]).toEqual([200, 'strict-origin', null])
    for (const words of ['Beto Ríos comparte este archivo', 'plano.pdf', 'name="clave-descarga"', 'method="post"'])
      expect(page).toContain(words)
    expect(page).not.toContain('%PDF')

    const wrong = await type(drop, path, 'otra clave')
    const again = await wrong.text()
    expect([wrong.status, again.includes('La contraseña no coincide.'), again.includes('otra clave')]).toEqual([422, true, false])

    const right = await type(drop, path, password)
    const way = right.headers.get('location') ?? ''
    expect([right.status, right.headers.get('set-cookie'), way.startsWith(`${path}?pase=`)]).toEqual([303, null, true])
    const file = await drop.ask('GET', way, { headers: { ...browser, range: 'bytes=0-3' } })
    expect([file.status, await file.text(), file.headers.get('referrer-policy')]).toEqual([206, '%PDF', 'no-referrer'])
  })

  test('asks programs in their own way', async () => {
    await using drop = await openDrop()
    const path = await guarded(drop)
    for (const method of ['GET', 'HEAD']) {
      const asked = await drop.ask(method, path, { headers: program })
      expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="PiChat", charset="UTF-8"'])
    }
    expect((await drop.ask('GET', path, { headers: { ...program, ...basic('otra clave') } })).status).toBe(401)
    const file = await drop.ask('GET', path, { headers: { ...program, ...basic(password) } })
    expect([file.status, await file.text()]).toEqual([200, '%PDF-1.7 plano'])
    // Decomposed signs are the same password.
    expect((await drop.ask('GET', path, { headers: { ...program, ...basic(password.normalize('NFD')) } })).status).toBe(200)
  })

  test('is opened by a pass of its own alone, and not for ever', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock, limits: { linkResume: hour } })
    const [one, other] = [await guarded(drop), await guarded(drop)]
    const way = (await type(drop, one, password)).headers.get('location') ?? ''
    const pass = way.split('?')[1]
    expect((await drop.ask('GET', `${other}?${pass}`, { headers: program })).status).toBe(401)
    expect((await drop.ask('GET', `${one}?${pass}x`, { headers: program })).status).toBe(401)
    clock.set(0)
    expect((await drop.ask('GET', way, { headers: program })).status).toBe(200)
    await clock.advance(hour + 1000)
    expect((await drop.ask('GET', way, { headers: program })).status).toBe(401)
  })

  test('slows down who guesses, from one address and from many, and lets in who knows it elsewhere', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock, limits: { linkGuesses: 3 } })
    const path = await guarded(drop)
    // At once: comparing takes time, and a guess counts before it is compared.
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, n) => drop.ask('GET', path, { headers: { ...program, ...basic(`no ${n}`) } })),
    )
    expect(guesses.map(({ status }) => status).sort()).toEqual([...Array(3).fill(401), ...Array(9).fill(429)])
    const told = await type(drop, path, password)
    expect([told.status, Number(told.headers.get('retry-after')) > 0, (await told.text()).includes('Demasiadas contraseñas')]).toEqual([
      429,
      true,
      true,
    ])
    await clock.advance(15 * 60_000)
    expect((await type(drop, path, password)).status).toBe(303)

    const row = await drop.database.read.selectFrom('file_links').selectAll().executeTakeFirstOrThrow()
    const link = { id: 'another link', password: row.password ?? '' }
    let wrong = 0
    for (let n = 0; n < 100; n++) {
      try {
        expect(await drop.files.linkLock.opens(link, 'nada', `10.0.0.${n}`)).toBe(false)
        wrong++
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
      }
    }
    expect(wrong).toBe(60)
  })

  test('is kept as Argon2 writes it, in no log, and wants four signs at least', async () => {
    await using drop = await openDrop()
    const path = await guarded(drop)
    await type(drop, path, password)
    const row = await drop.database.read.selectFrom('file_links').selectAll().executeTakeFirstOrThrow()
    expect(row.password).toStartWith('$argon2id$')
    expect(drop.journal()).not.toContain(password)
    const make = async (typed: string) => {
      const body = new URLSearchParams({ vence: '1d', 'clave-enlace': typed })
      return (await drop.ask('POST', `/archivos/${row.file}/enlaces`, { as: 'beto', body })).status
    }
    expect([await make('abc'), await make('x'.repeat(129)), await make('áé🎉í'), await make('')]).toEqual([422, 422, 201, 201])
  })

  test('is not used up by asking', async () => {
    await using drop = await openDrop()
    const path = await guarded(drop, { max: '1' })
    await drop.ask('GET', path, { headers: browser })
    await drop.ask('GET', path, { headers: program })
    await type(drop, path, 'otra clave')
    const way = (await type(drop, path, password)).headers.get('location') ?? ''
    expect((await drop.ask('GET', way, { headers: browser })).status).toBe(200)
    const over = [await drop.ask('GET', path, { headers: browser }), await type(drop, path, password), await drop.ask('GET', way)]
    expect(over.map(({ status }) => status)).toEqual([404, 404, 404])
  })

  test('takes a password only where there is one, and no form from elsewhere', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.txt', 'x')
    const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1d' }) })
    const path = new URL(((await answer.json()) as { url: string }).url).pathname
    expect((await type(drop, path, password)).status).toBe(405)
    expect((await type(drop, await guarded(drop), password, { ...browser, origin: 'http://evil.example' })).status).toBe(403)
  })
})

test('Basic is read as RFC 7617 writes it', () => {
  const of = (text: string) => basicPassword(`Basic ${Buffer.from(text).toString('base64')}`)
  expect([of(':a'), of('x:a:b'), of(':ñ'), of('a'), of('')]).toEqual(['a', 'a:b', 'ñ', null, null])
  expect([basicPassword(null), basicPassword('Bearer abc'), basicPassword('Basic'), basicPassword('basic OmE=')]).toEqual([
    null,
    null,
    null,
    'a',
  ])
})

describe('the list of living links', () => {
  test('shows administrators all of them, others their own, with their use and note, and what ended is not there', async () => {
    await using drop = await openDrop()
    const file = await drop.put('informe.pdf', 'x')
    const make = async (as: 'ana' | 'beto' | 'diego', nota: string) => {
      const body = new URLSearchParams({ vence: '1d', max: '3', nota })
      return (await (await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as, body })).json()) as { id: string; url: string }
    }
    const hers = await make('ana', 'para el notario')
    await make('beto', '<b>obra</b>')
    await make('diego', 'de Diego')
    await (await drop.ask('GET', new URL(hers.url).pathname)).text()
    const list = async (as: 'ana' | 'beto' | 'carla') => drop.ask('GET', '/archivos/enlaces', { as, headers: browser })
    const [all, own] = [await (await list('ana')).text(), await (await list('beto')).text()]
    for (const words of ['para el notario', '&lt;b&gt;obra&lt;/b&gt;', 'de Diego', '1 de 3 descargas', 'informe.pdf'])
      expect(all).toContain(words)
    expect([own.includes('obra'), own.includes('notario'), own.includes('Diego'), (await list('carla')).status]).toEqual([
      true,
      false,
      false,
      403,
    ])
    const revoke = await drop.ask('POST', `/archivos/${file.id}/enlaces/${hers.id}/revocar`, {
      as: 'ana',
      headers: { ...browser, referer: `${drop.origin}/archivos/enlaces` },
    })
    expect([revoke.status, revoke.headers.get('location')]).toEqual([303, '/archivos/enlaces'])
    const told = (await (await drop.ask('GET', '/archivos/enlaces', { as: 'ana' })).json()) as { id: string }[]
    expect([told.length, told.some(({ id }) => id === hers.id)]).toEqual([2, false])
  })
})
