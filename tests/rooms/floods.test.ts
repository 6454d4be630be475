// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { systemClock } from '../../src/core'
import { frameBytes, openRawSocket } from '../support/frames'
import { until } from '../support/until'
import { type Frame, isTold, messages, openRooms, roomOf, sayMuch, sitDown } from './house'

describe('somebody who sends too fast', () => {
  test('is held to the burst, is told how long to wait, and may go on after it', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    for (let i = 0; i < 60; i++) line.send({ t: 'decir', cid: `c${i}`, texto: `m${i}` })
    await until('sixty answers', () => line.frames.filter(({ t }) => t === 'ok' || t === 'no').length === 60)
    expect(line.frames.filter(({ t }) => t === 'ok')).toHaveLength(40)
    expect(line.frames.find(({ t }) => t === 'no')).toMatchObject({ error: 'throttled', cid: 'c40', espera: 1 })
    await house.clock.advance(1_000)
    line.send({ t: 'decir', cid: 'c40', texto: 'm40' })
    await line.next((frame) => frame.t === 'ok' && frame.cid === 'c40')
  })

  test('shares the limit between socket and form', async () => {
    await using house = await openRooms({ limits: { messageBurst: 2 } })
    const code = await roomOf(house, [])
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await house.ana.post(`/salas/${code}/mensajes`, { texto: `m${i}` })).status)
    expect(statuses).toEqual([303, 303, 429])
  })

  test('and does not stop is closed with 1008, and nobody else notices', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const flood = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    for (let i = 0; i < 1_000; i++) flood.send({ t: 'decir', cid: `c${i}`, texto: `m${i}` })
    expect((await flood.closed).code).toBe(1008)
    await until('the burst', () => messages(beto).length === 40)
    beto.send({ t: 'decir', cid: 'x', texto: 'sigo aquí' })
    await beto.next((frame) => frame.t === 'ok' && frame.cid === 'x')
    expect(house.journalText()).toContain('socket.flood')
  })

  test('for as long as it takes is closed too, though one in fifty is taken', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const flood = await sitDown(house.ana, code)
    let closed = 0
    void flood.closed.then(({ code }) => {
      closed = code
    })
    let sent = 0
    for (let tick = 0; tick < 40 && !closed; tick++) {
      for (let i = 0; i < 50; i++) flood.send({ t: 'decir', cid: `c${sent++}`, texto: 'otra vez' })
      await until('the answers', () => closed || flood.frames.filter(({ t }) => t === 'ok' || t === 'no').length >= sent)
      await house.clock.advance(50)
    }
    expect(closed).toBe(1008)
  })

  test('a little and waits when told is never closed', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    let sent = 0
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 40; i++) line.send({ t: 'decir', cid: `c${sent++}`, texto: 'mucho' })
      await until('the answers', () => line.frames.filter(({ t }) => t === 'ok' || t === 'no').length >= sent)
      await house.clock.advance(1_000)
    }
    expect(line.frames.filter(({ t }) => t === 'ok').length).toBeGreaterThanOrEqual(60 * 20)
  })

  test.each([
    ['typing', { t: 'escribiendo' }],
    ['read marks', { t: 'visto', n: 1 }],
    ['replays', { t: 'hola', desde: 0 }],
  ])('of %s is closed as well', async (_, frame) => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    for (let i = 0; i < 2_000; i++) line.send(frame)
    expect((await line.closed).code).toBe(1008)
  })

  test('where there is no limit, there is none', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [], { historial: 'efimera' })
    const line = await sitDown(house.ana, code)
    for (let i = 0; i < 500; i++) line.send({ t: 'decir', cid: `c${i}`, texto: `m${i}` })
    await until('500 acknowledgements', () => line.frames.filter(({ t }) => t === 'ok').length === 500)
  })
})

const garbage: [string, string][] = [
  ['no JSON', 'hola'],
  ['half of it', '{"t":"decir","cid":"x"'],
  ['a number', '42'],
  ['null', 'null'],
  ['a list', '[{"t":"hola"}]'],
  ['no type', '{"cid":"x"}'],
  ['a type of another kind', '{"t":{"t":"hola"}}'],
  ['an unknown type', '{"t":"reiniciar"}'],
  ['the type of a server frame', '{"t":"cambio","n":1,"op":"poner","id":"1","html":"<b>"}'],
  ['the type that every object has', '{"t":"constructor"}'],
  ['a further field', '{"t":"escribiendo","quien":"otro"}'],
  ['a prototype', '{"t":"decir","cid":"x","texto":"a","__proto__":{"role":"administrator"}}'],
  ['a cid with signs', '{"t":"decir","cid":"<x>","texto":"a"}'],
  ['no cid', '{"t":"decir","texto":"a"}'],
  ['a text that is none', '{"t":"decir","cid":"x","texto":["a"]}'],
  ['a number as a text', '{"t":"visto","n":"7"}'],
  ['a negative number as a text', '{"t":"hola","desde":"-1"}'],
  ['a number that no room will have', '{"t":"hola","desde":1e300}'],
  ['a negative number', '{"t":"visto","n":-1}'],
  ['a broken number', '{"t":"visto","n":1.5}'],
  ['an endless number', '{"t":"visto","n":1e999}'],
  ['depth', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
]

describe('a frame that is', () => {
  test.each(garbage)('%s is refused, and the conversation goes on', async (_, frame) => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    line.socket.send(frame)
    expect(await line.next(({ t }) => t === 'no')).toMatchObject({ error: 'invalid' })
    line.send({ t: 'decir', cid: 'despues', texto: 'sigo' })
    await line.next((answer) => isTold(answer) && answer.cid === 'despues')
  })

  test('binary is refused', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    line.socket.send(new Uint8Array([0, 159, 146, 150]))
    expect(await line.next(({ t }) => t === 'no')).toMatchObject({ error: 'invalid' })
  })

  test('unreadable ten times in a row ends the socket', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    for (let i = 0; i < 20; i++) line.socket.send('{')
    expect((await line.closed).code).toBe(1008)
  })
})

