// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { createHosts, newId, newReference } from '../../src/core'

test('an address the machine has lost is a stranger at once, however often it was asked for', () => {
  let addresses: readonly string[] = ['192.168.1.9']
  const hosts = createHosts({ names: ['pichat.local'], addresses: () => addresses })
  expect(['192.168.1.9:8000', '192.168.1.9:8000', 'PiChat.local', 'localhost'].map(hosts.accepts)).toEqual([true, true, true, true])
  expect(hosts.accepts('192.168.1.10:8000')).toBe(false)
  addresses = ['192.168.1.10']
  expect(['192.168.1.9:8000', '192.168.1.10:8000', 'pichat.local', 'evil.example'].map(hosts.accepts)).toEqual([false, true, true, false])
})

test('names drawn ahead are used once each', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? newReference() : newId()))
  expect(ids.every((id, i) => new RegExp(`^[0-9a-v]{${i % 3 === 0 ? 8 : 16}}$`).test(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
})
