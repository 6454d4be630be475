// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { until } from '../support/until'
import {
  accounts,
  freshCid,
  isTold,
  messages,
  openRooms,
  type RoomLine,
  type RoomsHouse,
  roomOf,
  sayMuch,
  sitDown,
  type Told,
} from './house'

/** The page's own start: number and life of the room as the log carries them. */
async function bootstrap(house: RoomsHouse, code: string) {
  const page = await (await house.beto.get(`/salas/${code}`)).text()
  const [, n = '0', epoca = ''] = /id="messages" data-n="(\d+)" data-epoca="([^"]+)"/.exec(page) ?? []
  return { page, desde: Number(n), epoca }
}

function listOf(line: RoomLine) {
  return line.frames.find((frame) => frame.t === 'lista') as { epoca: string; n: number }
}

async function say(line: RoomLine, texto: string): Promise<void> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto })
  await line.next((frame) => frame.t === 'ok' && frame.cid === cid)
}

describe.each(['guardada', 'efimera'] as const)('coming back to a room that is %s', (historial) => {
  test('brings exactly what was missed, tombstones included, once', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    await say(ana, 'uno')
    await say(ana, 'dos')
    const heard = (await beto.next((frame) => isTold(frame) && frame.html.includes('<p>dos</p>'))) as Told
    const { epoca } = listOf(beto)
    beto.close()
    await beto.closed
    await say(ana, 'tres')
    ana.send({ t: 'borrar', id: messages(ana)[0]?.id ?? '' })
    await ana.next((frame) => isTold(frame) && frame.html.includes('--gone'))
    await say(ana, 'cuatro')

    const back = await sitDown(house.beto, code, { desde: heard.n, epoca })
    const told = messages(back).map(({ html }) => /<p>(\w+)<\/p>|(--gone)/.exec(html)?.slice(1).find(Boolean))
    expect(told).toEqual(['tres', '--gone', 'cuatro'])
    expect(back.frames.some(({ t }) => t === 'hueco')).toBe(false)
    expect(new Set(messages(back).map(({ n }) => n)).size).toBe(3)
  })

  test('joins page and socket without hole or double while others go on talking', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    for (let i = 0; i < 20; i++) await say(ana, `antes${i}`)
    const talking = (async () => {
      for (let i = 0; i < 60; i++) await say(ana, `durante${i}`)
    })()
    const { page, desde, epoca } = await bootstrap(house, code)
    const beto = await sitDown(house.beto, code, { desde, epoca })
    await talking
    await until('the last message', () => messages(beto).some(({ html }) => html.includes('durante59')))
    const onPage = [...page.matchAll(/<p>(antes\d+|durante\d+)<\/p>/g)].map(([, word]) => word)
    const told = messages(beto).map(({ html }) => /<p>(\w+)<\/p>/.exec(html)?.[1])
    const all = new Set([...onPage, ...told])
    expect(all.size).toBe(80)
    // What was told live is not told again by the replay, beyond what the browser can tell apart by its number.
    const numbers = messages(beto).map(({ n }) => n)
    expect(numbers.filter((n) => n <= desde)).toEqual([])
  })

  test('says that something is missing when it is too much, and where the room is now', async () => {
    await using house = await openRooms({ limits: { catchUpChanges: 10, messagesPerSecond: 0, ephemeralMessages: 8 } })
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const { epoca, n } = listOf(ana)
    for (let i = 0; i < 12; i++) await say(ana, `m${i}`)
    const back = await sitDown(house.beto, code, { desde: n, epoca })
    expect(back.frames.map(({ t }) => t).filter((t) => t === 'hueco' || t === 'lista')).toEqual(['hueco', 'lista'])
    expect(listOf(back).n).toBeGreaterThanOrEqual(12)
  })

  test.each([
    ['another life of the room', { desde: 1, epoca: 'otra' }],
    ['a number the room never had', { desde: 9_999 }],
  ])('with %s is told so', async (_, hello) => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    await say(await sitDown(house.ana, code), 'uno')
    const back = await sitDown(house.beto, code, hello)
    expect(back.frames.some(({ t }) => t === 'hueco')).toBe(true)
  })
})

test('a kept room survives a restart with its numbers and its life', async () => {
  await using first = await openRooms()
  const code = await roomOf(first, [first.beto])
  const ana = await sitDown(first.ana, code)
  await say(ana, 'antes')
  const { epoca, n } = listOf(ana)
  const closed = ana.closed
  await first.stop()
  expect((await closed).code).toBe(1012)

  await using second = await openRooms({ data: first.data })
  const back = await sitDown(second.ana, code, { desde: n, epoca })
  expect(messages(back).map(({ html }) => html.includes('antes'))).toEqual([true])
})

test('a long history comes page by page, and every page only once', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0, pageMessages: 20 } })
  const code = await roomOf(house, [])
  const ana = await sitDown(house.ana, code)
  for (let i = 0; i < 50; i++) await say(ana, `m${i}`)
  const seen: string[] = []
  let address: string | undefined = `/salas/${code}`
  while (address) {
    const text = await (await house.ana.get(address)).text()
    seen.unshift(...[...text.matchAll(/<p>(m\d+)</g)].map(([, word]) => word as string))
    address = /id="older"><a class="btn btn--sm" href="([^"]+)"/.exec(text)?.[1]
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => `m${i}`))
  const fragment = await house.ana.get(`/salas/${code}?antes=20`, { 'hx-request': 'true', 'hx-request-type': 'partial' })
  const text = await fragment.text()
  expect(text).not.toContain('<html')
  expect(text).toContain('<article')
})

test('a slow reader of a long replay gets all of it', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  // 300 × 20 KB of markup is six times the backlog at which a socket is closed.
  await sayMuch(ana, 300)
  const beto = await sitDown(house.beto, code, { desde: 0 })
  expect(messages(beto)).toHaveLength(300)
})

test('whoever comes back while somebody speaks and somebody else edits is told every message up to the number that is named', async () => {
  await using house = await openRooms({ limits: { messagesPerSecond: 0, catchUpChanges: 100_000 } })
  const code = await roomOf(house, [house.beto])
  const room = await house.rooms.of(accounts.ana).find(code)
  const first = await house.rooms.say({ room, person: accounts.ana, cid: 'first', text: 'uno' })
  let over = false
  let last = first.n
  const numbers: number[] = []
  const writing = (async () => {
    for (let i = 0; i < 400; i++) {
      // Both are in one commit, or the edit is in the next: its number is the larger one.
      const [said] = await Promise.all([
        house.rooms.say({ room, person: accounts.ana, cid: `c${i}`, text: `m${i}` }),
        house.rooms.edit(room, accounts.ana, first.id, `v${i}`),
      ])
      last = said.n
      numbers.push(said.n)
    }
    over = true
  })()
  const answers: { since: number; n: number; told: Set<number> }[] = []
  while (!over) {
    const since = last
    const { n, items } = await house.rooms.since(room, since, undefined)
    answers.push({ since, n, told: new Set((items ?? []).map(({ changed }) => changed)) })
    await new Promise(setImmediate)
  }
  await writing
  const holes = answers.flatMap(({ since, n, told }) => numbers.filter((each) => each > since && each <= n && !told.has(each)))
  expect(answers.length).toBeGreaterThan(100)
  expect(holes).toEqual([])
}, 60_000)
