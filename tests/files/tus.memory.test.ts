// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { openDrop } from './drop'
import { begin, patchHead, tus } from './tus'

const MiB = 1024 * 1024

test('200 requests that meet a stalled upload cost no memory', async () => {
  await using drop = await openDrop()
  const path = await begin(drop, MiB)
  const stalled = connect(drop.port, '127.0.0.1')
  stalled.on('error', () => undefined)
  stalled.write(`${patchHead(drop, path, 0, MiB)}abc`)
  Bun.gc(true)
  const before = process.memoryUsage.rss()
  const answers = await Promise.all(Array.from({ length: 200 }, () => tus(drop, 'HEAD', path)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  Bun.gc(true)
  expect(process.memoryUsage.rss() - before).toBeLessThan(30 * MiB)
  stalled.destroy()
})
