// SPDX-License-Identifier: GPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dateOf } from '../../src/files/downloads/http-date'
import { scripts, seededRandom, traversals } from '../support/payloads'
import { type Described, type Drop, openDrop } from './drop'

const text = 'abcdefghijklmnopqrstuvwxyz'
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])

let drop: Drop
let file: Described
let etag: string
let modified: string

beforeAll(async () => {
  drop = await openDrop()
  file = await drop.put('letras.txt', text)
  const answer = await drop.ask('HEAD', file.url, { as: 'carla' })
  etag = answer.headers.get('etag') ?? ''
  modified = answer.headers.get('last-modified') ?? ''
})
afterAll(() => drop[Symbol.asyncDispose]())

const get = (headers: Record<string, string>, method = 'GET') => drop.ask(method, file.url, { as: 'carla', headers })
const secondsFrom = (date: string, seconds: number) => new Date(Date.parse(date) + seconds * 1000).toUTCString()

describe('validators and preconditions (RFC 9110 §13)', () => {
  test('the entity tag is strong and is the hash', () => {
    expect(etag).toBe(`"${file.sha256}"`)
    expect(modified).toMatch(/ GMT$/)
  })

  const table: [what: string, headers: () => Record<string, string>, status: number][] = [
    ['If-None-Match that matches', () => ({ 'if-none-match': etag }), 304],
    ['a weak one', () => ({ 'if-none-match': `W/${etag}` }), 304],
    ['one of a list', () => ({ 'if-none-match': `"x", ${etag}` }), 304],
    ['any', () => ({ 'if-none-match': '*' }), 304],
    ['If-None-Match that does not', () => ({ 'if-none-match': '"x"' }), 200],
    ['If-Modified-Since then', () => ({ 'if-modified-since': modified }), 304],
    ['If-Modified-Since later', () => ({ 'if-modified-since': secondsFrom(modified, 60) }), 304],
    ['If-Modified-Since before', () => ({ 'if-modified-since': secondsFrom(modified, -60) }), 200],
    ['If-Modified-Since that is no date', () => ({ 'if-modified-since': 'yesterday' }), 200],
    ['If-None-Match wins over If-Modified-Since', () => ({ 'if-none-match': '"x"', 'if-modified-since': modified }), 200],
    ['If-Match that matches', () => ({ 'if-match': etag }), 200],
    ['If-Match that does not', () => ({ 'if-match': '"x"' }), 412],
    ['If-Match with a weak tag', () => ({ 'if-match': `W/${etag}` }), 412],
    ['If-Unmodified-Since before', () => ({ 'if-unmodified-since': secondsFrom(modified, -60) }), 412],
    ['If-Unmodified-Since then', () => ({ 'if-unmodified-since': modified }), 200],
    ['If-Match wins over If-Unmodified-Since', () => ({ 'if-match': etag, 'if-unmodified-since': secondsFrom(modified, -60) }), 200],
    ['a failed If-Match wins over If-None-Match', () => ({ 'if-match': '"x"', 'if-none-match': etag }), 412],
    ['304 wins over a range', () => ({ 'if-none-match': etag, range: 'bytes=0-3' }), 304],
    ['If-Range that matches', () => ({ range: 'bytes=0-3', 'if-range': etag }), 206],
    ['If-Range with another tag', () => ({ range: 'bytes=0-3', 'if-range': '"x"' }), 200],
    ['If-Range with a weak tag', () => ({ range: 'bytes=0-3', 'if-range': `W/${etag}` }), 200],
    ['If-Range with the date', () => ({ range: 'bytes=0-3', 'if-range': modified }), 206],
    ['If-Range with another date', () => ({ range: 'bytes=0-3', 'if-range': secondsFrom(modified, 60) }), 200],
  ]
  // §5.6.7: two older ways to write a date, which are read and never sent.
  const rfc850 = (date: string) => {
    const [, day, month, year, time] = /(\d\d) (\w{3}) \d\d(\d\d) ([\d:]{8})/.exec(date) ?? []
    return `${new Date(date).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })}, ${day}-${month}-${year} ${time} GMT`
  }
  const asctime = (date: string) => {
    const [, weekday, day, month, year, time] = /(\w{3}), (\d\d) (\w{3}) (\d{4}) ([\d:]{8})/.exec(date) ?? []
    return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
  }
  for (const write of [rfc850, asctime]) {
    const { name } = write
    table.push(
      [`If-Modified-Since then, as ${name}`, () => ({ 'if-modified-since': write(modified) }), 304],
      [`If-Modified-Since before, as ${name}`, () => ({ 'if-modified-since': write(secondsFrom(modified, -1)) }), 200],
      [`If-Unmodified-Since then, as ${name}`, () => ({ 'if-unmodified-since': write(modified) }), 200],
      [`If-Unmodified-Since before, as ${name}`, () => ({ 'if-unmodified-since': write(secondsFrom(modified, -1)) }), 412],
      [`If-Range with the date, as ${name}`, () => ({ range: 'bytes=0-3', 'if-range': write(modified) }), 206],
      [`If-Range with another date, as ${name}`, () => ({ range: 'bytes=0-3', 'if-range': write(secondsFrom(modified, 1)) }), 200],
    )
  }

  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37Z'],
    ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37Z'],
    ['Wednesday, 06-Nov-30 08:49:37 GMT', '2030-11-06T08:49:37Z'],
    ['Friday, 06-Nov-76 08:49:37 GMT', '2076-11-06T08:49:37Z'],
    ['Saturday, 06-Nov-77 08:49:37 GMT', '1977-11-06T08:49:37Z'],
    ['Thu, 29 Feb 2024 23:59:59 GMT', '2024-02-29T23:59:59Z'],
    ['Sun, 06 Nov 1994 08:49:37 CET', null],
    ['Sun, 6 Nov 1994 08:49:37 GMT', null],
    ['Wed, 29 Feb 2023 00:00:00 GMT', null],
    ['Sun, 06 Nov 1994 24:00:00 GMT', null],
    ['Sun, 06 Nov 1994 08:61:00 GMT', null],
    ['Sun, 06 Nov 1994 08:49:99 GMT', null],
    ['Sun, 06 Foo 1994 08:49:37 GMT', null],
    ['Sun Nov 06 08:49:37 1994 GMT', null],
    ['sun, 06 nov 1994 08:49:37 gmt', null],
    ['784111777', null],
    ['', null],
  ])('the date %j is %j', (text, iso) => {
    expect(dateOf(text, Date.UTC(2026, 10, 28))).toBe(iso === null ? null : Date.parse(iso))
  })

  test.each(table)('%s', async (_what, headers, status) => {
    const answer = await get(headers())
    expect(answer.status).toBe(status)
    expect(answer.headers.get('etag')).toBe(etag)
    expect(answer.headers.get('content-disposition')).toContain('letras.txt')
    expect(answer.headers.get('content-range')).toBe(status === 206 ? `bytes 0-3/${text.length}` : null)
    expect(await answer.text()).toBe(status === 200 ? text : status === 206 ? 'abcd' : '')
  })

  test.each(table.filter(([, , status]) => status !== 206))('HEAD equals GET: %s', async (_what, headers) => {
    const [one, other] = [await get(headers()), await get(headers(), 'HEAD')]
    const comparable = ({ headers }: Response) =>
      Object.fromEntries([...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'))
    expect([other.status, comparable(other)]).toEqual([one.status, comparable(one)])
    expect(await other.text()).toBe('')
  })

  test('the digest is that of the whole file, in parts and for HEAD too, and not where there is none (RFC 9530)', async () => {
    const digest = `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`
    const answers = [await get({}), await get({ range: 'bytes=3-5' }), await get({}, 'HEAD')]
    expect(answers.map(({ status, headers }) => [status, headers.get('repr-digest')])).toEqual([
      [200, digest],
      [206, digest],
      [200, digest],
    ])
    const without = [await get({ range: 'bytes=99-' }), await get({ 'if-none-match': '*' }), await get({ 'if-match': '"x"' })]
    expect(without.map(({ status, headers }) => [status, headers.get('repr-digest')])).toEqual([
      [416, null],
      [304, null],
      [412, null],
    ])
  })

  test('HEAD does not know ranges (§14.2)', async () => {
    const answer = await get({ range: 'bytes=0-3' }, 'HEAD')
    expect(answer.status).toBe(200)
    expect([answer.headers.get('content-length'), answer.headers.get('accept-ranges')]).toEqual(['26', 'bytes'])
  })
})

