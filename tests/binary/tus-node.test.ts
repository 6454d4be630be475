// SPDX-License-Identifier: GPL-3.0-or-later
//
// tus-js-client as it is published, in a Node process of its own, against the executable.
import { describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hopeless, until } from '../support/until'
import { openBox } from './claimed'
import { sha256, shelfOf } from './shelf'

const MiB = 1024 * 1024
const node = Bun.which('node')
if (!node) console.log('      skipped: there is no Node here')

interface Line {
  accepted?: number
  resumed?: boolean
  done?: string
  sha256?: string
  failed?: string
}

function startSender(options: Record<string, unknown>) {
  const child = spawn(node ?? '', [join(import.meta.dir, 'tus-sender.mjs'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  return {
    lines,
    /** Bytes the box said it has. */
    accepted: () => Math.max(0, ...lines().map(({ accepted = 0 }) => accepted)),
    done: () =>
      until(
        'the upload to be done',
        () => {
          const end = lines().find(({ done, failed }) => done !== undefined || failed !== undefined)
          if (!end && child.exitCode !== null) throw new Hopeless('the sender ended without a word')
          return end
        },
        { within: 30_000 },
      ),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe.skipIf(!node)('tus-js-client under Node', () => {
  test('goes on after its own process was killed, and after the box was, until every byte is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pichat-node-'))
    try {
      await using house = await openBox()
      const { box, ana } = house
      const bytes = randomBytes(24 * MiB)
      const path = join(folder, 'película de la obra.mp4')
      await writeFile(path, bytes)
      const common = {
        path,
        endpoint: `${box.origin}/subidas`,
        headers: { cookie: ana.cookie, origin: box.origin },
        memory: join(folder, 'memory.json'),
      }

      const first = startSender(common)
      await until('some pieces', () => first.accepted() > 2 * MiB)
      await first.kill()
      const left = first.accepted()

      const second = startSender(common)
      await until('some more', () => second.accepted() > left + 2 * MiB)
      expect(second.lines()[0]).toEqual({ resumed: true })
      // What the first had sent is not sent again.
      expect(second.lines().find(({ accepted }) => accepted !== undefined)?.accepted).toBeGreaterThan(left)
      await box.restart({ signal: 'SIGKILL' })
      const end = await second.done()
      expect(end).toMatchObject({ sha256: sha256(bytes) })
      const got = await ana.get(end.done ?? '')
      expect(sha256(await got.bytes())).toBe(sha256(bytes))
      expect((await shelfOf(box)).unfinished).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)

  test('sends the bytes along with the announcement, whole or in part', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pichat-node-'))
    try {
      await using house = await openBox()
      const bytes = randomBytes(MiB + 7)
      const path = join(folder, 'a.bin')
      await writeFile(path, bytes)
      const common = { path, endpoint: `${house.box.origin}/subidas`, headers: { cookie: house.ana.cookie, origin: house.box.origin } }
      for (const options of [
        { uploadDataDuringCreation: true },
        { uploadDataDuringCreation: true, chunkSize: 2 * MiB },
        { chunkSize: 2 * MiB },
      ]) {
        expect(await startSender({ ...common, ...options }).done()).toMatchObject({ sha256: sha256(bytes) })
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
