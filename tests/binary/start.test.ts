// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be wrong with a machine before PiChat starts: each is told in a sentence, in the language of who reads it, with what to do, and
// nothing that lies there is touched.
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, runOnce, startAppliance } from '../support/appliance'
import { freePort } from '../support/ports'

interface Broken {
  /** Makes the folder what it must not be. */
  make(data: string): Promise<unknown>
  /** What both sentences name, beside the folder. */
  names?: RegExp
  es: RegExp
  en: RegExp
  /** What runs it instead: without rights that root has and a service has not. */
  under?: readonly string[]
  env?: Record<string, string>
}

/** As a service sees a folder that is not its own; who is not root already cannot get past its mode. */
const asAnybody = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'] : []
const portsOfTheSystem = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service', '--'] : []

const damaged = { names: /pichat\.db/, es: /dañad/, en: /damaged/ }
const closed = { es: /no puede (escribir|leer)/, en: /may not (write|read)/, under: asAnybody }

const broken: Record<string, Broken> = {
  'a folder that nobody may write': { ...closed, make: (data) => chmod(data, 0o500) },
  'a folder that nobody may read': { ...closed, make: (data) => chmod(data, 0o000) },
  'a key that nobody may read': { ...closed, names: /secret\.key/, make: (data) => chmod(join(data, 'secret.key'), 0o000) },
  'a database that nobody may write': { ...closed, names: /pichat\.db/, make: (data) => chmod(join(data, 'pichat.db'), 0o400) },
  'a database of noise': { ...damaged, make: (data) => writeFile(join(data, 'pichat.db'), crypto.getRandomValues(new Uint8Array(20_000))) },
  'a database of which a part is left': { ...damaged, make: (data) => truncate(join(data, 'pichat.db'), 9_000) },
  'a database of a newer PiChat': {
    names: /9999-from-tomorrow/,
    es: /más nuevo/,
    en: /newer/,
    make: async (data) => change(data, "insert into migrations values ('9999-from-tomorrow', 1)"),
  },
  'a database of another program': {
    names: /pichat\.db/,
    es: /otro programa/,
    en: /another program/,
    make: async (data) => {
      await rm(join(data, 'pichat.db'))
      change(data, 'create table recipes (name text)')
    },
  },
  'a folder in the place of the database': {
    names: /pichat\.db/,
    es: /lugar/,
    en: /place/,
    make: async (data) => {
      await rm(join(data, 'pichat.db'))
      await mkdir(join(data, 'pichat.db'))
    },
  },
  'a file in the place of the quarantine': {
    names: /cuarentena/,
    es: /lugar/,
    en: /place/,
    make: async (data) => {
      await rm(join(data, 'cuarentena'), { recursive: true })
      await writeFile(join(data, 'cuarentena'), 'a file')
    },
  },
  'a key of rubbish': {
    names: /secret\.key/,
    es: /clave válida/,
    en: /usable key/,
    make: (data) => writeFile(join(data, 'secret.key'), 'x'),
  },
  'a folder in the place of the key': {
    names: /secret\.key/,
    es: /lugar/,
    en: /place/,
    make: async (data) => {
      await rm(join(data, 'secret.key'))
      await mkdir(join(data, 'secret.key'))
    },
  },
}

function change(data: string, statement: string): void {
  const database = new Database(join(data, 'pichat.db'), { create: true })
  database.run(statement)
  database.close()
}

/** Names and bytes of everything in a folder; what SQLite puts beside a file that it only reads holds nothing. */
async function inside(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const name of await readdir(folder, { recursive: true })) {
    const bytes = await Bun.file(join(folder, name))
      .bytes()
      .catch(() => null)
    if (name.endsWith('.db-shm') || (name.endsWith('.db-wal') && bytes?.length === 0)) continue
    all[name] = bytes ? new Bun.CryptoHasher('sha256').update(bytes).digest('hex') : 'a folder'
  }
  return all
}

function expectSentence({ code, stderr, stdout }: Outcome, sentence: RegExp): void {
  expect(stderr).toMatch(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr + stdout).not.toMatch(/\.ts:\d|bunfs|\bat \S+ \(|errno|SQLiteError/)
  expect(code).toBe(2)
}

async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The data of a box that ran once. */
let used: Promise<string> | undefined
const usedData = (): Promise<string> =>
  (used ??= (async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-test-'))
    await (await startAppliance({ data })).stop()
    process.once('exit', () => spawnSync('rm', ['-rf', data]))
    return data
  })())

