// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who took what: on record with few rows, whatever way the bytes are fetched.
import { describe, expect, test } from 'bun:test'
import { manualClock } from '../../src/core'
import { until } from '../support/until'
import { type Described, type Drop, type Name, openDrop } from './drop'
import { picture } from './pictures'

const rows = (drop: Drop) =>
  drop.database.read
    .selectFrom('audit')
    .select(['who_name', 'what', 'target_name', 'from_ip', 'detail', 'at'])
    .where('what', 'in', ['files.downloaded', 'files.viewed'])
    .orderBy('n')
    .execute()

const take = async (drop: Drop, { url }: Described, as: Name, headers: Record<string, string> = {}, more = '') =>
  (await drop.ask('GET', url + more, { as, headers })).bytes()

const pageOf = async (drop: Drop, { id }: Described, as: Name) =>
  (await drop.ask('GET', `/archivos/${id}`, { as, headers: { accept: 'text/html' } })).text()

describe('who took a file', () => {
  test('is one row for each person and half minute, whatever number of pieces it came in', async () => {
    const clock = manualClock()
    await using drop = await openDrop({ clock })
    const file = await drop.put('acta.txt', 'x'.repeat(10_000))
    for (let from = 0; from < 10_000; from += 500) await take(drop, file, 'carla', { range: `bytes=${from}-${from + 499}` })
    await take(drop, file, 'diego')
    await take(drop, file, 'diego')
    await drop.ask('HEAD', file.url, { as: 'ana' })
    expect(await rows(drop)).toEqual([])
    const at = clock.now()
    await clock.advance(30_000)
    await until('two rows', async () => (await rows(drop)).length === 2)
    const told = (await rows(drop)).map(({ who_name, what, target_name, detail }) => [
      who_name,
      what,
      target_name,
      JSON.parse(detail ?? ''),
    ])
    expect(told).toEqual([
      ['Carla Núñez', 'files.downloaded', 'acta.txt', { times: 1 }],
      ['Diego Paz', 'files.downloaded', 'acta.txt', { times: 2 }],
    ])
    expect((await rows(drop)).every((row) => row.at <= at && row.from_ip === '127.0.0.1')).toBe(true)
    await clock.advance(60_000)
    expect((await rows(drop)).length).toBe(2)
  })

  test('is written when the house stops, and a link leaves its address and no person', async () => {
    await using drop = await openDrop()
    const file = await drop.put('acta.txt', 'x')
    const made = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1d' }) })
    const { id, url } = (await made.json()) as { id: string; url: string }
    await (await drop.ask('GET', new URL(url).pathname)).bytes()
    await drop.files.stop()
    const [row] = await rows(drop)
    expect(row).toMatchObject({ who_name: null, from_ip: '127.0.0.1', target_name: 'acta.txt' })
    expect(JSON.parse(row?.detail ?? '')).toEqual({ times: 1, link: id, name: 'Beto Ríos' })
  })

  test('looking at it in its page is on record too, and counts as no download', async () => {
    await using drop = await openDrop()
    const file = await drop.put('foto.png', await picture(4, 4))
    await take(drop, file, 'carla', {}, '?ver')
    const { downloads } = await drop.files.find({ id: 'ana', name: 'Ana', role: 'administrator' }, file.id)
    expect(downloads).toBe(0)
    await drop.files.stop()
    expect((await rows(drop)).map(({ who_name, what }) => [who_name, what])).toEqual([['Carla Núñez', 'files.viewed']])
  })

  test('asking for a text to be shown is taking it: it never is shown', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.html', '<!doctype html>')
    await take(drop, file, 'carla', {}, '?ver')
    await drop.files.stop()
    expect((await rows(drop)).map(({ what }) => what)).toEqual(['files.downloaded'])
  })

  test('its page tells those who brought it and administrators, at once, and nobody else', async () => {
    await using drop = await openDrop()
    const file = await drop.put('acta.txt', 'x', 'beto')
    await take(drop, file, 'carla')
    for (const as of ['beto', 'ana'] as const) expect(await pageOf(drop, file, as)).toMatch(/Quién lo descargó[\s\S]*Carla Núñez/)
    for (const as of ['carla', 'diego'] as const) expect(await pageOf(drop, file, as)).not.toContain('Quién lo descargó')
  })
})