describe('ranges (RFC 9110 §14)', () => {
  /** What one range means; null for those that may be ignored, which is what happens to them here. */
  function reference(range: string): { status: number; body: string; part?: string } {
    const whole = { status: 200, body: text }
    const none = { status: 416, body: '', part: `bytes */${text.length}` }
    const [unit, set = ''] = range.split('=')
    if (unit?.trim().toLowerCase() !== 'bytes' || set.includes(',')) return whole
    const found = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(set)
    if (!found || (found[1] === '' && found[2] === '')) return whole
    const [, first = '', last = ''] = found
    if (first === '') return last === '0' || Number(last) === 0 ? none : slice(Math.max(0, text.length - Number(last)), text.length - 1)
    // Bun looks at the end of the file first: `bytes=30-1` is 416 where it could be ignored.
    if (Number(first) >= text.length) return none
    if (last !== '' && Number(last) < Number(first)) return whole
    return slice(Number(first), last === '' ? text.length - 1 : Math.min(Number(last), text.length - 1))
  }
  const slice = (from: number, to: number) => ({
    status: 206,
    body: text.slice(from, to + 1),
    part: `bytes ${from}-${to}/${text.length}`,
  })

  test('1,000 of them answer as the reference does, and never with more than the file', async () => {
    const random = seededRandom('ranges')
    const number = () => random.pick(['', '0', '1', '5', '25', '26', '27', '99', '9007199254740991', String(random.integer(40))])
    const shapes = [
      () => `bytes=${number()}-${number()}`,
      () => `bytes=-${number()}`,
      () => `bytes=${number()}-`,
      () => `bytes=${number()}-${number()},${number()}-${number()}`,
      () => `bytes=${Array.from({ length: 50 }, () => '0-25').join(',')}`,
      () => `${random.pick(['Bytes', 'BYTES', 'items', 'byte', ''])}=${number()}-${number()}`,
      () => `bytes=${random.text(6, '0123456789-,ab ')}`,
      () => random.text(10, 'bytes=-0123456789'),
    ]
    for (let i = 0; i < 1000; i++) {
      const range = random.pick(shapes)()
      const wanted = reference(range)
      const answer = await get({ range })
      const seen = { range, status: answer.status, body: await answer.text(), part: answer.headers.get('content-range') ?? undefined }
      expect(seen).toEqual({ range, part: undefined, ...wanted })
      expect(answer.headers.get('accept-ranges')).toBe('bytes')
    }
  })

  test('a link with a maximum, which sends in its own way, answers the same ones', async () => {
    const body = new URLSearchParams({ vence: '1d', max: '1000' })
    const made = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body })
    const path = new URL(((await made.json()) as { url: string }).url).pathname
    const random = seededRandom('ranges of a link')
    const number = () => random.pick(['', '0', '1', '25', '26', '99', String(random.integer(30))])
    for (let i = 0; i < 300; i++) {
      const range = random.pick([
        `bytes=${number()}-${number()}`,
        `bytes=0-1,${number()}-`,
        `items=${number()}-`,
        random.text(8, 'bytes=-,01'),
      ])
      const answer = await drop.ask('GET', path, { headers: { range } })
      const seen = { range, status: answer.status, body: await answer.text(), part: answer.headers.get('content-range') ?? undefined }
      expect(seen).toEqual({ range, part: undefined, ...reference(range) })
      expect(answer.headers.get('accept-ranges')).toBe('bytes')
    }
  })

  test('a number beyond every file is refused or ignored, never served wrongly', async () => {
    for (const range of ['bytes=99999999999999999999-', 'bytes=0-99999999999999999999', 'bytes=-99999999999999999999']) {
      const answer = await get({ range })
      expect(answer.status === 416 || (await answer.text()) === text).toBe(true)
      expect(answer.headers.get('accept-ranges')).toBe('bytes')
    }
  })
})