const violations: [string, Buffer, number[]][] = [
  ['longer than 64 KiB', frameBytes({ opcode: 1, payload: 'x'.repeat(65_537) }), [1009, 1006]],
  ['16 MiB by its head', frameBytes({ opcode: 1, payload: 'x', declared: 16_777_216n }), [1009, 1006]],
  ['2⁶² by its head', frameBytes({ opcode: 1, payload: 'x', declared: 4_611_686_018_427_387_904n }), [1009, 1006]],
  ['unmasked', frameBytes({ opcode: 1, payload: '{}', masked: false }), [1002, 1006]],
  ['with reserved bits', frameBytes({ opcode: 1, payload: '{}', reserved: 4 }), [1002, 1006]],
  ['of an unknown kind', frameBytes({ opcode: 3, payload: '{}' }), [1002, 1006]],
  ['a ping in pieces', frameBytes({ opcode: 9, payload: 'x', fin: false }), [1002, 1006]],
  ['a ping of 200 bytes', frameBytes({ opcode: 9, payload: 'x'.repeat(200) }), [1002, 1006]],
  ['a continuation of nothing', frameBytes({ opcode: 0, payload: 'x' }), [1002, 1006]],
  ['broken UTF-8', frameBytes({ opcode: 1, payload: new Uint8Array([0xc3, 0x28]) }), [1007, 1006]],
]

test.each(violations)('a frame %s ends its socket and no other', async (_, bytes, codes) => {
  await using house = await openRooms()
  const code = await roomOf(house, [house.beto])
  const beto = await sitDown(house.beto, code)
  const raw = await openRawSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.ana.cookie })
  raw.write(bytes)
  expect(codes).toContain(await raw.closed())
  beto.send({ t: 'decir', cid: 'x', texto: 'sigo' })
  await beto.next((frame) => frame.t === 'ok')
})

test('a reader that never reads is closed at the backlog; the others hear everything', async () => {
  await using house = await openRooms({ clock: systemClock(), limits: { messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const ana = await sitDown(house.ana, code)
  const deaf = await openRawSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie })
  await until('two sockets', () => house.rooms.counts.sockets === 2)
  deaf.pause()
  const before = process.memoryUsage().rss
  let sent = 0
  // 20 KB each; what the kernel takes for a reader that does not read is some megabytes.
  await until(
    'the deaf one to be closed',
    async () => {
      for (let i = 0; i < 20; i++) ana.send({ t: 'decir', cid: `c${sent}`, texto: `${sent++} ${'&'.repeat(3_900)}` })
      await until('the answers', () => ana.frames.filter(({ t }) => t === 'ok').length === sent)
      return house.rooms.counts.sockets === 1
    },
    { within: 20_000 },
  )
  expect(messages(ana)).toHaveLength(sent)
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
  deaf.destroy()
}, 30_000)

describe('a handler that throws', () => {
  test.each(['open', 'message', 'close'] as const)('in %s ends its own socket; the process and the others go on', async (place) => {
    let armed = false
    await using house = await openRooms({
      fault: (at) => {
        if (armed && at === place) {
          armed = false
          throw new Error(`fault in ${at}`)
        }
      },
    })
    const code = await roomOf(house, [house.beto])
    const beto = await sitDown(house.beto, code)
    const ana = place === 'open' ? null : await sitDown(house.ana, code)
    armed = true
    if (place === 'open') {
      const fresh = await house.ana.socket<Frame>(`/salas/${code}/vivo`)
      expect((await fresh.closed).code).toBe(1011)
    } else if (place === 'message') {
      ana?.send({ t: 'escribiendo' })
      expect((await ana?.closed)?.code).toBe(1011)
    } else {
      ana?.close()
      await until('the fault', () => !armed)
    }
    await until('one error line', () => house.journalText().split('socket.failed').length === 2)
    await until('one socket', () => house.rooms.counts.sockets === 1)
    beto.send({ t: 'decir', cid: 'x', texto: 'sigo' })
    await beto.next((frame) => frame.t === 'ok')
  })

  test('in drain ends the slow reader that is being helped', async () => {
    let armed = false
    await using house = await openRooms({
      limits: { messagesPerSecond: 0 },
      fault: (at) => {
        if (armed && at === 'drain') throw new Error('fault in drain')
      },
    })
    const code = await roomOf(house, [house.beto])
    const ana = await sitDown(house.ana, code)
    await sayMuch(ana, 400)
    const slow = await openRawSocket(house.door.origin, `/salas/${code}/vivo`, { Cookie: house.beto.cookie })
    armed = true
    slow.pause()
    slow.write(frameBytes({ opcode: 1, payload: '{"t":"hola","desde":0}' }))
    ana.send({ t: 'decir', cid: 'x', texto: 'sigo' })
    await ana.next((frame) => frame.t === 'ok' && frame.cid === 'x')
    slow.resume()
    // The code stands behind what was still waiting to be read, if it got through at all.
    expect([1011, 1006]).toContain(await slow.closed())
    expect(house.journalText()).toContain('fault in drain')
    await until('one socket', () => house.rooms.counts.sockets === 1)
  })
})