describe('a start is refused in a sentence, and touches nothing, on', () => {
  test.each(Object.entries(broken))('%s', async (_, { make, names = /./, es, en, under = [] }) => {
    await withFolder(async (folder) => {
      const data = join(folder, 'data')
      await cp(await usedData(), data, { recursive: true })
      await make(data)
      const before = await inside(data)
      for (const [LANG, sentence] of [
        ['es_ES.UTF-8', es],
        ['en_US.UTF-8', en],
      ] as const) {
        const env = { LANG, PICHAT_DATA: data, PICHAT_HOST: '127.0.0.1', PICHAT_PORT: String(await freePort()) }
        const end = await runOnce(['serve'], { env, under, cwd: folder })
        expectSentence(end, sentence)
        expect(end.stderr).toMatch(names)
        expect(end.stderr).toContain(data)
      }
      expect(await inside(data)).toEqual(before)
      await chmod(data, 0o700)
    })
  })

  test('a file in the place of the folder, and a folder inside of one', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'a file')
      for (const command of ['serve', 'demo']) {
        for (const data of [join(folder, 'file'), join(folder, 'file', 'data')]) {
          const end = await runOnce([command], { env: { PICHAT_DATA: data, LANG: 'en' }, cwd: folder })
          expectSentence(end, /place/)
          expect(end.stderr).toContain(join(folder, 'file'))
        }
      }
      expect(await readdir(folder)).toEqual(['file'])
    })
  })

  test('a disk that is full', async () => {
    await withFolder(async (folder) => {
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
      if (mounted.status !== 0) return console.log('      skipped: no small disk can be mounted here')
      try {
        for (const [LANG, sentence] of [
          ['es', /disco está lleno/],
          ['en', /disk is full/],
        ] as const) {
          const env = { LANG, PICHAT_DATA: folder, PICHAT_HOST: '127.0.0.1', PICHAT_PORT: String(await freePort()) }
          expectSentence(await runOnce(['serve'], { env, cwd: '/' }), sentence)
        }
      } finally {
        spawnSync('umount', ['-l', folder])
      }
    })
  })

  test('no place for what a demo throws away', async () => {
    expectSentence(await runOnce(['demo'], { env: { TMPDIR: '/nonexistent', LANG: 'en' } }), /\/nonexistent.*PICHAT_DATA/)
  })

  test.each([
    ['an address that this machine has not', { PICHAT_HOST: '203.0.113.5' }, /203\.0\.113\.5.*PICHAT_HOST/, /203\.0\.113\.5.*PICHAT_HOST/],
    ['a name that nobody knows', { PICHAT_HOST: 'nobody.invalid' }, /nobody\.invalid.*PICHAT_HOST/, /nobody\.invalid.*PICHAT_HOST/],
    ['a port of the system', { PICHAT_PORT: '80' }, /[Pp]uerto 80 .*PICHAT_PORT/, /[Pp]ort 80 .*PICHAT_PORT/],
  ])('%s', async (_, settings, es, en) => {
    await withFolder(async (folder) => {
      for (const [LANG, sentence] of [
        ['es', es],
        ['en', en],
      ] as const) {
        const env = {
          LANG,
          PICHAT_DATA: join(folder, 'data'),
          PICHAT_HOST: '127.0.0.1',
          PICHAT_PORT: String(await freePort()),
          ...settings,
        }
        expectSentence(await runOnce(['serve'], { env, cwd: folder, under: portsOfTheSystem }), sentence)
      }
    })
  })

  test('a port that is taken, with the next one to try', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    await withFolder(async (folder) => {
      for (const LANG of ['es', 'en']) {
        const env = { LANG, PICHAT_DATA: join(folder, 'data'), PICHAT_HOST: '127.0.0.1', PICHAT_PORT: String(port) }
        expectSentence(await runOnce(['serve'], { env, cwd: folder }), new RegExp(`${port}.*PICHAT_PORT=\\d+`))
      }
    })
    other.close()
  })
})

describe('the commands beside it say the same of', () => {
  test.each(['a database of noise', 'a database of a newer PiChat', 'a database of another program', 'a folder that nobody may read'])(
    '%s',
    async (name) => {
      const { make, es, en, under = [] } = broken[name] as Broken
      await withFolder(async (folder) => {
        const data = join(folder, 'data')
        await cp(await usedData(), data, { recursive: true })
        await make(data)
        const before = await inside(data)
        for (const args of [['user', 'list'], ['reset-admin']]) {
          expectSentence(await runOnce(args, { env: { PICHAT_DATA: data, LANG: 'es' }, under, cwd: folder }), es)
          expectSentence(await runOnce(args, { env: { PICHAT_DATA: data, LANG: 'en' }, under, cwd: folder }), en)
        }
        expect(await inside(data)).toEqual(before)
        await chmod(data, 0o700)
      })
    },
  )
})
