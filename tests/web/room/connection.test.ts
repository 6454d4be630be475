// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { manualClock } from '../../../src/core'
import type { ServerFrame } from '../../../src/rooms/protocol'
import { createConnection, type Link, type Stop, type Wire } from '../../../web/elements/room/connection'

class FakeWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  sent: { t: string }[] = []
  closed = false
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.closed = true
  }
  opens() {
    this.onopen?.(new Event('open'))
  }
  says(frame: ServerFrame) {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(frame) }))
  }
  closes(code: number) {
    this.onclose?.(Object.assign(new Event('close'), { code }) as CloseEvent)
  }
}

const list: ServerFrame = { t: 'lista', epoca: 'e1', n: 3, quienes: [] }

/** `random` 1: every wait is as long as it may be. */
function setUp({ random = 1, ask }: { random?: number; ask?: () => Promise<Stop | 'moved' | null> } = {}) {
  const clock = manualClock()
  const wires: FakeWire[] = []
  const links: Link[] = []
  const heard: ServerFrame[] = []
  const connection = createConnection({
    open() {
      const wire = new FakeWire()
      wires.push(wire)
      return wire
    },
    timers: clock,
    random: () => random,
    hello: () => ({ t: 'hola', desde: 3 }),
    onFrame: (frame) => heard.push(frame),
    onLink: (link) => links.push(link),
    ...(ask ? { ask } : {}),
  })
  connection.start()
  const last = () => wires.at(-1)!
  const settle = () => {
    last().opens()
    last().says(list)
  }
  return { clock, connection, wires, links, heard, last, settle, is: () => connection.link.is }
}

describe('the socket of a room', () => {
  test('says hola first and is open', () => {
    const { last, is, settle, heard } = setUp()
    expect(is()).toBe('connecting')
    settle()
    expect(last().sent).toEqual([{ t: 'hola', desde: 3 } as { t: string }])
    expect(is()).toBe('open')
    expect(heard).toEqual([list])
  })

  test('comes back after 1006, waiting longer each time, never longer than 10 s', async () => {
    const { clock, wires, last, connection } = setUp()
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      last().closes(1006)
      const { link } = connection
      waits.push(link.is === 'waiting' ? link.until - clock.monotonic() : -1)
      await clock.advance(waits.at(-1)!)
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
    expect(wires).toHaveLength(9)
  })

  test('a success that lasted makes the next wait short again; a socket that is taken and dropped does not', async () => {
    const { clock, last, connection, settle } = setUp()
    const waitOf = () => (connection.link.is === 'waiting' ? connection.link.until - clock.monotonic() : -1)
    settle()
    last().closes(1011)
    expect(waitOf()).toBe(500)
    await clock.advance(500)
    settle()
    last().closes(1011)
    expect(waitOf()).toBe(1_000)
    await clock.advance(1_000)
    settle()
    await clock.advance(6_000)
    last().closes(1012)
    expect(waitOf()).toBe(500)
  })

  test('does not wait when the network or the person is back', async () => {
    const { wires, last, connection, is } = setUp()
    last().closes(1006)
    expect(is()).toBe('waiting')
    connection.now()
    expect(wires).toHaveLength(2)
    expect(is()).toBe('connecting')
  })

  for (const [code, why] of [
    [4401, 'session'],
    [4403, 'removed'],
    [4404, 'closed'],
    [4429, 'limit'],
  ] as const) {
    test(`stops at ${code}: ${why}`, async () => {
      const { clock, wires, last, links, settle } = setUp()
      settle()
      last().closes(code)
      expect(links.at(-1)).toEqual({ is: 'stopped', why })
      await clock.advance(120_000)
      expect(wires).toHaveLength(1)
    })
  }

  test('after too many tabs the person may try again, after a removal not', () => {
    for (const [code, attempts] of [
      [4429, 2],
      [4403, 1],
    ] as const) {
      const { wires, last, connection, settle } = setUp()
      settle()
      last().closes(code)
      connection.now()
      expect(wires).toHaveLength(attempts)
    }
  })

  test('waits half a minute when the server closed because of what this page did', async () => {
    const { clock, wires, last, settle } = setUp({ random: 0 })
    settle()
    last().closes(1008)
    await clock.advance(29_000)
    expect(wires).toHaveLength(1)
    await clock.advance(2_000)
    expect(wires).toHaveLength(2)
  })
})

