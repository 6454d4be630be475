// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { createDiscovery, probe, readHealth, roomForUploads, spaceOf } from '../../src/appliance'
import { fromKernelTables, lookForAddresses } from '../../src/appliance/discovery'
import { createLog, manualClock } from '../../src/core'

const GiB = 1024 ** 3
const silent = createLog({ level: 'silent' })

describe('the addresses of the machine', () => {
  test("are read from the kernel's tables where netlink is refused", async () => {
    const tables: Record<string, string> = {
      '/proc/self/net/fib_trie':
        'Local:\n  |-- 192.168.1.0\n     /24 link UNICAST\n  |-- 192.168.1.20\n     /32 host LOCAL\n  |-- 192.168.1.255\n     /32 link BROADCAST\n',
      '/proc/self/net/if_inet6': 'fd000000000000000000000000000002 04 40 00 82     eth0\n',
    }
    expect(await fromKernelTables(async (path) => tables[path] ?? '')).toEqual(['192.168.1.20', 'fd00::2'])
  })

  test('leave out loopback and put link-local last', async () => {
    const addresses = await lookForAddresses()
    expect(addresses.filter((address) => address.startsWith('127.') || address === '::1')).toEqual([])
    const local = addresses.findIndex((address) => address.startsWith('fe80:'))
    if (local >= 0)
      expect(addresses.slice(local).every((address) => address.startsWith('fe80:') || address.startsWith('169.254.'))).toBe(true)
  })

  test('follow the router within 30 seconds, and survive a cable that is out', async () => {
    const clock = manualClock()
    let network: string[] = ['192.168.1.20']
    const discovery = await createDiscovery({ clock, log: silent, every: 30_000, look: async () => network })
    expect(discovery.addresses()).toEqual(['192.168.1.20'])
    network = ['192.168.1.77']
    await clock.advance(30_000)
    await discovery.refresh()
    expect(discovery.addresses()).toEqual(['192.168.1.77'])
    network = []
    await discovery.refresh()
    expect(discovery.addresses()).toEqual(['192.168.1.77'])
    discovery.stop()
  })

  test('a look that fails leaves the last one standing', async () => {
    let look = async (): Promise<string[]> => ['10.0.0.2']
    const discovery = await createDiscovery({ clock: manualClock(), log: silent, every: 30_000, look: () => look() })
    look = () => Promise.reject(new Error('no network'))
    await discovery.refresh()
    expect(discovery.addresses()).toEqual(['10.0.0.2'])
    expect(discovery.names()).toContain('pichat.local')
  })
})

describe('the health of the machine', () => {
  test('is told in bytes and seconds that can be true', async () => {
    const { disk, memory, uptime, load } = await readHealth(tmpdir())
    expect(disk.free).toBeGreaterThan(0)
    expect(disk.free).toBeLessThanOrEqual(disk.total)
    expect(memory.available).toBeGreaterThan(0)
    expect(memory.available).toBeLessThanOrEqual(memory.total)
    expect(memory.ofPichat).toBeGreaterThan(1024 ** 2)
    expect(uptime.machine).toBeGreaterThanOrEqual(uptime.pichat)
    expect(load).toBeGreaterThanOrEqual(0)
    expect(await spaceOf(tmpdir())).toMatchObject({ total: disk.total })
  })

  const rooms: [what: string, total: number, free: number, room: number][] = [
    ['a large disk keeps five percent', 1000 * GiB, 60 * GiB, 10 * GiB],
    ['a small card keeps half a gigabyte', 8 * GiB, 2 * GiB, 1.5 * GiB],
    ['a full one takes nothing', 8 * GiB, 0.1 * GiB, 0],
  ]
  test.each(rooms)('%s', (_, total, free, room) => {
    expect(roomForUploads({ total, free }, { reservePercent: 5, reserveBytes: 0.5 * GiB })).toBeCloseTo(room, 0)
  })
})

describe('the probe', () => {
  test('asks the door, wherever it is bound, and says what it heard', async () => {
    let word = 'bien'
    await using server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response(word, { status: word === 'bien' ? 200 : 503 }),
    })
    const port = server.port ?? 0
    expect(await probe({ host: '0.0.0.0', port })).toMatchObject({ well: true, answer: 'bien' })
    word = 'mal'
    expect(await probe({ host: '127.0.0.1', port })).toMatchObject({ well: false, answer: 'mal' })
    await server.stop(true)
    expect((await probe({ host: '127.0.0.1', port })).well).toBe(false)
  })
})
