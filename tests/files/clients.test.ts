// SPDX-License-Identifier: GPL-3.0-or-later
//
// Programs that people download with, as they come, broken off and going on: from the door of people and from both kinds of links.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { type Described, type Drop, openDrop } from './drop'

const MiB = 1024 * 1024
const size = 48 * MiB + 77
const password = 'clave del enlace'

let drop: Drop
let file: Described
let folder: string

beforeAll(async () => {
  drop = await openDrop({ limits: { maxFileBytes: 64 * MiB } })
  folder = await mkdtemp(join(tmpdir(), 'pichat-clients-'))
  const bytes = new Uint8Array(size)
  const random = seededRandom('clients')
  for (let at = 0; at < size; at += 4096) bytes[at] = random.integer(256)
  file = await drop.put('plano ñ.bin', bytes)
})
afterAll(async () => {
  await drop[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function link(fields: Record<string, string> = {}) {
  const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, {
    as: 'beto',
    body: new URLSearchParams({ vence: '1d', ...fields }),
  })
  const { id, url } = (await answer.json()) as { id: string; url: string }
  return { url, uses: async () => (await drop.files.links.list(file.id)).find((one) => one.id === id)?.uses }
}

async function run(...command: string[]): Promise<{ code: number; said: string }> {
  const child = Bun.spawn(command, { cwd: folder, stdout: 'pipe', stderr: 'pipe', env: { ...process.env, LANG: 'C.UTF-8' } })
  const [out, trouble] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, said: out + trouble }
}

/** Lets a program begin and ends it in the middle. */
async function breakOff(path: string, ...command: string[]): Promise<number> {
  const child = Bun.spawn(command, { cwd: folder, stdout: 'ignore', stderr: 'ignore' })
  const lies = async () => (await stat(path).catch(() => ({ size: 0 }))).size
  await until('some of it has come', async () => (await lies()) > 2 * MiB)
  child.kill('SIGKILL')
  await child.exited
  return lies()
}

async function expectWhole(path: string): Promise<void> {
  const hash = new Bun.CryptoHasher('sha256')
  hash.update(await Bun.file(path).bytes())
  expect(hash.digest('hex')).toBe(file.sha256)
}

type Program = [name: string, broken: (url: string, to: string) => string[], goesOn: (url: string, to: string) => string[]]

const programs: Program[] = [
  ['curl -C -', (url, to) => ['curl', '-sf', '--limit-rate', '8M', '-o', to, url], (url, to) => ['curl', '-sfC', '-', '-o', to, url]],
  ['wget -c', (url, to) => ['wget', '-q', '--limit-rate=8m', '-O', to, url], (url, to) => ['wget', '-qc', '-O', to, url]],
]

describe.each(programs)('%s', (name, broken, goesOn) => {
  test.each(['without a maximum', 'with one'] as const)(
    'goes on where it broke off, by a link %s, and counts once',
    async (kind) => {
      const { url, uses } = await link(kind === 'with one' ? { max: '1' } : {})
      const to = join(folder, `${name} ${kind}.bin`.replaceAll(' ', '_'))
      const had = await breakOff(to, ...broken(url, to))
      expect(had).toBeLessThan(size)
      await until('nothing is counted', async () => (await uses()) === 0)
      expect(await run(...goesOn(url, to))).toEqual({ code: 0, said: '' })
      await expectWhole(to)
      expect(await uses()).toBe(1)
      // Complete: asking again fetches nothing, and counts nothing.
      await run(...goesOn(url, to))
      expect(await uses()).toBe(1)
    },
    30_000,
  )
})

test.each([{}, { max: '1' }] as Record<string, string>[])(
  'aria2c -x4 fetches in four parts, and counts once: %j',
  async (fields) => {
    const { url, uses } = await link(fields)
    const name = `aria ${JSON.stringify(fields).replace(/\W/g, '')}.bin`
    const { code } = await run('aria2c', '-q', '-x4', '-s4', '-k1M', '--allow-overwrite=true', '-d', folder, '-o', name, url)
    expect(code).toBe(0)
    await expectWhole(join(folder, name))
    await until('it is counted', async () => (await uses()) === 1)
  },
  30_000,
)

describe('a link with a password', () => {
  test.each([
    ['curl', (url: string, to: string) => ['curl', '-sf', '-u', `:${password}`, '-o', to, url]],
    ['wget', (url: string, to: string) => ['wget', '-q', '--user=x', `--password=${password}`, '-O', to, url]],
    [
      'aria2c',
      (url: string, to: string) => [
        'aria2c',
        '-q',
        '-x4',
        '--http-user=x',
        `--http-passwd=${password}`,
        '-d',
        folder,
        '-o',
        to.slice(folder.length + 1),
        url,
      ],
    ],
  ])(
    'is opened by %s with what Basic carries',
    async (name, command) => {
      const { url } = await link({ 'clave-enlace': password })
      const to = join(folder, `${name}-locked.bin`)
      expect((await run(...command(url, to))).code).toBe(0)
      await expectWhole(to)
    },
    30_000,
  )
})

test('curl -OJ saves under the name of the file', async () => {
  const { url } = await link()
  expect((await run('curl', '-sfOJ', url)).code).toBe(0)
  // curl takes the plain one of the two names.
  await expectWhole(join(folder, 'plano n.bin'))
})

test('wget saves under the real name', async () => {
  const { url } = await link()
  expect((await run('wget', '-q', '--content-disposition', '--restrict-file-names=nocontrol', url)).code).toBe(0)
  await expectWhole(join(folder, 'plano ñ.bin'))
})
