// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import type { LogView } from '../../../web/elements/room/log-view'
import type { Outbox } from '../../../web/elements/room/outbox'
import { createOwn } from '../../../web/elements/room/own'

/** The page as far as it matters: which messages and which waiting ones stand on it. */
function setUp() {
  const page = new Set<string>()
  const waiting = new Set(['c1'])
  const acknowledged: string[] = []
  let past = 0
  const own = createOwn({
    outbox: { acknowledged: (cid: string) => acknowledged.push(cid) } as unknown as Outbox,
    view: {
      itemOf: (id: string) => (page.has(id) ? {} : null),
      isOwn: () => true,
      dropPending: (cid: string) => waiting.delete(cid),
    } as unknown as LogView,
    isPast: (n) => n <= past,
  })
  const change = () => {
    page.add('7')
    own.changed({ t: 'cambio', n: 7, op: 'poner', id: '7', cid: 'c1', html: '' })
  }
  const ok = () => own.acknowledged({ t: 'ok', cid: 'c1', id: '7', n: 7 })
  const levelAt = (n: number) => {
    past = n
    own.levelled()
  }
  return { page, waiting, acknowledged, change, ok, levelAt }
}

test('an own message stands once, whichever of acknowledgement and change comes first', () => {
  for (const order of [['change', 'ok'] as const, ['ok', 'change'] as const]) {
    const here = setUp()
    here[order[0]]()
    here[order[1]]()
    expect([...here.waiting]).toEqual([])
    expect(here.acknowledged).toContain('c1')
  }
})

test('what is acknowledged keeps its place until it is heard back', () => {
  const { ok, waiting } = setUp()
  ok()
  expect([...waiting]).toEqual(['c1'])
})

test('acknowledged while the log was loaded anew, it came with the new log', () => {
  const { ok, page, waiting, levelAt } = setUp()
  ok()
  page.add('7')
  levelAt(0)
  expect([...waiting]).toEqual([])
})

test('acknowledged and no longer there, it is not waited for', () => {
  const { ok, waiting, levelAt } = setUp()
  ok()
  levelAt(6)
  expect([...waiting]).toEqual(['c1'])
  levelAt(7)
  expect([...waiting]).toEqual([])
})
