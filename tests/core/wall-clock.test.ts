// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { onTheWall } from '../../src/core'

// Every 31st hour of four years, so that both changes of summer time are among them, and the second around one of them.
const hour = 3_600_000
const changes = [Date.UTC(2026, 2, 29, 1) - 1, Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1) - 1, Date.UTC(2026, 9, 25, 1)]
const moments = [...Array.from({ length: 1_130 }, (_, i) => Date.UTC(2025, 0, 1, 0, 30) + i * 31 * hour), ...changes]

describe('the C library and ICU agree on the clock of', () => {
  const zones = ['Europe/Madrid', 'America/Bogota', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham', 'Etc/UTC']
  const installed = zones.filter((zone) => existsSync(join('/usr/share/zoneinfo', zone)))
  if (installed.length < zones.length)
    console.log(`Without zone files of ${zones.filter((zone) => !installed.includes(zone))}: not compared.`)

  test.each(installed)('%s', async (zone) => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, 'wall-clock-zone.ts')], {
      env: { ...process.env, TZ: zone },
      stdin: Buffer.from(JSON.stringify(moments)),
      stdout: 'pipe',
    })
    const said: [number, number][] = await new Response(child.stdout).json()
    expect(said).toHaveLength(moments.length)
    expect(said.filter(([library, icu]) => library !== icu)).toEqual([])
  })
})

test('what hangs on the wall has the parts of a local date', () => {
  for (const at of moments) {
    const [wall, date] = [onTheWall(at), new Date(at)]
    expect([
      wall.getUTCFullYear(),
      wall.getUTCMonth(),
      wall.getUTCDate(),
      wall.getUTCDay(),
      wall.getUTCHours(),
      wall.getUTCMinutes(),
    ]).toEqual([date.getFullYear(), date.getMonth(), date.getDate(), date.getDay(), date.getHours(), date.getMinutes()])
  }
})
