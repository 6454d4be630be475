// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { manualClock } from '../../../src/core'
import { createAttention } from '../../../web/elements/room/attention'
import { createTypists } from '../../../web/elements/room/typists'

function setUp({ visible = true, atEnd = true } = {}) {
  const clock = manualClock()
  const seen: number[] = []
  const attention = createAttention({ timers: clock, visible, atEnd, changed() {}, seen: (n) => seen.push(n) })
  return { clock, attention, seen }
}

describe('what was seen', () => {
  test('is told at once, then at most every two seconds, and the last word counts', async () => {
    const { clock, attention, seen } = setUp()
    for (const n of [4, 5, 6]) attention.upTo(n)
    expect(seen).toEqual([4])
    await clock.advance(2_000)
    expect(seen).toEqual([4, 6])
    await clock.advance(10_000)
    expect(seen).toEqual([4, 6])
  })

  test('is told at once when the page goes or is hidden, and only what was in sight', () => {
    const { attention, seen } = setUp()
    for (const n of [4, 5]) attention.upTo(n)
    attention.leaving()
    expect(seen).toEqual([4, 5])
    attention.leaving()
    attention.upTo(6)
    attention.setVisible(false)
    expect(seen).toEqual([4, 5, 6])
    attention.upTo(7)
    attention.leaving()
    expect(seen).toEqual([4, 5, 6])
  })

  test('nothing is seen in a hidden tab or while reading further up', async () => {
    const { attention, seen, clock } = setUp({ visible: false })
    attention.upTo(4)
    attention.setAtEnd(false)
    attention.setVisible(true)
    expect(seen).toEqual([])
    attention.setAtEnd(true)
    await clock.advance(0)
    expect(seen).toEqual([4])
  })

  test('what came while the tab was hidden is counted, and begins the unread line', () => {
    const { attention } = setUp()
    attention.arrived('m1')
    expect(attention.unseen).toEqual({ hidden: 0, below: 0, line: null })
    attention.setVisible(false)
    attention.arrived('m2')
    attention.arrived('m3')
    expect(attention.unseen).toEqual({ hidden: 2, below: 0, line: { first: 'm2', count: 2 } })
    attention.setVisible(true)
    expect(attention.unseen).toEqual({ hidden: 0, below: 0, line: { first: 'm2', count: 2 } })
  })

  test('the line of the last time does not wait for whoever comes back to nothing new', () => {
    const { attention } = setUp()
    attention.setVisible(false)
    attention.arrived('m2')
    attention.setVisible(true)
    attention.setVisible(false)
    expect(attention.unseen.line).toBeNull()
    attention.arrived('m3')
    expect(attention.unseen.line).toEqual({ first: 'm3', count: 1 })
  })

  test('further up, what comes below is counted until the end is reached', () => {
    const { attention } = setUp()
    attention.setAtEnd(false)
    attention.arrived('m2')
    attention.arrived('m3')
    expect(attention.unseen).toEqual({ hidden: 0, below: 2, line: { first: 'm2', count: 2 } })
    attention.setAtEnd(true)
    expect(attention.unseen).toEqual({ hidden: 0, below: 0, line: { first: 'm2', count: 2 } })
  })

  test('whoever speaks has read', () => {
    const { attention } = setUp()
    attention.opened('m2', 7)
    attention.spoke()
    expect(attention.unseen.line).toBeNull()
  })
})

test('who writes is shown for a while, and no longer when the message is there', async () => {
  const clock = manualClock()
  const shown: string[] = []
  const typists = createTypists({ timers: clock, ms: 5_000, changed: (names) => shown.push(names.join(' ')) })
  typists.heard({ id: '1', nombre: 'Beto' })
  await clock.advance(3_000)
  typists.heard({ id: '1', nombre: 'Beto' })
  typists.heard({ id: '2', nombre: 'Carla' })
  typists.stop('2')
  await clock.advance(4_000)
  expect(shown).toEqual(['Beto', 'Beto Carla', 'Beto'])
  await clock.advance(1_100)
  expect(shown.at(-1)).toBe('')
})
