// SPDX-License-Identifier: GPL-3.0-or-later
//
// A whole school comes back at once: three hundred tabs on the product's own waits, which have grown while the box was away.
import { expect, test } from 'bun:test'
import { memoryShelf } from '../../web/elements/room/outbox'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { createRoom, joinRoom, openBox } from './claimed'
import { createTab, fetchPage } from './tab'

const tabsPerPerson = 30
/** Failed attempts of every tab before the box is there again: by then they would wait up to 16 s, were 10 s not the longest. */
const failures = 5
const within = 15_000

test('three hundred tabs are back 15 s after a restart, and what each wrote meanwhile is there once', async () => {
  const random = seededRandom('return')
  await using house = await openBox({
    env: { PICHAT_SOCKETS_PER_PERSON: '50', PICHAT_SOCKETS_PER_ADDRESS: '400', PICHAT_PAGE_MESSAGES: '500' },
  })
  const { box, ana } = house
  const people = [ana]
  for (const name of ['beto', 'carla', 'dario', 'elena', 'fabio', 'gloria', 'hugo', 'irene', 'jorge']) {
    people.push(await house.person(name, 'cliente'))
  }
  const code = await createRoom(ana, 'guardada')
  for (const person of people.slice(1)) await joinRoom(person, code)
  const tabs = people.flatMap((person) =>
    Array.from({ length: tabsPerPerson }, () => createTab({ person, code, random, shelf: memoryShelf, haste: 1, orderly: true })),
  )
  const level = () => tabs.every(({ life: { connection, log } }) => connection.link.is === 'open' && log.level)
  try {
    await Promise.all(tabs.map((tab) => tab.load()))
    await until('that everybody is there', level)
    const before = tabs.map(({ life }) => life.attempts)
    await box.kill('SIGKILL')
    for (const [number, tab] of tabs.entries()) tab.say(`c${number}`, `w${number}`)
    await until('that everybody has tried in vain', () => tabs.every(({ life }, at) => life.attempts >= before[at]! + failures), {
      within: 40_000,
    })
    await box.start()
    const up = performance.now()
    await until('that everybody is back', level, { within })
    console.log(`      ${tabs.length} tabs were back ${((performance.now() - up) / 1000).toFixed(1)} s after the box`)

    await until('that everybody has sent everything', () => tabs.every(({ life }) => life.outbox.all.length === 0))
    const { n, gists } = await fetchPage(ana, code)
    await until('that everybody has heard everything', () => tabs.every(({ life: { log } }) => log.level && log.n === n))
    const words = gists.map(({ words }) => words).filter((word) => word.startsWith('w'))
    expect(words.toSorted()).toEqual(tabs.map((_, number) => `w${number}`).toSorted())
    for (const { life, trouble } of tabs) {
      expect(trouble).toEqual([])
      expect(life.shown.map((gist) => gist?.id)).toEqual(gists.map(({ id }) => id))
    }
  } finally {
    for (const tab of tabs) tab.end()
  }
}, 90_000)
