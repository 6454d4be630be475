// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { askSocket, askTime } from '../../web/self-test/probes'

const address = new URL('ws://pichat.local/diagnostico/eco')
type Opened = NonNullable<Parameters<typeof askSocket>[1]>['open']
type Opening = NonNullable<ReturnType<NonNullable<Opened>>>

describe('the socket of the self-test', () => {
  test('is timed by the quickest of five rounds', async () => {
    const took = [90, 12.4, 14, 13, 12.6]
    let clock = 0
    const open: Opened = () => {
      const socket: Opening = {
        onopen: null,
        onmessage: null,
        onclose: null,
        send(text) {
          clock += took[Number(text)] ?? 0
          queueMicrotask(() => socket.onmessage?.(new MessageEvent('message', { data: text })))
        },
        close() {},
      }
      queueMicrotask(() => socket.onopen?.(new Event('open')))
      return socket
    }
    expect(await askSocket(address, { open, now: () => clock })).toEqual({ end: 'ok', n: 12 })
  })

  test('that is closed at the door is cut', async () => {
    const open: Opened = () => {
      const socket: Opening = { onopen: null, onmessage: null, onclose: null, send() {}, close() {} }
      queueMicrotask(() => socket.onclose?.(new CloseEvent('close', { code: 1006 })))
      return socket
    }
    expect(await askSocket(address, { open })).toEqual({ end: 'cut' })
  })

  test('that does not exist is of an old browser', async () => {
    expect(await askSocket(address, { open: () => null })).toEqual({ end: 'old' })
  })
})

describe('the clocks', () => {
  test('agree within a minute', () => {
    expect(askTime(1_000_000, 1_059_000)).toEqual({ end: 'ok' })
    expect(askTime(1_059_000, 1_000_000)).toEqual({ end: 'ok' })
    expect(askTime(Number.NaN, 1_000_000)).toEqual({ end: 'ok' })
  })

  test('are so many minutes apart, this one ahead or behind', () => {
    expect(askTime(1_000_000, 1_060_000)).toEqual({ end: 'aheadOne', n: 1 })
    expect(askTime(1_000_000, 1_240_000)).toEqual({ end: 'aheadOther', n: 4 })
    expect(askTime(4_600_000, 1_000_000)).toEqual({ end: 'behindOther', n: 60 })
  })
})
