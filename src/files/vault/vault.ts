// SPDX-License-Identifier: GPL-3.0-or-later
import { statSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gathered, newId } from '../../core'
import { headBytes } from '../kinds'
import { writeChunks, writtenAtOnce } from '../uploads/writing'

/** The service and nobody else, and never executable. */
export const ownerOnly = 0o600
const ownerFolder = 0o700
const idPattern = /^[0-9a-v]{16}$/
/** How the parts of uploads are called that may go on after a restart. */
export const resumableEnd = '.tus'

/** Beside the files: our own folders, what keeps the folder in Git, and what a disk of its own brings along. */
const ours: ReadonlySet<string> = new Set(['parciales', 'miniaturas', '.gitkeep', 'lost+found'])

export const isId = (text: string) => idPattern.test(text)
export const partialsOf = (folder: string) => join(folder, 'parciales')

export interface Kept {
  id: string
  size: number
  sha256: string
  head: Uint8Array
  print: string
}

/** Bytes on the disk, under names of our own making. */
export interface Vault {
  /**
   * Writes a stream beside the kept files, then moves it among them; when it resolves, bytes and name survive a pulled plug. When it rejects
   * nothing is left. Memory: what is written at once. The chunks are given away: see `writeChunks`.
   */
  keep(source: AsyncIterable<Uint8Array>): Promise<Kept>
  pathOf(id: string): string
  /** What identifies the bytes under this id without reading them; null when they are not there. */
  printOf(id: string): Promise<string | null>
  /** Reads all of it again. */
  hashOf(id: string): Promise<string>
  remove(id: string): Promise<void>
  ids(): Promise<Set<string>>
  /** Names that are none of ours. */
  foreign(): Promise<string[]>
}

/** Opens the folder, and removes what uploads left there that can neither end nor go on. */
export async function openVault(folder: string): Promise<{ vault: Vault; swept: number }> {
  const partials = partialsOf(folder)
  await mkdir(partials, { recursive: true, mode: ownerFolder })
  const leftovers = (await readdir(partials)).filter((name) => !name.endsWith(resumableEnd))
  for (const name of leftovers) await rm(join(partials, name), { recursive: true, force: true })
  await sync(folder)

  const pathOf = (id: string) => {
    if (!idPattern.test(id)) throw new Error('not an id of the vault')
    return `${folder}/${id}`
  }

  const syncNames = sharedSync(folder)

  const vault: Vault = {
    pathOf,
    async keep(source) {
      const id = newId()
      const partial = join(partials, id)
      const handle = await open(partial, 'wx', ownerOnly)
      try {
        const kept = { id, ...(await write(handle, source)), print: await printOf(handle) }
        await handle.close()
        await rename(partial, pathOf(id))
        await syncNames()
        return kept
      } catch (error) {
        await handle.close().catch(() => {})
        await rm(partial, { force: true })
        await rm(pathOf(id), { force: true })
        throw error
      }
    },
    async printOf(id) {
      try {
        // Bun opens the file in this very turn anyway, and the detour through the threads costs more than all the rest of a small download.
        return printFrom(statSync(pathOf(id)))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async hashOf(id) {
      const hash = new Bun.CryptoHasher('sha256')
      for await (const chunk of Bun.file(pathOf(id)).stream()) hash.update(chunk)
      return hash.digest('hex')
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    async ids() {
      return new Set((await readdir(folder)).filter((name) => idPattern.test(name)))
    },
    async foreign() {
      return (await readdir(folder)).filter((name) => !idPattern.test(name) && !ours.has(name)).sort()
    },
  }
  return { vault, swept: leftovers.length }
}

async function write(handle: FileHandle, source: AsyncIterable<Uint8Array>) {
  const hash = new Bun.CryptoHasher('sha256')
  const head = new Uint8Array(headBytes)
  let size = 0
  function see(chunk: Uint8Array) {
    hash.update(chunk)
    if (size < headBytes) head.set(chunk.subarray(0, headBytes - size), size)
    size += chunk.byteLength
  }
  for await (const chunks of gathered(source, writtenAtOnce)) await writeChunks(handle, { chunks, position: size, see })
  await handle.datasync()
  return { size, sha256: hash.digest('hex'), head: head.subarray(0, Math.min(size, headBytes)) }
}

export async function printOf(handle: FileHandle): Promise<string> {
  return printFrom(await handle.stat())
}

/** In numbers, exact to a quarter of a microsecond: BigInts cost a small download more than asking the disk. */
function printFrom({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string {
  return `${ino}:${size}:${mtimeMs}`
}

/** A name is on the disk only when its folder is. */
export async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The same for many at once: whoever comes while the disk is busy shares the next turn, which begins after their names are there. */
export function sharedSync(folder: string): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | null = null

  function begin(): Promise<void> {
    next = null
    const turn = sync(folder)
    running = turn.catch(() => {})
    return turn
  }
  return () => {
    next ??= running.then(begin)
    return next
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
