// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { translator } from '../../src/i18n'
import type { Said } from '../../src/rooms'
import { plain } from '../../src/rooms/model'
import { logItem } from '../../src/rooms/views/message'
import { messageText } from '../../src/rooms/views/text'
import { badLinks, scripts } from '../support/payloads'
import { openRooms, roomOf, sitDown } from './house'

const drawn = (text: string) => messageText(text).toString()

describe('a text', () => {
  test.each([
    ['hola', '<p>hola</p>'],
    ['uno\ndos', '<p>uno<br>dos</p>'],
    ['uno\n\n\ndos', '<p>uno</p><p>dos</p>'],
    ['usa `rm -rf` no', '<p>usa <code>rm -rf</code> no</p>'],
    ['una ` sola', '<p>una ` sola</p>'],
    ['```\na < b\n```', '<pre><code>a &lt; b</code></pre>'],
    ['mira\n```ts\nlet a\n  = 1\n```\nya', '<p>mira</p><pre><code>let a\n  = 1</code></pre><p>ya</p>'],
    ['sin cerrar ``` nada', '<p>sin cerrar ``` nada</p>'],
    ['a & b <i>', '<p>a &amp; b &lt;i&gt;</p>'],
    ['`https://a.es`', '<p><code>https://a.es</code></p>'],
  ])('%j is drawn', (text, html) => {
    expect(drawn(text)).toBe(html)
  })
})

describe('a link', () => {
  const link = (href: string) => `<a href="${href}" rel="noopener noreferrer nofollow" target="_blank">${href}</a>`

  test.each([
    ['ve a https://pichat.example/a?b=1&c=2#d.', `<p>ve a ${link('https://pichat.example/a?b=1&amp;c=2#d')}.</p>`],
    ['(http://192.168.1.20:8000)', `<p>(${link('http://192.168.1.20:8000')})</p>`],
    ['https://es.wikipedia.org/wiki/Hoja_(botánica)', `<p>${link('https://es.wikipedia.org/wiki/Hoja_(botánica)')}</p>`],
    ['mailto:ana@ejemplo.org', `<p>${link('mailto:ana@ejemplo.org')}</p>`],
    ['HTTPS://A.ES', `<p>${link('HTTPS://A.ES')}</p>`],
  ])('in %j leads where it says', (text, html) => {
    expect(drawn(text)).toBe(html)
  })

  test.each([...badLinks, 'www.ejemplo.org', '//evil.example', 'http://', 'https:// a', 'mailto:nadie', 'http://[::', 'xhttps://a.es'])(
    '%j is none, or leads to http, https or mail alone',
    (text) => {
      for (const [, href] of drawn(text).matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^(https?:\/\/|mailto:)/i)
      expect(drawn(text)).not.toMatch(/href="(?!https?:\/\/|mailto:)/i)
    },
  )
})

const author = (name: string) => ({ id: 'a', name })
const said = (text: string, name = 'Ana'): Said => ({
  id: '1',
  roomId: 'r',
  n: 1,
  changed: 1,
  at: 0,
  kind: 'said',
  author: author(name),
  cid: 'c',
  text,
  editedAt: null,
  removedBy: null,
  ...plain,
})

/** What a browser makes of it. */
async function parsed(html: string): Promise<{ tags: string[]; attributes: string[] }> {
  const tags: string[] = []
  const attributes: string[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      tags.push(element.tagName)
      for (const [name] of element.attributes) attributes.push(name)
    },
  })
  await rewriter.transform(new Response(html)).text()
  return { tags, attributes }
}

const ownTags = ['a', 'article', 'b', 'br', 'code', 'div', 'p', 'pre', 'span', 'svg', 'time', 'use']

describe('payloads', () => {
  test('there are enough of them', () => expect(scripts.length).toBeGreaterThanOrEqual(500))

  test('as text and as name stay text: no element, no attribute, no address of theirs', async () => {
    const own = await parsed(logItem(translator('es'), said('x https://a.es `c` ```d```')).toString())
    const gone = await parsed(logItem(translator('es'), { ...said(''), removedBy: 'author' }).toString())
    const allowed = new Set([...own.attributes, ...gone.attributes])
    for (const payload of scripts) {
      for (const item of [said(payload), said('x', payload), { ...said('', payload), removedBy: 'author' as const }]) {
        const { tags, attributes } = await parsed(logItem(translator('es'), item).toString())
        expect(tags.filter((tag) => !ownTags.includes(tag))).toEqual([])
        expect(attributes.filter((name) => !allowed.has(name))).toEqual([])
      }
      const notice = { ...said('', payload), kind: 'joined' as const, others: 0 }
      const { tags } = await parsed(logItem(translator('es'), notice).toString())
      expect(tags.filter((tag) => !ownTags.includes(tag))).toEqual([])
    }
  })

  test('in names of rooms, in messages and in what was typed wrong stay text on every page', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const plain = await (await house.ana.get('/salas')).text()
    const known = new Set((await parsed(plain)).attributes)
    for (const extra of ['data-say-me', 'checked']) known.add(extra)
    const code = await roomOf(house, [], { nombre: '"><img src=x onerror=alert(1)>' })
    const line = await sitDown(house.ana, code)
    for (const [i, payload] of scripts.slice(0, 60).entries()) line.send({ t: 'decir', cid: `c${i}`, texto: payload })
    await line.next((frame) => frame.t === 'ok' && frame.cid === 'c59')
    const pages = [
      await house.ana.get('/salas'),
      await house.ana.get(`/salas/${code}`),
      await house.ana.post(`/salas/${code}/mensajes`, { texto: `</textarea><script>${'x'.repeat(5_000)}` }),
      await house.ana.post('/salas', { nombre: `"><script>alert(1)</script>${'\u202e'}`, clave: 'x' }),
      await house.ana.get(`/salas/unirse?codigo=${encodeURIComponent('"><script>alert(1)</script>')}`),
    ]
    for (const page of pages) {
      const text = await page.text()
      const { tags, attributes } = await parsed(text)
      const ours = text.match(/<script src="\/activos\/[\w.-]+" type="module"><\/script>/g) ?? []
      expect([1, 2]).toContain(ours.length)
      expect(tags.filter((tag) => tag === 'script')).toHaveLength(ours.length)
      expect(tags.filter((tag) => ['img', 'iframe', 'object', 'embed', 'base', 'style', 'math', 'link2'].includes(tag))).toEqual([])
      expect(attributes.filter((name) => /^on|^srcdoc$|^formaction$|^style$|^hx-on|^data-hx/.test(name))).toEqual([])
    }
  })

  test('every container of what people wrote is closed to htmx', async () => {
    const html = logItem(translator('es'), said('<b hx-get="/x" hx-trigger="load">')).toString()
    expect(html).toStartWith('<article')
    expect(html.slice(0, html.indexOf('>'))).toContain(' hx-ignore')
  })
})

describe('no text takes long', () => {
  const repeated = [
    'a',
    ' ',
    '\n',
    '`',
    '```',
    '(',
    ')',
    '.',
    'http://',
    'https://a.',
    'mailto:a@',
    'https://a)(',
    '&',
    'ñ',
    '🌱',
    ':',
    '<',
    '"',
    '.,;:!?)',
    '`a',
    '\n`',
    ' http://a.b/(',
  ]
  test.each(repeated)('%j, ten thousand signs of it', (piece) => {
    const text = piece.repeat(Math.ceil(10_000 / piece.length))
    // The quickest of several: what the machine does besides only ever adds.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      drawn(text)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(20)
  })
})
