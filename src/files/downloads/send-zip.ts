// SPDX-License-Identifier: GPL-3.0-or-later
import { open } from 'node:fs/promises'
import { Refusal } from '../../core'
import { readListQuery } from '../address'
import { isReadable } from '../model'
import { disposition, safeName } from '../names'
import type { Files } from '../service'
import type { Asker } from '../shelf/sight'
import { isId } from '../vault/vault'
import type { Readable } from './reading'
import { memberNames, zipArchive } from './zip-stream'

/** Large enough that the turns of the loop do not count. */
const chunkBytes = 256 * 1024

/** Files of a folder or a room that are looked at: twice what the largest setting lets into one archive. */
const mostLooked = 20_000

interface Wish {
  /** Ids of files, in the order they shall have. */
  ids: readonly string[]
  /** Without `.zip`. */
  name: string
  /** The address it goes to. */
  from: string
}

export type ZipSender = ReturnType<typeof createZipSender>

/** Several files at once, for whoever may download each of them. */
export function createZipSender({ files }: { files: Files }) {
  const { zipFiles, zipsPerPerson } = files.limits
  const underWay = new Map<string, number>()

  /** Answers the function that gives the place back; calling it again does nothing. */
  function takePlace(person: string): () => void {
    const n = underWay.get(person) ?? 0
    if (n >= zipsPerPerson) throw new Refusal('busy', 'files.zipBusy', { values: { max: zipsPerPerson }, retryAfter: 10 })
    underWay.set(person, n + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      const left = (underWay.get(person) ?? 1) - 1
      if (left > 0) underWay.set(person, left)
      else underWay.delete(person)
    }
  }

  /** The bytes of one file as they are when it is its turn: what was deleted or locked by then ends the archive, unfinished. */
  async function* contentOf(user: Asker, id: string, from: string): AsyncGenerator<Uint8Array> {
    const [found] = await files.readAll(user, [id])
    if (!found) return
    const handle = await open(found.path, 'r')
    try {
      for (let at = 0; ; ) {
        const bytes = Bun.allocUnsafe(chunkBytes)
        const { bytesRead } = await handle.read(bytes, 0, chunkBytes, at)
        if (bytesRead === 0) break
        at += bytesRead
        yield bytesRead === chunkBytes ? bytes : bytes.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
    files.count({ file: id, name: found.file.name, by: user, from })
  }

  function archiveOf(user: Asker, found: readonly Readable[], from: string): AsyncGenerator<Uint8Array> {
    const names = memberNames(found.map(({ file }) => file.name))
    return zipArchive(
      found.map(({ file: { id, name, size, at } }, index) => ({
        name: names[index] ?? name,
        size,
        at,
        content: () => contentOf(user, id, from),
      })),
    )
  }

  return {
    /** What an address asks for: files by their ids, or whatever of a folder or of a room's files may be downloaded now. */
    async wishOf(user: Asker, asked: URLSearchParams): Promise<{ ids: string[]; name: string | null }> {
      const [ids, carpeta, sala] = [asked.getAll('id'), asked.get('carpeta') ?? '', asked.get('sala') ?? '']
      if (ids.length > 0 || (carpeta === '' && sala === '')) return { ids, name: null }
      const listing = await files.list(user, { ...readListQuery({ carpeta, sala, orden: 'nombre' }), shown: mostLooked })
      // Whoever gets a part must not believe that it is all.
      if (listing.total > mostLooked) throw new Refusal('invalid', 'files.zipTooMany', { values: { max: zipFiles } })
      const folder = listing.folders.find(({ id }) => id === carpeta)
      return { ids: listing.files.filter(isReadable).map(({ id }) => id), name: folder?.name ?? listing.place?.name ?? null }
    },

    /**
     * Streamed and stored; memory: two chunks. All of them or none: refuses with `missing` and `locked` as for one file, with `invalid` for
     * none or too many, with `busy` when this person has enough of them under way. Ranges are not offered.
     */
    async send(user: Asker, { ids, name, from }: Wish, request: Request): Promise<Response> {
      const wanted = [...new Set(ids)]
      if (wanted.length === 0) throw new Refusal('invalid', 'files.zipNothing')
      if (wanted.length > zipFiles) throw new Refusal('invalid', 'files.zipTooMany', { values: { max: zipFiles } })
      if (!wanted.every(isId)) throw new Refusal('missing', 'errors.missing')
      const found = await files.readAll(user, wanted)
      const headers = {
        'content-type': 'application/zip',
        'content-disposition': disposition('attachment', safeName(`${name}.zip`)),
        'accept-ranges': 'none',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'private, no-store',
      }
      if (request.method === 'HEAD') return new Response(null, { headers })
      const leave = takePlace(user.id)
      return new Response(toStream(archiveOf(user, found, from), request.signal, leave), { headers })
    },
  }
}

/** Asks for the next chunk when the network took the last one, and gives the memory of that one back: left to the collector it piles up. */
function toStream(source: AsyncGenerator<Uint8Array>, signal: AbortSignal, ended: () => void): ReadableStream<Uint8Array> {
  let last: Uint8Array | null = null

  async function end(): Promise<void> {
    ended()
    await source.return(undefined)
  }
  // Who goes before the first byte was asked for cancels nothing.
  if (signal.aborted) void end()
  else signal.addEventListener('abort', () => void end(), { once: true })

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (last?.buffer instanceof ArrayBuffer) last.buffer.transfer(0)
        last = null
        try {
          const { done, value } = await source.next()
          if (done) {
            ended()
            controller.close()
            return
          }
          last = value
          controller.enqueue(value)
        } catch (error) {
          ended()
          throw error
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
