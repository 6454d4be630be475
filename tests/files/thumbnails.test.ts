// SPDX-License-Identifier: GPL-3.0-or-later
//
// Thumbnails: only of what may be seen and was found harmless, decoded outside of this process, kept within bounds, gone with the file
// (THREATS 52, 55).
import { describe, expect, test } from 'bun:test'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Verdict } from '../../src/files'
import { until } from '../support/until'
import { type Described, type Drop, openDrop } from './drop'
import { alwaysClean, gif, picture, png } from './pictures'
import { ask, clean, stateIs } from './thumbnails'

const kept = (drop: Drop) => readdir(join(drop.folder, 'miniaturas')).catch(() => [])

describe('a thumbnail', () => {
  test.each([
    ['png', () => picture(1_200, 900)],
    ['jpeg', () => picture(1_200, 900, 'jpeg')],
    ['webp', () => picture(1_200, 900, 'webp')],
    ['gif', async () => gif()],
  ])('of a %s is a small picture that may do nothing', async (_, make) => {
    await using drop = await openDrop({ scanner: alwaysClean })
    const file = await clean(drop, 'foto', await make())
    const answer = await ask(drop, file)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; sandbox")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const { width, height, format } = await new Bun.Image(await answer.bytes()).metadata()
    expect(format).toBe('webp')
    expect(Math.max(width, height)).toBeLessThanOrEqual(640)
    const again = await ask(drop, file, { 'if-none-match': answer.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
    expect(await kept(drop)).toEqual([`${file.id}.webp`])
  })

  test('is made only of what was found clean or released, never of what waits or nobody has looked at', async () => {
    const verdict = Promise.withResolvers<Verdict>()
    await using drop = await openDrop({ scanner: { present: true, scan: () => verdict.promise } })
    const waiting = await drop.put('espera.png', await picture(80, 60))
    await stateIs(drop, waiting, 'scanning')
    expect((await ask(drop, waiting)).status).toBe(404)
    verdict.resolve({ state: 'infected', reason: 'Algo' })
    await stateIs(drop, waiting, 'infected')
    expect((await ask(drop, waiting)).status).toBe(404)
    expect(await kept(drop)).toEqual([])
    await using unscanned = await openDrop()
    const file = await unscanned.put('nadie-lo-miro.png', await picture(80, 60))
    expect((await ask(unscanned, file)).status).toBe(404)
    await unscanned.files.review.release({ id: 'ana', name: 'Ana', from: null }, file.id, 'la conozco')
    expect((await ask(unscanned, file)).status).toBe(200)
  })

  test('is made anew when somebody emptied the folder of a house that runs', async () => {
    await using drop = await openDrop({ scanner: alwaysClean })
    const file = await clean(drop, 'a.png', await picture(90, 60))
    expect((await ask(drop, file)).status).toBe(200)
    await rm(join(drop.folder, 'miniaturas'), { recursive: true })
    const again = await ask(drop, file)
    expect([again.status, (await again.bytes()).byteLength > 0]).toEqual([200, true])
    expect(await kept(drop)).toEqual([`${file.id}.webp`])
  })

  test('goes when the file goes, is rejected, or went while nobody was running', async () => {
    await using drop = await openDrop({ scanner: alwaysClean })
    const by = { id: 'ana', name: 'Ana', from: null }
    const [gone, rejected] = [await clean(drop, 'a.png', await picture(90, 60)), await clean(drop, 'b.png', await picture(60, 90))]
    for (const file of [gone, rejected]) expect((await ask(drop, file)).status).toBe(200)
    expect((await kept(drop)).length).toBe(2)
    await drop.files.review.remove(by, gone.id)
    await drop.files.review.reject(by, rejected.id, 'no es nuestro')
    await until('both to go', async () => (await kept(drop)).length === 0)
    for (const file of [gone, rejected]) expect((await ask(drop, file)).status).toBe(404)
    await Bun.write(join(drop.folder, 'miniaturas', 'nadie00000000000.webp'), 'x')
    await drop.files.stop()
    await using _again = await openDrop({ scanner: alwaysClean, data: drop.data })
    expect(await kept(drop)).toEqual([])
  })

  test('does not push the others out of their bound: the longest unseen goes, and is made again', async () => {
    await using drop = await openDrop({ scanner: alwaysClean, limits: { thumbnailCache: 120 } })
    const files: Described[] = []
    for (const name of ['1.png', '2.png', '3.png']) files.push(await clean(drop, name, await picture(40 + files.length, 30)))
    for (const file of files) expect((await ask(drop, file)).status).toBe(200)
    const [first] = files
    expect(await kept(drop)).not.toContain(`${first?.id}.webp`)
    expect((await kept(drop)).length).toBeLessThan(3)
    if (first) expect((await ask(drop, first)).status).toBe(200)
  })

  test('of what is no picture, is broken, or is too heavy is not there, and takes nobody along', async () => {
    await using drop = await openDrop({ scanner: alwaysClean, limits: { thumbnailSource: 4096 } })
    const bodies: [string, BodyInit][] = [
      ['texto.png', 'no soy una imagen'],
      ['rota.png', png({ width: 200, height: 200, rows: 3 })],
      ['a-medias.png', png({ width: 200, height: 200 }).slice(0, 60)],
      ['dibujo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
      ['pesada.png', new Uint8Array([...png({ width: 4, height: 4 }), ...new Uint8Array(5_000)])],
    ]
    for (const [name, body] of bodies) expect((await ask(drop, await clean(drop, name, body))).status, name).toBe(404)
    expect((await ask(drop, await clean(drop, 'bien.png', await picture(50, 50)))).status).toBe(200)
    expect((await kept(drop)).length).toBe(1)
  })
})

test('a picture of more points than the house draws has none, and one of as many has', async () => {
  await using drop = await openDrop({ scanner: alwaysClean, limits: { thumbnailPixels: 10_000 } })
  expect((await ask(drop, await clean(drop, 'justa.png', await picture(100, 100)))).status).toBe(200)
  expect((await ask(drop, await clean(drop, 'mayor.png', await picture(101, 100)))).status).toBe(404)
})

describe('a picture made to swell', () => {
  test('one that takes too long is ended, and nobody waits for it', async () => {
    await using drop = await openDrop({ scanner: alwaysClean, limits: { thumbnailTime: 1 } })
    const file = await clean(drop, 'eterna.png', png({ width: 4_000, height: 4_000 }))
    expect((await ask(drop, file)).status).toBe(404)
    expect((await drop.ask('GET', '/salud')).status).toBe(200)
  })
})