describe('what a file can do in a browser', () => {
  const active = ['a.html', 'a.svg', 'a.xhtml', 'a.xml', 'a.js', 'a.mjs', 'a.pdf', 'a.swf', 'a.png', 'a.gif']
  const contents: [string, string | Uint8Array][] = [
    ['markup', '<html><script>alert(1)</script>'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['pdf', '%PDF-1.7\n'],
    ['flash', 'CWS\x0a'],
    ['xml', '<?xml version="1.0"?><a/>'],
  ]
  test.each(active.flatMap((name) => contents.map(([what, body]) => [name, what, body] as const)))(
    '%s holding %s is saved, not shown, also when asked for',
    async (name, _what, body) => {
      const { url } = await drop.put(name, body as BodyInit)
      for (const path of [url, `${url}?ver`]) {
        const { headers } = await drop.ask('GET', path, { as: 'carla' })
        expect(headers.get('content-type')).toBe('application/octet-stream')
        expect(headers.get('content-disposition')).toStartWith('attachment;')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('content-security-policy')).toStartWith("default-src 'none'; sandbox")
        expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
        expect(headers.get('cache-control')).toBe('private, no-cache')
      }
    },
  )

  test('a picture is shown when asked for, by what it is and not by its name', async () => {
    const { url } = await drop.put('picture.html', png)
    const saved = await drop.ask('GET', url, { as: 'carla' })
    expect(saved.headers.get('content-disposition')).toStartWith('attachment;')
    const { headers } = await drop.ask('GET', `${url}?ver`, { as: 'carla' })
    expect([headers.get('content-type'), headers.get('content-disposition')?.split(';')[0]]).toEqual(['image/png', 'inline'])
    expect(headers.get('content-security-policy')).toStartWith("default-src 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('who gets what', () => {
  test('a stranger gets nothing, and another name is another address', async () => {
    expect((await drop.ask('GET', file.url)).status).toBe(401)
    expect((await drop.ask('GET', `/archivos/${file.id}/otra.txt`, { as: 'carla' })).status).toBe(404)
  })

  test('Carla and Beto cannot delete; Ana can, once, and then nobody can read it', async () => {
    const one = await drop.put('borrar.txt', 'x')
    for (const as of ['carla', 'beto'] as const) {
      expect((await drop.ask('DELETE', one.url, { as })).status).toBe(403)
      expect((await drop.ask('POST', `/archivos/${one.id}/eliminar`, { as })).status).toBe(403)
    }
    expect((await drop.ask('DELETE', one.url, { as: 'ana' })).status).toBe(204)
    expect((await drop.ask('DELETE', one.url, { as: 'ana' })).status).toBe(404)
    for (const path of [one.url, `/archivos/${one.id}`]) expect((await drop.ask('GET', path, { as: 'ana' })).status).toBe(404)
    // Its bytes lie in the trash, where nobody reads them and from where an administrator can bring them back.
    const row = (await drop.rows()).find(({ id }) => id === one.id)
    expect(row?.state).toBe('deleted')
  })

  test('without script the form deletes, and goes back to the list with the name', async () => {
    const one = await drop.put('adiós.txt', 'x')
    const answer = await drop.ask('POST', `/archivos/${one.id}/eliminar`, { as: 'ana', headers: { accept: 'text/html' } })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/archivos'])
    expect(decodeURIComponent(answer.headers.get('set-cookie') ?? '')).toContain('«adiós.txt» se eliminó.')
  })

  test('no path leads out of the drop', async () => {
    const secret = join(drop.data, 'pichat.db')
    expect((await stat(secret)).size).toBeGreaterThan(0)
    const encoded = traversals.flatMap((way) => [way, encodeURIComponent(way)])
    for (const way of encoded) {
      const path = way.replace(/^\/+/, '')
      for (const address of [
        `/archivos/${path}`,
        `/archivos/${file.id}/${path}`,
        `/archivos/${path}/letras.txt`,
        `/d/${path}/letras.txt`,
      ]) {
        let answer: Response
        try {
          answer = await drop.ask(
            'GET',
            address.replace(/[\u0000-\u0020]/g, (sign) => encodeURIComponent(sign)),
            { as: 'ana' },
          )
        } catch {
          continue // the client itself could not make a request of it
        }
        const body = await answer.text()
        expect([address, answer.status < 500 && !body.startsWith('SQLite') && !/root:.*:0:0/.test(body)]).toEqual([address, true])
      }
    }
  })
})

describe('what is sent is what was hashed', () => {
  test('bytes exchanged on the disk are not given out, and the row says so', async () => {
    const one = await drop.put('contrato.txt', 'original')
    await writeFile(join(drop.folder, one.id), 'exchange')
    expect((await drop.ask('GET', one.url, { as: 'carla' })).status).toBe(404)
    expect(drop.journal()).toContain('files.changed-on-disk')
    expect((await drop.rows()).find(({ id }) => id === one.id)?.missing).toBe(1)
  })

  test('the same bytes under another date, as a backup brings them back, are', async () => {
    const one = await drop.put('copia.txt', 'original')
    await utimes(join(drop.folder, one.id), 1, 1)
    expect(await (await drop.ask('GET', one.url, { as: 'carla' })).text()).toBe('original')
  })

  test('what was just given out is looked up again as soon as anything was written', async () => {
    const one = await drop.put('ahora.txt', 'x')
    const status = async () => (await drop.ask('GET', one.url, { as: 'carla' })).status
    for (let turn = 0; turn < 20; turn++) {
      expect([await status(), await status()]).toEqual([200, 200])
      const set = (state: 'infected' | 'unscanned') =>
        drop.database.write(drop.database.read.updateTable('files').set({ state }).where('id', '=', one.id))
      await set('infected')
      expect([await status(), await status()]).toEqual([423, 423])
      await set('unscanned')
    }
  })

  test('an id that begins like another is another', async () => {
    expect((await drop.ask('GET', `/archivos/${file.id.slice(0, 8)}/letras.txt`, { as: 'carla' })).status).toBe(404)
  })
})

describe('pages', () => {
  const page = (path: string, as: 'ana' | 'beto' | 'carla') => drop.ask('GET', path, { as, headers: { accept: 'text/html' } })

  test('offer a usuario no upload, no link and no deletion', async () => {
    const [list, one] = [await (await page('/archivos', 'carla')).text(), await (await page(`/archivos/${file.id}`, 'carla')).text()]
    for (const words of ['Sube archivos', 'upload-queue', 'eliminar', 'enlaces'])
      expect([words, (list + one).includes(words)]).toEqual([words, false])
    expect(one).toContain('Descargar')
    const [hers, his] = [await (await page('/archivos', 'ana')).text(), await (await page('/archivos', 'beto')).text()]
    expect([hers.includes('/eliminar'), his.includes('/eliminar'), his.includes('upload-queue')]).toEqual([true, false, true])
  })

  test('show every hostile name as text', async () => {
    for (const name of scripts.slice(0, 60)) {
      const one = await drop.put(name, 'x')
      for (const path of [`/archivos?q=${encodeURIComponent(name.slice(0, 60))}`, `/archivos/${one.id}`]) {
        const answer = await page(path, 'ana')
        const body = await answer.text()
        expect(answer.status).toBe(200)
        expect(body).not.toMatch(/<(img|svg|script|iframe|body|math|video|details)[^>]*(onerror|onload|alert|ontoggle|javascript:)/i)
      }
    }
  })

  test('search without accents and capitals, sort, filter and take any number', async () => {
    await drop.put('Reunión ÁRBOL.txt', 'x', 'diego')
    const found = async (q: string) =>
      (await (await page(`/archivos?q=${encodeURIComponent(q)}`, 'carla')).text()).includes('Reunión ÁRBOL')
    expect([await found('arbol REUNION'), await found('diego arbol'), await found('arbolx'), await found('%'), await found('_')]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    for (const query of ['orden=nombre', 'orden=nada', 'estado=limpio', 'estado=zz', 'pagina=2', 'pagina=999', 'pagina=x']) {
      expect((await page(`/archivos?${query}`, 'carla')).status).toBe(200)
    }
    expect((await page('/archivos?otro=1', 'carla')).status).toBe(422)
  })

  test('a fragment is the list alone', async () => {
    const answer = await drop.ask('GET', '/archivos?q=letras', {
      as: 'carla',
      headers: { 'hx-request': 'true', 'hx-request-type': 'partial' },
    })
    expect(await answer.text()).toStartWith('<div id="files"')
  })
})
