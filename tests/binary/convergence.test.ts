// SPDX-License-Identifier: GPL-3.0-or-later
//
// Twenty tabs of five people write, change, remove and react over a network that drops, delays and reorders, while the box is killed and
// started again. When it is quiet, every tab shows what the box has: nothing lost, nothing twice, in the same order.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { memoryShelf, type Shelf, storedShelf } from '../../web/elements/room/outbox'
import { type Random, seededRandom } from '../support/payloads'
import type { Person } from '../support/people'
import { paced, until } from '../support/until'
import { type Box, createRoom, joinRoom, openBox } from './claimed'
import { createTab, fetchPage, type Tab } from './tab'

const env = {
  PICHAT_MESSAGES_PER_SECOND: '0',
  PICHAT_SOCKETS_PER_PERSON: '500',
  PICHAT_SOCKETS_PER_ADDRESS: '2000',
  // Everything fits on one page; whoever misses more than ten changes has to load it anew.
  PICHAT_PAGE_MESSAGES: '500',
  PICHAT_EPHEMERAL_MESSAGES: '5000',
  PICHAT_CATCH_UP_CHANGES: '10',
}
const tabsPerPerson = 4
const actions = 500
const kills = 3

let box: Box
let people: Person[]

beforeAll(async () => {
  box = await openBox({ env })
  people = [box.ana]
  for (const name of ['beto', 'carla', 'dario', 'elena']) people.push(await box.person(name, 'cliente'))
}, 60_000)

afterAll(() => box[Symbol.asyncDispose]())

describe.each(['guardada', 'efimera'] as const)('a room that is %s', (historial) => {
  test('is the same for everybody after drops, kills and reorderings', async () => {
    const random = seededRandom(`convergence, ${historial}`)
    const kept = historial === 'guardada'
    const code = await createRoom(box.ana, historial)
    for (const person of people.slice(1)) await joinRoom(person, code)
    const tabs = people.flatMap((person) => Array.from({ length: tabsPerPerson }, () => tabOf(person, code, random, kept)))
    for (const tab of tabs) await tab.load()
    const ledger: Ledger = { said: new Map(), withdrawn: new Set() }
    try {
      await storm(tabs, random, kept, ledger)
      for (const tab of tabs) tab.setOffline(false)
      await quiet(tabs, code)
      await compare(tabs, code, kept, ledger)
    } finally {
      for (const tab of tabs) tab.end()
    }
  }, 60_000)
})

interface Ledger {
  /** Every text by its cid, with who said it in which turn. */
  said: Map<string, { text: string; tab: number; turn: number }>
  /** Texts whose author asked for their removal: they may be gone. */
  withdrawn: Set<string>
}

function tabOf(person: Person, code: string, random: Random, kept: boolean): Tab {
  const storage = new MemoryStorage()
  const lost = memoryShelf()
  return createTab({ person, code, random, shelf: (): Shelf => (kept ? storedShelf(storage, code) : lost) })
}

