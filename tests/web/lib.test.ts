// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { backoff } from '../../web/lib/backoff'
import { showCode } from '../../web/lib/code'
import { newId } from '../../web/lib/ids'

describe('waiting between attempts', () => {
  test('never passes a ceiling that doubles up to the longest wait', () => {
    const waits = backoff({ first: 500, longest: 3_000, random: () => 1 })
    expect([waits.next(), waits.next(), waits.next(), waits.next(), waits.next()]).toEqual([500, 1_000, 2_000, 3_000, 3_000])
  })

  test('may be no wait at all, so that an office does not come back at once', () => {
    expect(backoff({ random: () => 0 }).next()).toBe(0)
  })

  test('is short again after a success', () => {
    const waits = backoff({ first: 500, random: () => 1 })
    waits.next()
    waits.next()
    waits.reset()
    expect(waits.next()).toBe(500)
  })

  test('stays bounded after a night without network', () => {
    const waits = backoff({ longest: 30_000, random: () => 1 })
    for (let attempt = 0; attempt < 2_000; attempt++) waits.next()
    expect(waits.next()).toBe(30_000)
  })
})

test('codes are shown as printed', () => {
  expect(['r3vn 8twb', 'R3VN-8TWB', 'r3v', 'r3vn8', 'obra2024ab', 'ñ<'].map(showCode)).toEqual([
    'R3VN-8TWB',
    'R3VN-8TWB',
    'R3V',
    'R3VN-8',
    'OBRA2024AB',
    '',
  ])
})

test('ids are 16 plain characters and do not repeat', () => {
  const ids = Array.from({ length: 1_000 }, newId)
  expect(new Set(ids).size).toBe(1_000)
  for (const id of ids) expect(id).toMatch(/^[0-9a-v]{16}$/)
})
