// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import type { ServerFrame } from '../../../src/rooms/protocol'
import { append, type Log, openLog, prepend, reduce, type Step, stepBack, trim, unlevel } from '../../../web/elements/room/reducer'

type Change = Extract<ServerFrame, { t: 'cambio' }>

const put = (place: number, n = place, id = `a${place}`): Change => ({
  t: 'cambio',
  n,
  op: 'poner',
  id,
  html: `<article class="msg" id="m-${id}" data-author="beto" data-n="${place}" aria-label="a &gt; b">at ${n}</article>`,
})
const drop = (n: number, id: string): Change => ({ t: 'cambio', n, op: 'quitar', id, html: '' })
const level = (n: number, epoca = 'e1'): ServerFrame => ({ t: 'lista', epoca, n, quienes: [] })
const ids = (log: Log) => log.entries.map(({ id }) => id)
const feed = (log: Log, ...frames: ServerFrame[]): Step[] => frames.flatMap((frame) => reduce(log, frame))

/** Level at 3, with a1 a2 a3 on the page. */
function beto(): Log {
  const log = openLog({ epoca: 'e1', n: 3, entries: [1, 2, 3].map((place) => ({ id: `a${place}`, place })) })
  feed(log, level(3))
  return log
}

describe('changes of a room', () => {
  test('what is said is added at the end and counted', () => {
    const log = beto()
    expect(feed(log, put(4))).toEqual([{ do: 'insert', id: 'a4', html: put(4).html, before: null }])
    expect(log.n).toBe(4)
  })

  test('the same change twice is one', () => {
    const log = beto()
    feed(log, put(4))
    expect(feed(log, put(4), put(2, 2))).toEqual([])
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'a4'])
  })

  test('an edit stays in its place', () => {
    const log = beto()
    expect(feed(log, put(2, 4))).toEqual([{ do: 'replace', id: 'a2', html: put(2, 4).html }])
    expect(ids(log)).toEqual(['a1', 'a2', 'a3'])
    expect(log.n).toBe(4)
  })

  test('an older state never covers a newer one', () => {
    const log = openLog({ epoca: 'e1', n: 3, entries: [{ id: 'a1', place: 1 }] })
    feed(log, put(1, 6))
    expect(feed(log, put(1, 5))).toEqual([])
  })

  test('what is removed goes, and does not come back with an older state', () => {
    const log = openLog({ epoca: 'e1', n: 3, entries: [{ id: 'a1', place: 1 }] })
    expect(feed(log, drop(7, 'a1'), drop(9, 'a8'), put(8, 8))).toEqual([{ do: 'remove', id: 'a1' }])
    expect(ids(log)).toEqual([])
  })

  test('passing notices stand where they were heard and are not counted', () => {
    const log = beto()
    const joined = { ...put(0, 0, 'j1') }
    expect(feed(log, joined, joined)).toHaveLength(1)
    feed(log, put(4))
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'j1', 'a4'])
    expect(log.n).toBe(4)
  })
})

