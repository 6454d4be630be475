// SPDX-License-Identifier: GPL-3.0-or-later
//
// One file that is two: whatever else it may be taken for, the answer names a type without script or none, and lets nothing of it run.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { detectType, isInline } from '../../src/files/kinds'
import { zip } from './archives'
import { type Drop, openDrop } from './drop'
import { gif, png } from './pictures'

const script = '<script>window.__pwned=1</script>'
const page = `<!doctype html><html><body onload="alert(1)">${script}</body></html>`
const vector = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`
const classFile = Buffer.concat([Buffer.from('cafebabe00000034', 'hex'), Buffer.alloc(64)])
const jar = zip([
  { name: 'META-INF/MANIFEST.MF', content: Buffer.from('Main-Class: Evil\r\n') },
  { name: 'Evil.class', content: classFile },
])

const bytes = (...parts: readonly (string | Uint8Array)[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))))

/** A chunk of text within a whole picture, before its end: what some readers look through for markup. */
function pngWith(text: string): Uint8Array<ArrayBuffer> {
  const picture = Buffer.from(png({ width: 2, height: 2 }))
  const body = Buffer.from(`tEXtComment\0${text}`, 'latin1')
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length - 4)
  sum.writeUInt32BE(Bun.hash.crc32(body))
  return bytes(picture.subarray(0, -12), length, body, sum, picture.subarray(-12))
}

interface Polyglot {
  /** As its author names it, so that something else is made of it. */
  name: string
  content: Uint8Array<ArrayBuffer>
  type: string
}

const polyglots: Record<string, Polyglot> = {
  'a GIF that is a JAR': { name: 'foto.jar', content: bytes(gif(), jar), type: 'image/gif' },
  'a GIF that is a script': { name: 'foto.js', content: bytes('GIF89a=1;window.__pwned=1;//', gif()), type: 'image/gif' },
  'a GIF with a page behind it': { name: 'foto.html', content: bytes(gif(), page), type: 'image/gif' },
  'a PNG with an SVG in its text': { name: 'foto.svg', content: pngWith(vector), type: 'image/png' },
  'a PNG with a page in its text': { name: 'foto.html', content: pngWith(page), type: 'image/png' },
  'a PNG with a page behind it': { name: 'foto.xhtml', content: bytes(png({ width: 2, height: 2 }), page), type: 'image/png' },
  'a PNG that is a JAR': { name: 'foto.jar', content: bytes(png({ width: 2, height: 2 }), jar), type: 'image/png' },
  'a JPEG with a page in its comment': {
    name: 'foto.htm',
    content: bytes('\xff\xd8\xff\xfe\x00\x80', page, '\xff\xd9'),
    type: 'image/jpeg',
  },
  'a WebP that is a script': { name: 'foto.mjs', content: bytes('RIFF=1/*WEBPVP8 */;window.__pwned=1'), type: 'image/webp' },
  'an MP3 with a page in its tag': { name: 'canto.html', content: bytes('ID3\x04\0\0\0\0\0\x7f', page), type: 'audio/mpeg' },
  'an MP4 with a page in its first box': { name: 'corto.html', content: bytes('\0\0\0\x20ftypisom', page), type: 'video/mp4' },
  'a WebM with a page behind its head': { name: 'corto.svg', content: bytes('\x1aE\xdf\xa3\x01\0B\x82\x84webm', page), type: 'video/webm' },
  'a PDF that is a page': { name: 'acta.html', content: bytes('%PDF-1.7\n', page, '\n%%EOF'), type: 'application/pdf' },
  'a PDF that is a JAR': { name: 'acta.pdf', content: bytes('%PDF-1.7\n', jar), type: 'application/pdf' },
  'a JAR': { name: 'foto.gif', content: bytes(jar), type: 'application/zip' },
  'a page with a JAR behind it': { name: 'acta.zip', content: bytes(page, jar), type: 'application/octet-stream' },
  'a page that begins like no picture quite': { name: 'foto.gif', content: bytes('GIF88a', page), type: 'text/html' },
  'a page behind a picture of a bitmap': { name: 'foto.bmp', content: bytes('BM\0\0\0\0', page), type: 'application/octet-stream' },
  'an SVG that calls itself a PNG': { name: 'foto.png', content: bytes(vector), type: 'image/svg+xml' },
  'an SVG in a comment of a page': { name: 'foto.jpg', content: bytes(`<!--${vector}-->${page}`), type: 'image/svg+xml' },
  'a page of UTF-16': { name: 'foto.gif', content: bytes('\xff\xfe', Buffer.from(page, 'utf16le')), type: 'text/html' },
  'a page behind a mark of UTF-8': { name: 'foto.png', content: bytes('\xef\xbb\xbf', page), type: 'text/html' },
  'XML with a style sheet that runs': {
    name: 'acta.xml',
    content: bytes('<?xml version="1.0"?><?xml-stylesheet href="javascript:alert(1)"?><a/>'),
    type: 'application/xml',
  },
  'a Flash film': { name: 'corto.swf', content: bytes('CWS\x0a\0\0\0\0', page), type: 'application/octet-stream' },
}

let drop: Drop
beforeAll(async () => {
  drop = await openDrop()
})
afterAll(() => drop[Symbol.asyncDispose]())

/** Nothing here can be taken for anything that runs, whatever a browser thinks of the bytes. */
function expectHarmless(answer: Response, type: string, way: string): void {
  const { headers } = answer
  expect([way, answer.status]).toEqual([way, 200])
  expect(headers.get('content-type'), way).toBe(type)
  expect(headers.get('x-content-type-options'), way).toBe('nosniff')
  expect(headers.get('content-security-policy'), way).toBe("default-src 'none'; sandbox; frame-ancestors 'none'")
  expect(headers.get('x-frame-options'), way).toBe('DENY')
  expect(headers.get('cross-origin-resource-policy'), way).toBe('same-origin')
}

describe.each(Object.entries(polyglots))('%s', (_, { name, content, type }) => {
  test(`shows itself as ${type}`, () => expect(detectType(content)).toBe(type))

  test('is saved and not opened, whole, under its own name', async () => {
    const { url, type: told } = await drop.put(name, content)
    expect(told).toBe(type)
    const answer = await drop.ask('GET', url, { as: 'carla' })
    expectHarmless(answer, isInline(type) ? type : 'application/octet-stream', 'saved')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${name}"; filename*=UTF-8''${name}`)
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
  })

  test('is shown, when it is asked to be, as a picture, a sound or a film, or not at all', async () => {
    const { url } = await drop.put(name, content)
    const harmless = /^(image\/(png|jpeg|gif|webp)|audio\/mpeg|video\/(mp4|webm))$/.test(type)
    const answer = await drop.ask('GET', `${url}?ver`, { as: 'carla' })
    expectHarmless(answer, harmless ? type : 'application/octet-stream', 'shown')
    expect(answer.headers.get('content-disposition')).toStartWith(harmless ? 'inline;' : 'attachment;')
  })

  test('is as harmless in parts, and through a link that anybody has', async () => {
    const { id, url } = await drop.put(name, content)
    const sent = isInline(type) ? type : 'application/octet-stream'
    const part = await drop.ask('GET', `${url}?ver`, { as: 'carla', headers: { range: 'bytes=0-9' } })
    expect([part.status, part.headers.get('content-type'), part.headers.get('x-content-type-options')]).toEqual([206, sent, 'nosniff'])
    const body = new URLSearchParams({ vence: '1d' })
    const made = (await (await drop.ask('POST', `/archivos/${id}/enlaces`, { as: 'beto', body })).json()) as { url: string }
    expectHarmless(await drop.ask('GET', new URL(made.url).pathname), sent, 'linked')
  })
})
