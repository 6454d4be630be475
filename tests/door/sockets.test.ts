// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the composed app does with frames that break the protocol or its limits; on a socket of the tests' own, so that the settings are judged
// and not a room.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { frameBytes, openRawSocket } from '../support/frames'
import { type OpenHouse, openHouse } from '../support/house'
import { seededRandom } from '../support/payloads'

let house: OpenHouse
let origin: string
let heard = 0

beforeAll(async () => {
  house = await openHouse()
  house.elysia.ws('/test-socket', {
    message(socket, message) {
      heard++
      socket.send(typeof message === 'string' ? message : JSON.stringify(message))
    },
  })
  origin = house.listen().origin
})
afterAll(() => house[Symbol.asyncDispose]())

const alive = async () => expect((await fetch(`${origin}/salud`)).status).toBe(200)

describe('the socket is closed', () => {
  test.each<[string, Uint8Array, number]>([
    ['for a frame without mask', frameBytes({ opcode: 1, payload: 'a', masked: false }), 1002],
    ['for reserved bits', frameBytes({ opcode: 1, payload: 'a', reserved: 3 }), 1002],
    ['for a packed frame that nobody agreed on', frameBytes({ opcode: 1, payload: 'a', reserved: 4 }), 1002],
    ['for an unknown data frame', frameBytes({ opcode: 3, payload: 'a' }), 1002],
    ['for an unknown control frame', frameBytes({ opcode: 11 }), 1002],
    ['for a ping in parts', frameBytes({ opcode: 9, payload: 'a', fin: false }), 1002],
    ['for a ping of 126 bytes', frameBytes({ opcode: 9, payload: 'a'.repeat(126) }), 1002],
    ['for a continuation of nothing', frameBytes({ opcode: 0, payload: 'a' }), 1002],
    [
      'for a new message within one',
      Buffer.concat([frameBytes({ opcode: 1, payload: 'a', fin: false }), frameBytes({ opcode: 1, payload: 'b' })]),
      1002,
    ],
    ['for text that is no UTF-8', frameBytes({ opcode: 1, payload: Buffer.from([0xff, 0xfe, 0xc0, 0xaf]) }), 1007],
    ['for 64 KiB and a byte', frameBytes({ opcode: 1, payload: 'a'.repeat(65_537) }), 1009],
    [
      'for 64 KiB and a byte in parts',
      Buffer.concat([
        frameBytes({ opcode: 1, payload: 'a'.repeat(60_000), fin: false }),
        frameBytes({ opcode: 0, payload: 'a'.repeat(6_000) }),
      ]),
      1009,
    ],
    ['for 16 MiB that are only declared', frameBytes({ opcode: 2, declared: 16_777_216n }), 1009],
    ['for 2⁶² bytes that are only declared', frameBytes({ opcode: 1, declared: 2n ** 62n }), 1009],
    ['for a length with the highest bit', frameBytes({ opcode: 1, declared: 2n ** 63n + 1n }), 1009],
  ])('%s', async (_, bytes, code) => {
    const before = heard
    const socket = await openRawSocket(origin, '/test-socket')
    socket.write(bytes)
    expect(await socket.closed()).toBe(code)
    expect(heard).toBe(before)
    await alive()
  })

  test('after a polite goodbye', async () => {
    const socket = await openRawSocket(origin, '/test-socket')
    socket.write(frameBytes({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }))
    expect(await socket.closed()).toBe(1000)
  })
})

test('packing is not offered, so a small frame cannot unfold into a large one', async () => {
  const socket = await openRawSocket(origin, '/test-socket', { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' })
  socket.write(frameBytes({ opcode: 1, payload: Bun.deflateSync(Buffer.alloc(60_000)), reserved: 4 }))
  expect(await socket.closed()).toBe(1002)
})

test('torn frames end their own socket and nothing else', async () => {
  const random = seededRandom('torn frames')
  for (let turn = 0; turn < 60; turn++) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await openRawSocket(origin, '/test-socket')
        for (let frames = 1 + random.integer(4); frames > 0; frames--) {
          const bytes = frameBytes({
            opcode: random.integer(16),
            payload: random.text(random.integer(300)),
            fin: random.integer(4) > 0,
            reserved: random.integer(5) > 0 ? 0 : random.integer(8),
            masked: random.integer(8) > 0,
          })
          if (random.integer(3) === 0) bytes[random.integer(bytes.length)] = random.integer(256)
          socket.write(bytes)
        }
        socket.write(frameBytes({ opcode: 8 }))
        socket.socket.end()
        await socket.closed().finally(() => socket.destroy())
      }),
    )
  }
  await alive()
}, 60_000)
