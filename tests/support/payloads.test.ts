// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { fileNames, scripts, seededRandom, traversals } from './payloads'

test('there are enough attacks, and no two are the same', () => {
  expect(scripts.length).toBeGreaterThanOrEqual(500)
  expect(traversals.length).toBeGreaterThanOrEqual(300)
  expect(fileNames.length).toBeGreaterThanOrEqual(80)
})

test('the same seed makes the same random texts', () => {
  const [one, again, other] = [seededRandom('one', 7), seededRandom('again', 7), seededRandom('other', 8)]
  expect(again.text(40)).toBe(one.text(40))
  expect(other.text(40)).not.toBe(one.text(40))
})
