// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyFor, readSecret, SettingsRefused } from '../../src/appliance'

let data = ''
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'pichat-secret-'))
})
afterEach(() => rm(data, { recursive: true }))

const file = () => join(data, 'secret.key')
const strong = 'Zq8vR2kTn5wYx1LbHs7dGm4cPf9jAe3u'

describe('the key of a box', () => {
  test('is made once, at random, and nobody else may read it', async () => {
    const first = await readSecret({ data })
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(await readdir(data)).toEqual(['secret.key'])
    expect(first.from).toBe('file')
    expect(Buffer.from(first.key, 'base64url')).toHaveLength(32)
    expect(await readSecret({ data })).toEqual(first)
  })

  test('differs from box to box, and so does the name of its cookies', async () => {
    const [here, there] = [await readSecret({ data }), await readSecret({ data: join(data, 'other') })]
    expect(here.key).not.toBe(there.key)
    expect(here.instance).toMatch(/^[0-9a-f]{8}$/)
    expect(here.instance).not.toBe(there.instance)
  })

  test('of twenty starts at once one key wins, and no part lies around', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => readSecret({ data })))
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1)
    expect(await readdir(data)).toEqual(['secret.key'])
  })

  test('SECRET_KEY wins over the credential, the credential over the file', async () => {
    const credentials = join(data, 'credentials')
    await mkdir(credentials)
    await writeFile(join(credentials, 'secret_key'), `${strong}-credential\n`)
    expect(await readSecret({ data, credentials, secretKey: strong })).toMatchObject({ key: strong, from: 'variable' })
    expect(await readSecret({ data, credentials })).toMatchObject({ key: `${strong}-credential`, from: 'credential' })
    expect(await readSecret({ data, credentials: join(data, 'none') })).toMatchObject({ from: 'file' })
  })

  test.each(['changeme', 'x'.repeat(64), '1234'.repeat(16), strong.slice(1)])('%s is refused, and not repeated', async (weak) => {
    const refusal = await readSecret({ data, secretKey: weak }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SettingsRefused)
    expect(String(refusal)).toContain('SECRET_KEY is too weak')
    expect(String(refusal)).not.toContain(weak)
  })

  test('a file that was emptied is refused and kept, not silently replaced', async () => {
    await writeFile(file(), '')
    await expect(readSecret({ data, locale: 'es' })).rejects.toThrow('no contiene una clave válida')
    expect(await readFile(file(), 'utf8')).toBe('')
  })

  test('a file that others could read is closed again', async () => {
    const { key } = await readSecret({ data })
    await chmod(file(), 0o644)
    expect((await readSecret({ data })).key).toBe(key)
    expect((await stat(file())).mode & 0o777).toBe(0o600)
  })

  test('gives every purpose a key of its own', async () => {
    const secret = await readSecret({ data })
    expect(keyFor(secret, 'session')).not.toBe(keyFor(secret, 'link'))
    expect(keyFor(secret, 'session')).toBe(keyFor(await readSecret({ data }), 'session'))
    expect(keyFor(secret, 'session')).not.toContain(secret.key)
  })
})