describe('a socket that is dead and does not know it', () => {
  test('is asked after 25 s of silence and given up 8 s later', async () => {
    const { clock, wires, settle, is } = setUp({ random: 0 })
    settle()
    await clock.advance(25_000)
    expect(wires[0]!.sent).toHaveLength(2)
    expect(is()).toBe('open')
    await clock.advance(7_900)
    expect(wires[0]!.closed).toBe(false)
    await clock.advance(200)
    expect(wires[0]!.closed).toBe(true)
    expect(wires).toHaveLength(2)
  })

  test('any answer is proof of life', async () => {
    const { clock, wires, last, settle, is } = setUp()
    settle()
    for (let i = 0; i < 5; i++) {
      await clock.advance(26_000)
      last().says(list)
    }
    expect(wires).toHaveLength(1)
    expect(is()).toBe('open')
  })

  test('has to prove itself within 4 s when the person comes back to the tab', async () => {
    const { clock, wires, connection, settle } = setUp({ random: 0 })
    settle()
    await clock.advance(10_000)
    connection.now()
    expect(wires[0]!.sent).toHaveLength(2)
    await clock.advance(4_100)
    expect(wires).toHaveLength(2)
  })

  test('has to prove itself at once when the network came or went, however short its silence was', async () => {
    const { clock, wires, connection, settle } = setUp({ random: 0 })
    settle()
    connection.now()
    expect(wires[0]!.sent).toHaveLength(1)
    connection.now({ doubted: true })
    expect(wires[0]!.sent).toHaveLength(2)
    await clock.advance(4_100)
    expect(wires).toHaveLength(2)
  })

  test('one that never opens is given up too', async () => {
    const { clock, wires } = setUp({ random: 0 })
    await clock.advance(10_100)
    expect(wires[0]!.closed).toBe(true)
    expect(wires).toHaveLength(2)
  })

  test('what a given-up socket still says is not heard', async () => {
    const { clock, wires, heard, settle } = setUp({ random: 0 })
    settle()
    await clock.advance(33_100)
    wires[0]!.says(list)
    wires[0]!.closes(4401)
    expect(heard).toHaveLength(1)
  })
})

describe('a socket that is refused at the door', () => {
  test('makes the page ask why, and stops for a reason', async () => {
    const { clock, last, links } = setUp({ ask: async () => 'session' })
    last().closes(1006)
    await clock.advance(500)
    last().closes(1006)
    await clock.advance(0)
    expect(links.at(-1)).toEqual({ is: 'stopped', why: 'session' })
  })

  test('asks at the first refusal once the network or the person is back', async () => {
    let questions = 0
    const ask = async () => (++questions === 2 ? ('session' as const) : null)
    const { clock, connection, last, links } = setUp({ ask })
    last().closes(1006)
    await clock.advance(500)
    last().closes(1006)
    await clock.advance(0)
    expect(questions).toBe(1)
    connection.now()
    last().closes(1006)
    await clock.advance(0)
    expect(links.at(-1)).toEqual({ is: 'stopped', why: 'session' })
  })

  test('waits no longer when it learns that the room is elsewhere now', async () => {
    const { clock, wires, last, settle, is } = setUp({ ask: async () => 'moved' })
    last().closes(1006)
    await clock.advance(500)
    last().closes(1006)
    expect(is()).toBe('waiting')
    await clock.advance(0)
    expect(wires).toHaveLength(3)
    settle()
    expect(is()).toBe('open')
  })

  test('goes on trying when there is no reason, or nobody answers', async () => {
    for (const ask of [async () => null, async () => Promise.reject(new Error('no network'))]) {
      const { clock, wires, last } = setUp({ ask })
      for (let i = 0; i < 6; i++) {
        last().closes(1006)
        await clock.advance(10_000)
      }
      expect(wires).toHaveLength(7)
    }
  })
})

test('a frame is sent only while the socket is open', () => {
  const { connection, settle, last } = setUp()
  expect(connection.send({ t: 'escribiendo' })).toBe(false)
  settle()
  expect(connection.send({ t: 'escribiendo' })).toBe(true)
  last().closes(1006)
  expect(connection.send({ t: 'escribiendo' })).toBe(false)
})

test('leaving the page ends everything', async () => {
  const { clock, connection, wires, last } = setUp()
  last().closes(1006)
  connection.end()
  await clock.advance(60_000)
  expect(wires).toHaveLength(1)
})
