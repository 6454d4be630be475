// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detectType, kindOf, promisedKind } from '../../src/files/kinds'
import { disposition, folded, safeName } from '../../src/files/names'
import { fileNames, seededRandom } from '../support/payloads'
import { openDrop } from './drop'
import { named, tus } from './tus'

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0))

describe('a name', () => {
  test.each([
    ['informe.pdf', 'informe.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\fakepath\\foto.jpg', 'foto.jpg'],
    ['..', 'archivo'],
    ['', 'archivo'],
    [' \u200b ', 'archivo'],
    ['a\r\nSet-Cookie: x', 'a__Set-Cookie: x'],
    ['\u202Egpj.exe', '_gpj.exe'],
    ['e\u0301tude', 'étude'],
    ['\ud800.txt', '\ufffd.txt'],
    ['👩‍👩‍👧.jpg', '👩‍👩‍👧.jpg'],
  ])('%j is kept as %j', (raw, kept) => {
    expect(safeName(raw)).toBe(kept)
  })

  test('that is too long keeps its extension and whole characters', () => {
    const name = safeName(`${'ñ'.repeat(200)}.txt`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
    expect(name).toMatch(/^ñ+\.txt$/)
  })

  test('is found without accents', () => expect(folded('ÁRBOL Ñandú')).toBe('arbol nandu'))

  test('1,000 generated ones are taken, listed and sent back whole', async () => {
    await using drop = await openDrop()
    const random = seededRandom('file names')
    const signs = 'abcñé🎉"\';,=<>&%#?*+()[]{}|^~`$!\\/:. -_\r\n\t\u0000\u202e\u200b\u0301中文ا'
    const names = [...fileNames, ...Array.from({ length: 1000 - fileNames.length }, () => random.text(1 + random.integer(300), signs))]
    for (const name of names) {
      // What no address can carry reaches the service by a form; there too it must not fail.
      const kept = safeName(name)
      const file = await drop.files.receive(
        { id: 'b', name: 'Beto', role: 'cliente' },
        { name, declared: null, body: (async function* () {})() },
        null,
      )
      const address = `/archivos/${file.id}/${encodeURIComponent(file.name)}`
      const answer = await drop.ask('GET', address, { as: 'carla' })
      expect([name, file.name, answer.status]).toEqual([name, kept, 200])
      const header = answer.headers.get('content-disposition') ?? ''
      expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x7e]*"; filename\*=UTF-8''[\w.~%$&+-]*$/)
      expect(decodeURIComponent(header.split("UTF-8''").at(-1) ?? '')).toBe(kept)
    }
    const page = await drop.ask('GET', '/archivos?pagina=40', { as: 'ana', headers: { accept: 'text/html' } })
    expect(page.status).toBe(200)
    expect((await drop.lying()).every((name) => /^[0-9a-v]{16}$/.test(name))).toBe(true)
  }, 60_000)

  test('10,000 generated ones, announced as programs announce them: one line, no folder, no more than 255 bytes, the same again', async () => {
    // In memory where that is possible: the names are what counts here, not the disk.
    const data = existsSync('/dev/shm') ? await mkdtemp('/dev/shm/pichat-names-') : await mkdtemp(join(tmpdir(), 'pichat-names-'))
    try {
      await using drop = await openDrop({ data })
      const random = seededRandom('10,000 names')
      const plain = [...'abcñé🎉"\';,=<>&%#?*+()[]{}|^~`$!\\/:. -_\r\n\t\u0000\u202e\u200b\u0301\u2028中文ا\ud800']
      const anySign = () => (random.integer(4) ? random.pick(plain) : String.fromCodePoint(random.integer(0x30000)))
      const names = Array.from({ length: 10_000 }, () =>
        Array.from({ length: random.integer(random.integer(8) ? 40 : 400) }, anySign).join(''),
      )
      let turn = 0
      const refused: string[] = []
      async function announceAll(): Promise<void> {
        for (let own = turn++; own < names.length; own = turn++) {
          const name = names[own] ?? ''
          const headers = { 'upload-length': '0', 'upload-metadata': named(name) }
          const { status } = await tus(drop, 'POST', '/subidas', { headers })
          // What no header can carry: the protocol has no other way for a name.
          if (status === 400 && named(name).length > 4096) continue
          if (status !== 201) refused.push(`${status} ${JSON.stringify(name)}`)
        }
      }
      await Promise.all(Array.from({ length: 16 }, announceAll))
      expect(refused).toEqual([])
      const rows = await drop.rows()
      expect(rows.length).toBeGreaterThan(9_900)
      for (const { name } of rows) {
        expect(name).toBe(safeName(name))
        expect(name).toBe(name.normalize('NFC'))
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]|^\.*$|^\s|\s$/u)
      }
      expect((await drop.lying()).every((name) => /^[0-9a-v]{16}$/.test(name))).toBe(true)
      for (const { id, name } of rows.filter((_row, i) => i % 100 === 0)) {
        const answer = await drop.ask('GET', `/archivos/${id}/${encodeURIComponent(name)}`, { as: 'carla' })
        const header = answer.headers.get('content-disposition') ?? ''
        expect([answer.status, decodeURIComponent(header.split("UTF-8''").at(-1) ?? '')]).toEqual([200, name])
      }
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  }, 60_000)

  test('travels by PUT however it is written', async () => {
    await using drop = await openDrop()
    for (const name of fileNames.filter((one) => one.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(one) && one !== '')) {
      const answer = await drop.ask('PUT', `/archivos/${encodeURIComponent(name).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length))}`, {
        as: 'beto',
        body: 'x',
      })
      expect([name, answer.status < 500]).toEqual([name, true])
    }
  })

  test('is the same by PUT as by tus, whatever control characters are in it; at no other door is one let in', async () => {
    await using drop = await openDrop()
    for (const raw of ['a\tb.txt', 'a\r\nb.txt', 'a\0b.txt', '\u001b[2Jb.txt', '\u007f.txt', '\t', '\ufeffa.txt']) {
      const put = await drop.ask('PUT', `/archivos/${encodeURIComponent(raw)}`, { as: 'beto', body: 'x' })
      const { name } = (await put.json()) as { name: string }
      await tus(drop, 'POST', '/subidas', { headers: { 'upload-length': '0', 'upload-metadata': named(raw) } })
      expect([raw, put.status, name, (await drop.rows()).at(-1)?.name]).toEqual([raw, 201, safeName(raw), safeName(raw)])
    }
    for (const [method, path] of [
      ['PUT', '/archivos/%ff'],
      ['GET', '/archivos/a%09b'],
      ['DELETE', '/archivos/a/b%00'],
      ['PATCH', '/subidas/%0d%0a'],
      ['POST', '/archivos/%00/enlaces'],
    ] as const) {
      expect([path, (await drop.ask(method, path, { as: 'ana' })).status]).toEqual([path, 400])
    }
  })

  test('in a header is ASCII in front and exact behind', () => {
    expect(disposition('attachment', 'Año "1";.pdf')).toBe(
      `attachment; filename="Ano _1__.pdf"; filename*=UTF-8''A%C3%B1o%20%221%22%3B.pdf`,
    )
  })
})

