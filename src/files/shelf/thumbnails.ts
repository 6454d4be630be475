// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { type Log, Refusal } from '../../core'
import { isPicture } from '../kinds'
import type { FilesLimits } from '../model'
import { isMissing, ownerOnly } from '../vault/vault'

/** Signs of both sides: the widest place is a card in a conversation, on a screen with two points per point. */
const side = 640
/** Pictures that may wait; whoever scrolls on asks again. */
const mostWaiting = 200
const retryAfter = 2
/** Files that had no thumbnail are not tried again at each look. */
const mostRefused = 2_000
const askedAtOnce = 500
/** Niceness: conversations come first. */
const unhurried = 15

/**
 * The whole program of the process that decodes. What strangers bring is decoded outside of PiChat's own process: a picture that breaks a
 * decoder, or swells, ends that one. It gets the bytes by its input and gives the thumbnail by its output, and knows no path and no secret.
 */
const program = `
const [side, maxPixels] = process.argv.slice(-2).map(Number)
const picture = new Bun.Image(await Bun.stdin.bytes(), { maxPixels })
const small = picture.resize(side, side, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 75 })
await Bun.write(Bun.stdout, await small.bytes())
`

interface Options {
  /** Beside the kept files; made with the first thumbnail. */
  folder: string
  limits: Pick<FilesLimits, 'thumbnailPixels' | 'thumbnailSource' | 'thumbnailTime' | 'thumbnailCache'>
  log: Log
}

export type Thumbnails = ReturnType<typeof createThumbnails>

/** Small pictures of pictures, made one at a time when somebody looks, kept on disk up to a bound, the longest unseen forgotten first. */
export function createThumbnails({ folder, limits, log }: Options) {
  /** Id → bytes, the longest unseen first; null until the folder was read. */
  let kept: Map<string, number> | null = null
  const refused = new Set<string>()
  const underWay = new Map<string, Promise<string | null>>()
  let last: Promise<unknown> = Promise.resolve()
  let running: Bun.Subprocess | null = null
  let stopped = false

  const pathOf = (id: string) => join(folder, `${id}.webp`)

  async function known(): Promise<Map<string, number>> {
    if (kept) return kept
    const found: { id: string; size: number; seen: number }[] = []
    for (const name of await readdir(folder).catch(nothingThere)) {
      const { size, mtimeMs } = await stat(join(folder, name))
      // A part of one, or one that a pulled plug left empty.
      if (!name.endsWith('.webp') || size === 0) await rm(join(folder, name), { recursive: true, force: true })
      else found.push({ id: name.slice(0, -'.webp'.length), size, seen: mtimeMs })
    }
    found.sort((a, b) => a.seen - b.seen)
    kept ??= new Map(found.map(({ id, size }) => [id, size]))
    return kept
  }

  /** Beyond the bound the longest unseen go. */
  async function makeRoom(all: Map<string, number>): Promise<void> {
    let sum = [...all.values()].reduce((bytes, size) => bytes + size, 0)
    for (const [id, size] of all) {
      if (sum <= limits.thumbnailCache) return
      all.delete(id)
      sum -= size
      await rm(pathOf(id), { force: true })
    }
  }

  async function make(id: string, source: string): Promise<string | null> {
    const bytes = await decode(source)
    if (stopped || !bytes) {
      refuse(id)
      return null
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const part = join(folder, `${id}.part`)
    await Bun.write(part, bytes, { mode: ownerOnly })
    await rename(part, pathOf(id))
    const all = await known()
    all.set(id, bytes.byteLength)
    await makeRoom(all)
    return all.has(id) ? pathOf(id) : null
  }

  async function decode(source: string): Promise<Uint8Array | null> {
    const child = Bun.spawn([process.execPath, '--no-install', '-e', program, String(side), String(limits.thumbnailPixels)], {
      stdin: Bun.file(source),
      stdout: 'pipe',
      stderr: 'ignore',
      cwd: '/',
      env: { BUN_BE_BUN: '1' },
      timeout: limits.thumbnailTime,
      killSignal: 'SIGKILL',
    })
    running = child
    try {
      setPriority(child.pid, unhurried)
    } catch {
      // It has ended already.
    }
    const bytes = await new Response(child.stdout).bytes()
    const code = await child.exited
    running = null
    return code === 0 && bytes.byteLength > 0 ? bytes : null
  }

  function refuse(id: string): void {
    refused.add(id)
    if (refused.size > mostRefused) refused.delete(refused.values().next().value as string)
  }

  async function drawn(id: string, source: string): Promise<string | null> {
    const before = last
    const own = before.then(() => (stopped ? null : make(id, source)))
    last = own.catch(() => {})
    return own.catch((error) => {
      log.warn({ err: error, file: id }, 'files.thumbnail-failed')
      return null
    })
  }

  return {
    /**
     * Where the thumbnail of a file lies. Whether it may be seen is asked before. Refuses `missing` for what has none (not a picture, too
     * large, broken), `busy` when too many wait.
     */
    async of({ id, type, size }: { id: string; type: string; size: number }, source: string): Promise<string> {
      const none = () => new Refusal('missing', 'errors.missing')
      if (!isPicture(type) || size > limits.thumbnailSource || refused.has(id)) throw none()
      const all = await known()
      const bytes = all.get(id)
      if (bytes !== undefined) {
        all.delete(id)
        all.set(id, bytes)
        // Whoever needs the space may empty the folder: it is made again.
        if (existsSync(pathOf(id))) return pathOf(id)
        all.delete(id)
      }
      if (!underWay.has(id)) {
        if (underWay.size >= mostWaiting) throw new Refusal('busy', 'errors.busy', { retryAfter })
        underWay.set(
          id,
          drawn(id, source).finally(() => underWay.delete(id)),
        )
      }
      const path = await underWay.get(id)
      if (!path) throw none()
      return path
    },

    /** The file is gone, or must not be seen any more. */
    async forget(id: string): Promise<void> {
      refused.delete(id)
      await underWay.get(id)
      const all = await known()
      if (all.delete(id)) await rm(pathOf(id), { force: true })
    },

    /** Those whose files may still be seen stay; asked once at start, for what went while nobody looked. */
    async keepOnly(seen: (ids: readonly string[]) => Promise<readonly string[]>): Promise<void> {
      const ids = [...(await known()).keys()]
      for (let from = 0; from < ids.length; from += askedAtOnce) {
        const some = ids.slice(from, from + askedAtOnce)
        const living = new Set(await seen(some))
        for (const id of some) if (!living.has(id)) await this.forget(id)
      }
    },

    async stop(): Promise<void> {
      stopped = true
      running?.kill('SIGKILL')
      await last
    },
  }
}

function nothingThere(error: unknown): string[] {
  if (isMissing(error)) return []
  throw error
}
