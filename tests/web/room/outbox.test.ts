// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { manualClock } from '../../../src/core'
import type { ClientFrame } from '../../../src/rooms/protocol'
import { createOutbox, memoryShelf, type Shelf, storedShelf } from '../../../web/elements/room/outbox'

class FakeStorage {
  entries = new Map<string, string>()
  get length() {
    return this.entries.size
  }
  key = (index: number) => [...this.entries.keys()][index] ?? null
  getItem = (key: string) => this.entries.get(key) ?? null
  setItem = (key: string, value: string) => void this.entries.set(key, value)
  removeItem = (key: string) => void this.entries.delete(key)
}

function setUp({ shelf = memoryShelf() }: { shelf?: Shelf } = {}) {
  const clock = manualClock()
  const sent: string[] = []
  const answers: (string | undefined)[] = []
  const changed: string[] = []
  let stuck = 0
  const outbox = createOutbox({
    shelf,
    timers: clock,
    send(frame: ClientFrame) {
      if (frame.t === 'decir') {
        sent.push(`${frame.cid}:${frame.texto}`)
        answers.push(frame.respuestaA)
      }
      return true
    },
    changed: (cid) => changed.push(cid),
    stuck: () => stuck++,
  })
  const say = (...cids: string[]) => {
    for (const cid of cids) outbox.add({ cid, texto: `text of ${cid}`, at: clock.now() })
  }
  return { clock, outbox, sent, answers, changed, say, cids: () => outbox.all.map(({ cid }) => cid), stuck: () => stuck }
}

describe('what was written', () => {
  test('waits for the connection, then goes in its order, one after the other', () => {
    const { outbox, sent, say, cids } = setUp()
    say('a', 'b', 'c')
    expect(sent).toEqual([])
    outbox.opened()
    expect(sent).toEqual(['a:text of a'])
    outbox.acknowledged('a')
    outbox.acknowledged('b')
    expect(sent).toEqual(['a:text of a', 'b:text of b', 'c:text of c'])
    expect(cids()).toEqual(['c'])
  })

  test('says that it has to wait its turn, when that is more than a moment, and is sent when it comes', async () => {
    const { clock, outbox, sent, say, changed } = setUp()
    outbox.opened()
    say('a')
    outbox.refused({ t: 'no', cid: 'a', error: 'throttled', message: 'Demasiado rápido.', espera: 1 })
    expect(outbox.find('a')?.held).toBeUndefined()
    await clock.advance(1_000)
    changed.length = 0
    outbox.refused({ t: 'no', cid: 'a', error: 'throttled', message: 'Esta sala va despacio.', espera: 60 })
    expect(outbox.find('a')?.held).toBe(true)
    expect(changed).toEqual(['a'])
    await clock.advance(60_000)
    expect(sent).toHaveLength(3)
  })

  test('is sent again with the same id after a break, and only what was not acknowledged', () => {
    const { outbox, sent, say } = setUp()
    outbox.opened()
    say('a', 'b')
    outbox.acknowledged('a')
    outbox.closed()
    outbox.opened()
    expect(sent).toEqual(['a:text of a', 'b:text of b', 'b:text of b'])
  })

  test('waits when it was too fast, and nothing passes it', async () => {
    const { clock, outbox, sent, say, cids } = setUp()
    outbox.opened()
    say('a', 'b')
    outbox.refused({ t: 'no', cid: 'a', error: 'throttled', message: 'Demasiado rápido.', espera: 3 })
    await clock.advance(2_900)
    expect(sent).toHaveLength(1)
    await clock.advance(200)
    expect(sent).toEqual(['a:text of a', 'a:text of a'])
    expect(cids()).toEqual(['a', 'b'])
  })

  test('says why it was refused, lets the others pass, and goes again only when asked', () => {
    const { outbox, sent, say, changed } = setUp()
    outbox.opened()
    say('a', 'b')
    outbox.refused({ t: 'no', cid: 'a', error: 'full', message: 'No hay espacio.' })
    expect(outbox.find('a')?.refused).toBe('No hay espacio.')
    expect(sent.at(-1)).toBe('b:text of b')
    outbox.acknowledged('b')
    outbox.closed()
    outbox.opened()
    expect(sent).toHaveLength(2)
    outbox.retry('a')
    expect(sent.at(-1)).toBe('a:text of a')
    expect(changed).toEqual(['a', 'b', 'a', 'a'])
  })

  test('an answer to what is gone meanwhile goes without its quote, and keeps none of its words', () => {
    const storage = new FakeStorage()
    const { outbox, changed, answers } = setUp({ shelf: storedShelf(storage, 'pichat:salida:room1:beto') })
    const answered = { id: '7', name: 'Ana', line: 'un secreto' }
    outbox.add({ cid: 'a', texto: 'sí', at: 1, answered })
    outbox.add({ cid: 'b', texto: 'no', at: 2, answered: { ...answered, id: '8' } })
    outbox.unquote('7')
    expect(changed).toEqual(['a', 'b', 'a'])
    expect(storage.getItem('pichat:salida:room1:beto:a')).not.toContain('secreto')
    expect(storage.getItem('pichat:salida:room1:beto:b')).toContain('secreto')
    outbox.opened()
    outbox.acknowledged('a')
    // Nobody told this page that the other one went.
    outbox.refused({ t: 'no', cid: 'b', error: 'invalid', message: 'Ese mensaje ya no existe.' })
    expect(outbox.find('b')).toEqual({ cid: 'b', texto: 'no', at: 2, refused: 'Ese mensaje ya no existe.' })
    outbox.retry('b')
    expect(answers).toEqual([undefined, '8', undefined])
  })

  test('is gone when the person gives it up', () => {
    const { outbox, say, cids, sent } = setUp()
    say('a', 'b')
    outbox.discard('a')
    outbox.opened()
    expect(cids()).toEqual(['b'])
    expect(sent).toEqual(['b:text of b'])
  })

  test('without an answer for 15 s the connection is doubted', async () => {
    const { clock, outbox, say, stuck } = setUp()
    outbox.opened()
    say('a')
    await clock.advance(15_100)
    expect(stuck()).toBe(1)
  })

  test('a refusal of something else changes nothing', () => {
    const { outbox, say, cids, changed } = setUp()
    say('a')
    outbox.refused({ t: 'no', error: 'invalid', message: '?' })
    outbox.refused({ t: 'no', cid: 'zzz', error: 'invalid', message: '?' })
    expect(cids()).toEqual(['a'])
    expect(changed).toEqual(['a'])
  })
})

