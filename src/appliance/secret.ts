// SPDX-License-Identifier: GPL-3.0-or-later
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { newId, newToken } from '../core'
import { SettingsRefused } from './config'
import type { Spoken } from './settings/kinds'

export interface Secret {
  /** What signs sessions and links. Never printed, logged, backed up or sent. */
  readonly key: string
  /** Eight hexadecimal digits, the same as long as the key is: cookies of two boxes at one address do not meet. */
  readonly instance: string
  readonly from: 'variable' | 'credential' | 'file'
}

interface Options {
  /** The data folder. */
  readonly data: string
  /** SECRET_KEY; it wins over the credential, the credential over the file. */
  readonly secretKey?: string
  /** $CREDENTIALS_DIRECTORY, where systemd puts `LoadCredential=secret_key:…`. */
  readonly credentials?: string | undefined
  readonly locale?: keyof Spoken
}

/** RFC 7518 §3.2: a key for HS256 has at least the 256 bits of its hash; 32 characters are the least that can hold them. */
const shortestKey = 32
/** "aaaa…" and "12341234…" are long and no secret. */
const fewestDistinct = 10

/** The key of this box, made on the first start. Refuses a key that could be guessed with `SettingsRefused`. */
export async function readSecret({ data, secretKey = '', credentials, locale = 'en' }: Options): Promise<Secret> {
  if (secretKey !== '') return judged(secretKey, 'variable', 'SECRET_KEY', locale)
  if (credentials) {
    const path = join(credentials, 'secret_key')
    const held = await readIfThere(path)
    if (held !== null) return judged(held, 'credential', path, locale)
  }
  const path = join(data, 'secret.key')
  return judged((await readIfThere(path)) ?? (await create(data, path)), 'file', path, locale, path)
}

/** A key for one purpose, so that a signature made for one is worth nothing for another. */
export function keyFor(secret: Secret, purpose: string): string {
  return new Bun.CryptoHasher('sha256', secret.key).update(`pichat ${purpose}`).digest('base64url')
}

async function judged(text: string, from: Secret['from'], where: string, locale: keyof Spoken, file?: string): Promise<Secret> {
  const key = text.trim()
  if (key.length < shortestKey || new Set(key).size < fewestDistinct) throw new SettingsRefused([weak(where, from)[locale]])
  if (file) await closeToOthers(file)
  const instance = new Bun.CryptoHasher('sha256', key).update('pichat instance').digest('hex').slice(0, 8)
  return { key, instance, from }
}

function weak(where: string, from: Secret['from']): Spoken {
  if (from === 'file') {
    return {
      en: `${where} holds no usable key. Remove it and a new one is made (everybody has to sign in again), or restore it from a copy.`,
      es: `${where} no contiene una clave válida. Si se borra, se crea otra (todos tendrán que entrar de nuevo); también se puede recuperar de una copia.`,
    }
  }
  return {
    en: `${where} is too weak: at least ${shortestKey} characters at random, for example from \`openssl rand -base64 32\`. Left out, PiChat makes one.`,
    es: `${where} es demasiado débil: al menos ${shortestKey} caracteres al azar, por ejemplo de \`openssl rand -base64 32\`. Si no se pone, PiChat crea una.`,
  }
}

/** Written beside and linked into place: after a power cut there is a whole key or none, and of two starts at once one wins. */
async function create(data: string, path: string): Promise<string> {
  await mkdir(data, { recursive: true })
  const part = `${path}.${newId()}`
  const key = newToken()
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.writeFile(`${key}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(part, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    return await readFile(path, 'utf8')
  } finally {
    await rm(part, { force: true })
  }
  const folder = await open(data, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return key
}

/** A copied or restored file may have lost its mode; a key that others can read is no key. */
async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) await chmod(path, 0o600)
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    // Reading a folder fails without saying which.
    throw error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
