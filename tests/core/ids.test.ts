// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { newId, newReference, newToken, randomBelow, randomBytes } from '../../src/core'

test('of ten numbers each comes as often as any other, and no other comes', () => {
  const draws = 100_000
  const counts = new Map<number, number>()
  for (let i = 0; i < draws; i++) {
    const n = randomBelow(10)
    counts.set(n, (counts.get(n) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  // 10 σ: once in 10²² runs.
  for (const count of counts.values()) expect(Math.abs(count - draws / 10)).toBeLessThan(10 * Math.sqrt(draws * 0.1 * 0.9))
})

test('random bytes are as many as asked for, and never the same', () => {
  expect(randomBytes(0)).toHaveLength(0)
  expect(randomBytes(65_536)).toHaveLength(65_536)
  expect(new Set(Array.from({ length: 1_000 }, () => randomBytes(16).toString('hex'))).size).toBe(1_000)
  expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32)
})

test('names drawn ahead are used once each', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? newReference() : newId()))
  expect(ids.every((id, i) => new RegExp(`^[0-9a-v]{${i % 3 === 0 ? 8 : 16}}$`).test(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
})
