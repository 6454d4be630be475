// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures that are small to send and huge to draw.
import { describe, expect, test } from 'bun:test'
import { until } from '../support/until'
import { openDrop } from './drop'
import { alwaysClean, picture, png } from './pictures'
import { ask, clean } from './thumbnails'

describe('a picture made to swell', () => {
  /** What it promises, and how much of that is really inside. */
  const bombs: [string, Parameters<typeof png>[0]][] = [
    ['30,000 × 30,000 in its head alone', { width: 30_000, height: 30_000, rows: 1 }],
    ['30,000 × 30,000 with 120 MB of it inside', { width: 30_000, height: 30_000, rows: 1_300 }],
    ['a line of 25,000,000 points', { width: 25_000_000, height: 1 }],
    ['as large as is still drawn', { width: 5_000, height: 5_000 }],
  ]

  test.each(bombs)('%s: this process neither grows nor stands still', async (_, size) => {
    await using drop = await openDrop({ scanner: alwaysClean })
    const file = await clean(drop, 'grande.png', png(size))
    await (await ask(drop, await clean(drop, 'antes.png', await picture(50, 50)))).bytes()
    Bun.gc(true)
    const before = process.memoryUsage.rss()
    const began = performance.now()
    let [peak, slowest, took] = [before, 0, 0]
    const answer = ask(drop, file).then((one) => {
      took = performance.now() - began
      return one
    })
    // Somebody else talks to the house meanwhile.
    await until('the thumbnail', async () => {
      const asked = performance.now()
      expect((await drop.ask('GET', '/salud')).status).toBe(200)
      slowest = Math.max(slowest, performance.now() - asked)
      peak = Math.max(peak, process.memoryUsage.rss())
      return took > 0
    })
    const { status } = await answer
    expect(status).toBe(size.width * size.height > 25_000_000 ? 404 : 200)
    expect(peak - before).toBeLessThan(20 * 1024 * 1024)
    // Decoding here would let nobody through until it is done. What is refused by its head takes no time in which to be slow.
    if (status === 200) expect(slowest / took).toBeLessThan(0.8)
    expect((await ask(drop, await clean(drop, 'despues.png', await picture(50, 50)))).status).toBe(200)
  })
})
