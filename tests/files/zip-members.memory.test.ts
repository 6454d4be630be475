// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { doubtsAbout } from '../../src/files/downloads/zip-members'
import { zip } from './archives'

const MiB = 1024 * 1024

test('what an antivirus will not see is found with flat memory, however much is inside', async () => {
  const member = zip([
    { name: 'a.bin', content: Buffer.alloc(1.5 * MiB) },
    { name: 'b.bin', content: randomBytes(400_000) },
  ])
  const folder = await mkdtemp(join(tmpdir(), 'pichat-swelling-'))
  const path = join(folder, 'documents.zip')
  await writeFile(path, zip(Array.from({ length: 16 }, (_, i) => ({ name: `${i}.docx`, content: member }))))
  // What making the file has left behind goes at its own time: the best of the first rounds against the best of the last.
  const rounds: number[] = []
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 5; i++) await doubtsAbout(path, 32 * MiB)
    Bun.gc(true)
    rounds.push(process.memoryUsage.rss())
  }
  await rm(folder, { recursive: true })
  expect(Math.min(...rounds.slice(3)) - Math.min(...rounds.slice(0, 3))).toBeLessThan(20 * MiB)
})
