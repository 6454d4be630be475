// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { createHosts } from '../../src/core'

test('an address the machine has lost is a stranger at once, however often it was asked for', () => {
  let addresses: readonly string[] = ['192.168.1.9']
  const hosts = createHosts({ names: ['pichat.local'], addresses: () => addresses })
  expect(['192.168.1.9:8000', '192.168.1.9:8000', 'PiChat.local', 'localhost'].map(hosts.accepts)).toEqual([true, true, true, true])
  expect(hosts.accepts('192.168.1.10:8000')).toBe(false)
  addresses = ['192.168.1.10']
  expect(['192.168.1.9:8000', '192.168.1.10:8000', 'pichat.local', 'evil.example'].map(hosts.accepts)).toEqual([false, true, true, false])
})