describe('catching up', () => {
  test('replayed and live changes may be mixed; the order is that of the numbers', () => {
    const log = beto()
    unlevel(log)
    const steps = feed(log, put(7), put(4), put(6), put(5), level(6))
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'])
    expect(steps).toContainEqual({ do: 'insert', id: 'a5', html: put(5).html, before: 'a6' })
    expect(log.n).toBe(7)
  })

  test('a connection that breaks before the answer is complete does not skip what was missing', () => {
    const log = beto()
    unlevel(log)
    feed(log, put(9))
    expect(log.n).toBe(3)
    unlevel(log)
    feed(log, put(4), put(9), level(9))
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'a4', 'a9'])
    expect(log.n).toBe(9)
  })

  test('a hole in the numbers is asked for', () => {
    const log = beto()
    expect(feed(log, put(5)).at(-1)).toEqual({ do: 'ask' })
    expect(log.n).toBe(3)
    expect(feed(log, put(6))).toHaveLength(1)
    feed(log, put(4), put(5), level(5))
    expect(log.n).toBe(6)
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])
  })

  test('changes of pages that nobody opened wait for those pages', () => {
    const log = openLog({ epoca: 'e1', n: 90, floor: 50, entries: [{ id: 'a50', place: 50 }] })
    expect(feed(log, put(12, 91), level(91))).toEqual([])
    prepend(log, [{ id: 'a12', place: 12 }], 0)
    expect(ids(log)).toEqual(['a12', 'a50'])
    expect(feed(log, put(12, 92))).toHaveLength(1)
  })

  test('when it cannot be told any more the log is loaded anew, and nothing is applied to the old one', () => {
    const log = beto()
    expect(feed(log, { t: 'hueco' }, put(900), level(900))).toEqual([{ do: 'reload' }])
    expect(log.n).toBe(3)
    expect(ids(log)).toEqual(['a1', 'a2', 'a3'])
  })
})

describe('whatever the network does', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

  test(`20 browsers end with the server's list, 0 lost, 0 doubled, same order (seed ${seed})`, () => {
    const random = mulberry(seed)
    const below = (n: number) => Math.floor(random() * n)
    const server = createServer()
    const browsers = Array.from({ length: 20 }, () => ({ log: server.page(), line: [] as ServerFrame[], on: false }))

    const connect = (browser: (typeof browsers)[number]) => {
      unlevel(browser.log)
      browser.on = true
      browser.line = server.since(browser.log.n ?? 0)
    }
    const deliver = (browser: (typeof browsers)[number]) => {
      const frame = browser.line.shift()
      if (!frame) return
      for (const step of reduce(browser.log, frame)) {
        if (step.do === 'reload') {
          browser.log = server.page()
          browser.line.push(...server.since(browser.log.n ?? 0))
        } else if (step.do === 'ask') browser.line.push(...server.since(browser.log.n ?? 0))
      }
    }
    for (const browser of browsers) connect(browser)

    for (let round = 0; round < 4_000; round++) {
      const what = below(10)
      if (what < 3) {
        const change = server.change(below)
        for (const { on, line } of browsers) if (on) mixIn(line, change, below)
      }
      const browser = browsers[below(browsers.length)]!
      if (what === 3) {
        browser.on = false
        browser.line = []
      } else if (!browser.on) connect(browser)
      for (let i = below(4); i > 0; i--) deliver(browser)
    }
    for (const browser of browsers) {
      if (!browser.on) connect(browser)
      while (browser.line.length > 0) deliver(browser)
      expect(ids(browser.log)).toEqual(server.ids())
      expect(browser.log.n).toBe(server.n())
    }
  })
})

/** While an answer to `hola` is under way, live changes may overtake it; afterwards nothing overtakes anything. */
function mixIn(line: ServerFrame[], change: ServerFrame, below: (n: number) => number): void {
  const answering = line.findIndex(({ t }) => t === 'lista')
  if (answering < 0) line.push(change)
  // Not behind changes that are younger than itself.
  else line.splice(below(answering + 1), 0, change)
}