describe('the type that the bytes show', () => {
  test.each([
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a;PK\x03\x04', 'image/gif'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\0\0\0\0WAVEfmt ', 'audio/wav'],
    ['\0\0\0\x20ftypisom', 'video/mp4'],
    ['\0\0\0\x20ftypheic', 'image/heif'],
    ['\x1aE\xdf\xa3\x01\0B\x82\x84webm', 'video/webm'],
    ['\x1aE\xdf\xa3\x01\0B\x82\x88matroska', 'video/x-matroska'],
    ['ID3\x04', 'audio/mpeg'],
    ['\xff\xfb\x90\x64', 'audio/mpeg'],
    ['a\xf1o ni\xf1o', 'text/plain'],
    ['Precio: 30 \x80 \x96 \x93gratis\x94', 'text/plain'],
    ['\xff\xfe\x41\x00', 'text/plain'],
    ['\xfe\xff\x00\x41', 'text/plain'],
    ['\xff\xfe<\0s\0v\0g\0', 'image/svg+xml'],
    ['\xff\xfe\x00\x00\x41\x00', 'application/octet-stream'],
    ['\xff\xfe\x00\xd8\x41\x00', 'application/octet-stream'],
    ['a\xf1o\x1b[0m ni\xf1o', 'application/octet-stream'],
    ['a\xf1o y \x81', 'application/octet-stream'],
    ['\xcf\xf0\xe8\xe2\xe5\xf2', 'application/octet-stream'],
    ['a\xf1o\0', 'application/octet-stream'],
    ['%PDF-1.7', 'application/pdf'],
    ['PK\x03\x04....[Content_Types].xml', 'application/x-office'],
    ['PK\x03\x04....foto.jpg', 'application/zip'],
    ['MZ\x90\0', 'application/x-program'],
    ['#!/bin/sh\nrm -rf', 'application/x-program'],
    ['hola', 'text/plain'],
    ['<!DOCTYPE html><p>', 'text/html'],
    ['<?xml version="1.0"?><svg onload=1>', 'image/svg+xml'],
    ['<!-- --><svg/>', 'image/svg+xml'],
    ['\0\x01\x02', 'application/octet-stream'],
  ])('%j is %s', (start, type) => {
    expect(detectType(bytes(start))).toBe(type)
  })

  test.each([
    ['foto.PNG', 'image'],
    ['instalador.exe', 'program'],
    // Of a router, a game, a disk: whatever a machine wrote down.
    ['copia.bin', null],
    ['sin extensión', null],
  ])('%j promises %j', (name, kind) => expect<string | null>(promisedKind(name)).toBe(kind))

  test('has words for each', () => expect(kindOf('font/woff2')).toBe('other'))
})
