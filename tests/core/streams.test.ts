// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { atMost, gated, gathered, giveBack, manualClock, patient, Refusal } from '../../src/core'

/** A source that is fed by the test. */
function tap() {
  const ready: Uint8Array[] = []
  let wake = () => {}
  let broken: Error | null = null
  let over = false
  async function* source() {
    for (;;) {
      while (ready.length > 0) yield ready.shift() as Uint8Array
      if (broken) throw broken
      if (over) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    source: source(),
    give(...sizes: number[]) {
      for (const size of sizes) ready.push(new Uint8Array(size))
      wake()
    },
    fail(error: Error) {
      broken = error
      wake()
    },
    end() {
      over = true
      wake()
    },
  }
}

const total = (chunks: readonly Uint8Array[]) => chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)

describe('gathered', () => {
  test('hands on what is there at once, in pieces of enough and no more than one chunk above', async () => {
    const water = tap()
    water.give(...Array(40).fill(10))
    water.end()
    const pieces: number[] = []
    for await (const chunks of gathered(water.source, 95)) pieces.push(total(chunks))
    expect(pieces).toEqual([100, 100, 100, 100])
  })

  test('does not hold back what comes slowly', async () => {
    const water = tap()
    const reader = gathered(water.source, 1_000_000)
    for (const size of [3, 5]) {
      const piece = reader.next()
      water.give(size)
      expect(total((await piece).value ?? [])).toBe(size)
    }
    water.end()
    expect((await reader.next()).done).toBe(true)
  })

  test('hands on what came before the source broke, then says that it broke', async () => {
    const water = tap()
    const reader = gathered(water.source, 1_000)
    water.give(7, 8)
    water.fail(new Error('gone'))
    expect(total((await reader.next()).value ?? [])).toBe(15)
    await expect(reader.next()).rejects.toThrow('gone')
  })

  test('of single bytes makes pieces that a system can write at once', async () => {
    const water = tap()
    water.give(...Array(5_000).fill(1))
    water.end()
    const counts: number[] = []
    for await (const chunks of gathered(water.source, 1_000_000)) counts.push(chunks.length)
    expect(Math.max(...counts)).toBeLessThanOrEqual(1_024)
    expect(counts.reduce((sum, n) => sum + n)).toBe(5_000)
  })
})

describe('gates', () => {
  test('refuse the chunk that is too much, and nothing before it', async () => {
    const water = tap()
    water.give(60, 40, 1)
    const passed: number[] = []
    const reading = async () => {
      for await (const { byteLength } of gated(water.source, [atMost(100)])) passed.push(byteLength)
    }
    await expect(reading()).rejects.toBeInstanceOf(Refusal)
    expect(passed).toEqual([60, 40])
  })

  test('may take their time', async () => {
    const water = tap()
    water.give(1, 2)
    water.end()
    const order: string[] = []
    const slow = async (bytes: number) => {
      await new Promise(setImmediate)
      order.push(`asked ${bytes}`)
    }
    for await (const { byteLength } of gated(water.source, [slow])) order.push(`passed ${byteLength}`)
    expect(order).toEqual(['asked 1', 'passed 1', 'asked 2', 'passed 2'])
  })
})

describe('patience', () => {
  const open = (least = 1, signal?: AbortSignal) => {
    const clock = manualClock()
    const water = tap()
    return { clock, water, reader: patient(water.source, { clock, silence: 1_000, least, ...(signal ? { signal } : {}) }) }
  }

  test('ends after the silence, counted from the last chunk', async () => {
    const { clock, water, reader } = open()
    const first = reader.next()
    await clock.advance(900)
    water.give(1)
    await first
    const second = reader.next()
    await clock.advance(999)
    let ended = false
    second.catch(() => {
      ended = true
    })
    await clock.advance(0)
    expect(ended).toBe(false)
    await clock.advance(2)
    await expect(second).rejects.toMatchObject({ code: 'unreadable' })
  })

  test('does not count the time its reader takes', async () => {
    const { clock, water, reader } = open()
    water.give(1)
    await reader.next()
    await clock.advance(60_000)
    const next = reader.next()
    await clock.advance(500)
    water.give(2)
    expect((await next).value?.byteLength).toBe(2)
  })

  test('is not bought with drips', async () => {
    const { clock, water, reader } = open(100)
    const reading = (async () => {
      for await (const _chunk of reader);
    })()
    reading.catch(() => {})
    for (let i = 0; i < 20; i++) {
      await clock.advance(90)
      water.give(1)
      await clock.advance(0)
    }
    await expect(reading).rejects.toMatchObject({ code: 'unreadable' })
  })

  test('ends from outside, also while nothing comes', async () => {
    const controller = new AbortController()
    const { reader } = open(1, controller.signal)
    const next = reader.next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })

  test('leaves no timer behind', async () => {
    const cancelled: boolean[] = []
    const clock = {
      monotonic: () => 0,
      after() {
        const at = cancelled.push(false) - 1
        return () => {
          cancelled[at] = true
        }
      },
    }
    const water = tap()
    water.give(1, 2, 3)
    water.end()
    for await (const _chunk of patient(water.source, { clock, silence: 1_000 }));
    expect(cancelled).toEqual([true])
  })
})

test('memory is given back of whole chunks only: a view shares it with others', () => {
  const whole = new Uint8Array(10)
  const view = new Uint8Array(10).subarray(2, 5)
  giveBack(whole)
  giveBack(view)
  expect([whole.byteLength, view.byteLength]).toEqual([0, 3])
})