/** A room with numbers, edits and removals, that remembers the last 60 changes. */
function createServer() {
  const window = 60
  let n = 0
  const items = new Map<string, { place: number; changed: number }>()
  const gone = new Map<string, number>()
  const ordered = () => [...items].sort(([, a], [, b]) => a.place - b.place)

  return {
    n: () => n,
    ids: () => ordered().map(([id]) => id),
    page: () => openLog({ epoca: 'e1', n, entries: ordered().map(([id, { place }]) => ({ id, place })) }),
    change(below: (n: number) => number): ServerFrame {
      n++
      const known = [...items.keys()]
      const id = known[below(known.length)] ?? ''
      const what = below(8)
      if (what === 0 && known.length > 20) {
        items.delete(id)
        gone.set(id, n)
        return drop(n, id)
      }
      if (what === 1 && known.length > 0) {
        const item = items.get(id)!
        item.changed = n
        return put(item.place, n, id)
      }
      items.set(`a${n}`, { place: n, changed: n })
      return put(n)
    },
    since(from: number): ServerFrame[] {
      if (n - from > window) return [{ t: 'hueco' }, level(n)]
      const changes = [
        ...[...items].filter(([, { changed }]) => changed > from).map(([id, { place, changed }]) => put(place, changed, id)),
        ...[...gone].filter(([, changed]) => changed > from).map(([id, changed]) => drop(changed, id)),
      ]
      return [...changes.sort((a, b) => a.n - b.n), level(n)]
    },
  }
}

function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('a page that does not reach the newest', () => {
  /** Level at 9, with a1 a2 a3 on the page and the rest below it. */
  function further(): Log {
    const log = openLog({ epoca: 'e1', n: 9, ceiling: 3, entries: [1, 2, 3].map((place) => ({ id: `a${place}`, place })) })
    feed(log, level(9))
    return log
  }

  test('takes no news, but what changes on it', () => {
    const log = further()
    expect(feed(log, put(10))).toEqual([])
    expect(feed(log, put(2, 11))).toHaveLength(1)
    expect(feed(log, { ...put(0), n: 0, id: 'x' })).toEqual([])
    expect(log.n).toBe(11)
    expect(ids(log)).toEqual(['a1', 'a2', 'a3'])
  })

  test('that is loaded to its end goes on as any other', () => {
    const log = further()
    append(
      log,
      [4, 5].map((place) => ({ id: `a${place}`, place })),
      5,
    )
    expect(feed(log, put(10))).toEqual([])
    append(log, [{ id: 'a9', place: 9 }], undefined)
    // 10 came while the last part was under way: it is asked for again.
    unlevel(log)
    log.n = 9
    expect(feed(log, put(10), level(10))).toHaveLength(1)
    expect(ids(log)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a9', 'a10'])
  })
})

test('a log that is let go of above forgets, and does not take up again what belongs there', () => {
  const log = beto()
  feed(log, put(4), put(5))
  expect(trim(log, 2)).toEqual(['a1', 'a2', 'a3'])
  expect([ids(log), log.floor]).toEqual([['a4', 'a5'], 4])
  expect(feed(log, put(2, 6))).toEqual([])
  prepend(
    log,
    [2, 3].map((place) => ({ id: `a${place}`, place })),
    2,
  )
  expect(feed(log, put(3, 7))).toHaveLength(1)
  expect(trim(log, 10)).toEqual([])
})

describe('a page of the past that was on its way while something on it changed', () => {
  const late = (log: Log, ...frames: ServerFrame[]) => {
    const asked = log.n ?? 0
    feed(log, ...frames)
    prepend(log, [{ id: 'a2', place: 2 }], 0)
    return { asked, missed: log.overlooked > asked }
  }
  const open = () => {
    const log = openLog({ epoca: 'e1', n: 100, floor: 50, entries: [{ id: 'a50', place: 50 }] })
    feed(log, level(100))
    return log
  }

  test.each([
    ['an edit or a removal', put(2, 101)],
    ['what went without trace', drop(101, 'a2')],
  ])('%s is asked for again, and then applied', (_, frame) => {
    const log = open()
    const { asked, missed } = late(log, frame)
    expect(missed).toBe(true)
    expect(stepBack(log, asked)).toBe(true)
    const [step] = feed(log, frame)
    expect(step).toMatchObject({ do: frame.op === 'poner' ? 'replace' : 'remove', id: 'a2' })
    feed(log, level(101))
    expect(log.n).toBe(101)
  })

  test('nothing is asked for when only new things came', () => {
    expect(late(open(), put(101), put(102)).missed).toBe(false)
  })
})
