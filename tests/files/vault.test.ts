// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedSync } from '../../src/files/vault/vault'

test('a shared sync of names begins after whoever asked for it, fails for those alone who shared it, and goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-names-'))
  try {
    const sync = sharedSync(folder)
    const first = sync()
    await Promise.resolve()
    // The first is under way: what came since must not count as synced by it.
    const [second, third] = [sync(), sync()]
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    await Promise.all([first, second])
    await rm(folder, { recursive: true })
    await expect(sync()).rejects.toThrow('ENOENT')
    await Bun.write(join(folder, 'again'), '')
    await sync()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
