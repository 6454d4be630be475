// SPDX-License-Identifier: GPL-3.0-or-later
import type { FileHandle } from 'node:fs/promises'
import { Refusal } from '../../core'
import { headBytes } from '../kinds'
import type { Share } from './quotas'
import type { UploadRow } from './resumable-store'
import type { Place } from './space'
import { writeChunks } from './writing'

type Hash = InstanceType<typeof Bun.CryptoHasher>

export type Running = ReturnType<typeof createRunning>

interface Start {
  row: UploadRow
  offset: number
  room: Place
  share: Share
  seen: number
}

/** What this process knows of one unfinished upload. Its hash runs along, and is read again from the disk after a restart. */
export function createRunning({ row, offset: start, room, share, seen }: Start) {
  let offset = start
  let hash: Hash | null = start === 0 ? new Bun.CryptoHasher('sha256') : null
  const head = new Uint8Array(headBytes)
  let unsynced = 0
  let syncing: Promise<void> | null = null
  let last: Promise<unknown> = Promise.resolve()
  let latest: AbortController | null = null
  let turns = 0

  function add(chunk: Uint8Array, at: number): void {
    hash?.update(chunk)
    if (at < headBytes) head.set(chunk.subarray(0, headBytes - at), at)
  }

  const running = {
    row,
    room,
    share,
    seen,
    get offset() {
      return offset
    },
    get busy() {
      return turns > 0
    },

    /** One request after the other, the newest first of all: those before it hear so through their signal, and leave. */
    async turn<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
      latest?.abort(new Refusal('locked', 'files.takenOver'))
      const own = new AbortController()
      latest = own
      turns++
      const before = last
      const work = before.then(() => act(own.signal))
      last = work.catch(() => {})
      try {
        return await work
      } finally {
        turns--
      }
    },

    /** Makes file, offset and hash say the same. */
    async prepare(handle: FileHandle, path: string): Promise<void> {
      const { size } = await handle.stat()
      if (size > offset) await handle.truncate(offset)
      if (hash !== null && size >= offset) return
      const known = Math.min(size, offset)
      hash = new Bun.CryptoHasher('sha256')
      offset = 0
      for await (const chunk of Bun.file(path).slice(0, known).stream()) {
        add(chunk, offset)
        offset += chunk.byteLength
      }
    },

    /** Takes the chunks: see `writeChunks`. */
    async write(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
      let seen = offset
      function see(chunk: Uint8Array) {
        add(chunk, seen)
        seen += chunk.byteLength
      }
      try {
        unsynced += await writeChunks(handle, { chunks, position: offset, see })
      } catch (error) {
        // The hash is ahead of the disk: it is read again.
        hash = null
        // Half a chunk is of no use, and on a full disk it takes the last bytes.
        await handle.truncate(offset).catch(() => {})
        throw error
      }
      offset = seen
    },

    /** Beside the writing, and never twice at once. */
    syncNow(every: number, sync: () => Promise<void>): void {
      if (unsynced < every || syncing) return
      unsynced = 0
      // A disk that cannot keep it says so again at the end, where it counts.
      syncing = sync()
        .catch(() => {})
        .finally(() => {
          syncing = null
        })
    },
    synced: async () => syncing ?? undefined,
    /** Whether there is anything that a pulled plug would take; says yes once. */
    takeUnsynced(): boolean {
      const some = unsynced > 0
      unsynced = 0
      return some
    },

    /** To come back to when what follows turns out wrong. */
    snapshot: () => ({ offset, hash: hash?.copy() ?? null }),
    async back(handle: FileHandle, to: { offset: number; hash: Hash | null }): Promise<void> {
      offset = to.offset
      hash = to.hash
      await handle.truncate(offset).catch(() => {})
    },

    /** Hex, of all that is here. */
    digest: () => (hash as Hash).copy().digest('hex'),
    head: () => head.subarray(0, Math.min(offset, headBytes)),
  }
  return running
}