async function storm(tabs: readonly Tab[], random: Random, kept: boolean, ledger: Ledger): Promise<void> {
  // All of them in the first part: what an ephemeral room was told since the last one is still to be compared.
  const killAt = Array.from({ length: kills }, (_, i) => Math.floor(((i + 0.5 + random.integer(100) / 250) / kills) * actions * 0.5))
  let turn = 0
  const restarts: Promise<void>[] = []
  const loads: Promise<boolean>[] = []
  await paced(5, () => {
    if (killAt.includes(turn)) restarts.push(Promise.all(restarts).then(() => box.box.restart({ signal: 'SIGKILL' })))
    const number = random.integer(tabs.length)
    const tab = tabs[number] as Tab
    const { life } = tab
    const mine = life.shown.filter((gist) => gist && !gist.gone && ledger.said.get(cidOf(gist.words))?.tab === number)
    const latest = life.shown.filter((gist) => gist && !gist.gone && cidOf(gist.words) !== '').slice(-5)
    const dice = random.integer(100)
    if (dice < 52) {
      const cid = `t${number}x${turn}`
      const text = `w${number}x${turn}`
      ledger.said.set(cid, { text, tab: number, turn })
      // Said and heard, only the answer is lost: it will be said again.
      if (dice < 6) life.wire?.deaden('answers')
      tab.say(cid, text)
    } else if (dice < 60 && mine.length > 0) {
      const { id, words } = random.pick(mine)!
      life.connection.send({ t: 'editar', id, texto: `${words.split('e')[0]}e${turn}` })
    } else if (dice < 65 && mine.length > 0) {
      const { id, words } = random.pick(mine)!
      if (life.connection.send({ t: 'borrar', id })) ledger.withdrawn.add(cidOf(words))
    } else if (dice < 76 && latest.length > 0) {
      life.connection.send({ t: 'reaccion', id: random.pick(latest)!.id, emoji: random.pick(['👍', '🎉', '❤️']) })
    } else if (dice < 84) life.wire?.cut()
    else if (dice < 87) life.wire?.deaden(random.pick(['both', 'answers']))
    else if (dice < 91) tab.setOffline(true)
    else if (dice < 96) tab.setOffline(false)
    // What waits in an ephemeral room's page is gone with the page, as it says before it closes.
    else if (kept || life.outbox.all.length === 0) loads.push(tab.load())
    return ++turn < actions
  })
  await Promise.all([...restarts, ...loads])
}

/** Everybody is online, has sent everything and has heard everything. */
async function quiet(tabs: readonly Tab[], code: string): Promise<void> {
  await until(
    'that every tab has sent and heard everything',
    async () => {
      const { n, epoca } = await fetchPage(box.ana, code)
      return tabs.every(
        ({ life: { outbox, connection, log } }) =>
          outbox.all.length === 0 && connection.link.is === 'open' && log.level && log.n === n && log.epoca === epoca,
      )
    },
    { within: 30_000 },
  )
}

async function compare(tabs: readonly Tab[], code: string, kept: boolean, { said, withdrawn }: Ledger): Promise<void> {
  const { gists, epoca } = await fetchPage(box.ana, code)
  expect(tabs.flatMap(({ trouble }) => trouble)).toEqual([])
  for (const { life } of tabs) expect(life.shown).toEqual(gists)

  const found = gists.filter(({ gone }) => !gone).map(({ words }) => cidOf(words))
  const told = found.filter((cid) => said.has(cid))
  expect(new Set(told).size).toBe(told.length)
  const delivered = new Set(tabs.flatMap(({ acknowledged }) => acknowledged.filter((one) => one.epoca === epoca)).map(({ cid }) => cid))
  const promised = [...said.keys()].filter((cid) => kept || delivered.has(cid))
  expect(promised.filter((cid) => !told.includes(cid) && !withdrawn.has(cid))).toEqual([])
  expect(promised.length).toBeGreaterThan(kept ? 150 : 10)

  // What one tab said stands in the order in which it was said.
  for (const number of tabs.keys()) {
    const turns = told.map((cid) => said.get(cid)!).flatMap(({ tab, turn }) => (tab === number ? [turn] : []))
    expect(turns).toEqual(turns.toSorted((a, b) => a - b))
  }
}

/** The cid of a text, whatever it was changed to; empty for notices. */
function cidOf(words: string): string {
  const [, place] = /^w(\d+x\d+)/.exec(words) ?? []
  return place === undefined ? '' : `t${place}`
}

/** The part of a browser's localStorage that the outbox uses; it outlives the page. */
class MemoryStorage {
  #entries = new Map<string, string>()
  get length(): number {
    return this.#entries.size
  }
  key = (index: number): string | null => [...this.#entries.keys()][index] ?? null
  getItem = (key: string): string | null => this.#entries.get(key) ?? null
  setItem = (key: string, value: string): void => void this.#entries.set(key, value)
  removeItem = (key: string): void => void this.#entries.delete(key)
}
