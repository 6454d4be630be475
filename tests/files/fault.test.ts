// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { seededRandom } from '../support/payloads'
import { paced } from '../support/until'
import { openDrop } from './drop'

const kills = 12
const KiB = 1024

describe('kill -9 while files come in', () => {
  test('leaves no row without its whole file, no part, and everything that was acknowledged', async () => {
    const random = seededRandom('kills')
    const data = await mkdtemp(join(tmpdir(), 'pichat-kill-'))
    const acknowledged = new Map<string, string>()
    try {
      for (let i = 0; i < kills; i++) {
        const child = Bun.spawn([process.execPath, resolve(import.meta.dir, 'drop-child.ts'), data], { stdout: 'pipe', stderr: 'ignore' })
        const port = Number(new TextDecoder().decode((await child.stdout.getReader().read()).value))
        const origin = `http://localhost:${port}`
        const patience = random.integer(60)
        let sent = 0
        const sending = paced(1, async () => {
          const body = random.text(64, 'abc').repeat(1 + random.integer(16 * KiB))
          try {
            const answer = await fetch(`${origin}/archivos/n${sent++}.txt`, {
              method: 'PUT',
              headers: { origin, cookie: 'who=beto', accept: 'application/json' },
              body,
            })
            const { id, sha256 } = (await answer.json()) as { id: string; sha256: string }
            acknowledged.set(id, sha256)
            return true
          } catch {
            return false
          }
        })
        let waited = 0
        await paced(1, () => waited++ < patience)
        child.kill('SIGKILL')
        await Promise.all([child.exited, sending])
      }
      await using drop = await openDrop({ data })
      const rows = await drop.rows()
      const lying = new Set(await drop.lying())
      expect([...lying].filter((name) => name.startsWith('parciales'))).toEqual([])
      for (const { id, sha256, size } of rows) {
        expect(lying.has(id)).toBe(true)
        const bytes = await readFile(join(drop.folder, id))
        expect([bytes.byteLength, new Bun.CryptoHasher('sha256').update(bytes).digest('hex')]).toEqual([size, sha256])
      }
      const known = new Map(rows.map((row) => [row.id, row.sha256]))
      for (const [id, sha256] of acknowledged) expect(known.get(id)).toBe(sha256)
      expect(acknowledged.size).toBeGreaterThan(0)
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  }, 60_000)
})

/** A small disk of its own; null, with a line that says why, where that is not possible. */
function smallDisk(at: string): boolean {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', at])
  if (mounted.status !== 0)
    console.log(`      skipped: no small disk can be mounted here (${String(mounted.stderr ?? mounted.error).trim()})`)
  return mounted.status === 0
}

describe('a disk that is really full', () => {
  test('refuses with 507, leaves nothing, and takes files again when there is room, without a restart', async () => {
    const disk = await mkdtemp(join(tmpdir(), 'pichat-small-'))
    if (!smallDisk(disk)) return
    try {
      await using drop = await openDrop({ folder: disk, freeSpace: async () => ({ free: 1e12, total: 1e12 }) })
      const first = await drop.put('cabe.bin', new Uint8Array(256 * KiB))
      // Something else on the same card; what is deleted waits in the trash and frees nothing yet.
      await writeFile(join(disk, 'other'), new Uint8Array(2 * KiB * KiB))
      for (let i = 0; i < 5; i++) {
        const answer = await drop.ask('PUT', '/archivos/no.bin', { as: 'beto', body: new Uint8Array(3 * KiB * KiB) })
        expect(answer.status).toBe(507)
        expect((await drop.lying()).filter((name) => name !== 'other')).toEqual([first.id])
      }
      expect((await drop.ask('GET', first.url, { as: 'carla' })).status).toBe(200)
      await rm(join(disk, 'other'))
      await drop.put('ahora sí.bin', new Uint8Array(3 * KiB * KiB))
    } finally {
      spawnSync('umount', ['-l', disk])
      await rm(disk, { recursive: true, force: true })
    }
  })
})

describe('curl, as people use it', () => {
  const curl = (where: string, ...words: string[]) => Bun.spawn(['curl', '-sS', ...words], { cwd: where, stdout: 'pipe', stderr: 'pipe' })

  test('-OJ saves a file under its name, by link and with a session, and -C - continues', async () => {
    if (!Bun.which('curl')) return console.log('      skipped: there is no curl')
    const where = await mkdtemp(join(tmpdir(), 'pichat-curl-'))
    try {
      await using drop = await openDrop()
      const file = await drop.put('informe final.txt', 'hola mundo')
      const made = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1h' }) })
      const { url } = (await made.json()) as { url: string }
      for (const words of [
        ['-OJ', url],
        ['-OJ', '-b', 'who=carla', drop.origin + file.url],
      ]) {
        expect(await curl(where, ...words).exited).toBe(0)
        const saved = join(where, 'informe final.txt')
        expect(await readFile(saved, 'utf8')).toBe('hola mundo')
        await rm(saved)
      }
      await Bun.write(join(where, 'part'), 'hola ')
      expect(await curl(where, '-C', '-', '-o', 'part', url).exited).toBe(0)
      expect(await readFile(join(where, 'part'), 'utf8')).toBe('hola mundo')
    } finally {
      await rm(where, { recursive: true, force: true })
    }
  })
})