describe('in a kept room', () => {
  const name = 'pichat:salida:room1:beto'

  test('it survives a reload, in its order, and is gone once acknowledged', () => {
    const storage = new FakeStorage()
    setUp({ shelf: storedShelf(storage, name) }).say('c', 'a', 'b')
    const { outbox, sent, cids } = setUp({ shelf: storedShelf(storage, name) })
    expect(cids()).toEqual(['c', 'a', 'b'])
    outbox.opened()
    for (const cid of ['c', 'a', 'b']) outbox.acknowledged(cid)
    expect(sent).toEqual(['c:text of c', 'a:text of a', 'b:text of b'])
    expect(storage.length).toBe(0)
  })

  test('a refusal survives a reload too', () => {
    const storage = new FakeStorage()
    const before = setUp({ shelf: storedShelf(storage, name) })
    before.outbox.opened()
    before.say('a')
    before.outbox.refused({ t: 'no', cid: 'a', error: 'full', message: 'No hay espacio.' })
    const { outbox, sent } = setUp({ shelf: storedShelf(storage, name) })
    outbox.opened()
    expect(sent).toEqual([])
    expect(outbox.find('a')?.refused).toBe('No hay espacio.')
  })

  test('two tabs do not write over each other, and other people and rooms stay apart', () => {
    const storage = new FakeStorage()
    setUp({ shelf: storedShelf(storage, name) }).say('a')
    setUp({ shelf: storedShelf(storage, name) }).say('b')
    setUp({ shelf: storedShelf(storage, 'pichat:salida:room1:carla') }).say('x')
    setUp({ shelf: storedShelf(storage, 'pichat:salida:room2:beto') }).say('y')
    expect(
      setUp({ shelf: storedShelf(storage, name) })
        .cids()
        .sort(),
    ).toEqual(['a', 'b'])
  })

  test('what lies there broken is passed over', () => {
    const storage = new FakeStorage()
    storage.setItem(`${name}:bad`, '{')
    storage.setItem(`${name}:odd`, '{"cid":5,"texto":[],"at":"x"}')
    storage.setItem(`${name}:nil`, 'null')
    expect(setUp({ shelf: storedShelf(storage, name) }).cids()).toEqual([])
  })

  test('a storage that is full or forbidden costs nothing but the reload', () => {
    const storage = new FakeStorage()
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    const { outbox, sent, say } = setUp({ shelf: storedShelf(storage, name) })
    outbox.opened()
    say('a')
    expect(sent).toEqual(['a:text of a'])
  })
})
