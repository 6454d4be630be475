// SPDX-License-Identifier: GPL-3.0-or-later
import { statfs } from 'node:fs/promises'
import { Refusal } from '../core'
import type { FilesLimits } from './model'

export type FreeSpace = () => Promise<{ free: number; total: number }>

/** Bytes that this user may still write, and the size of the disk under `folder`. */
export function freeSpaceOf(folder: string): FreeSpace {
  return async () => {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { free: bavail * bsize, total: blocks * bsize }
  }
}

/** Written bytes after which an upload looks at the disk again. */
const lookEvery = 32 * 1024 * 1024

export interface SpaceGuard {
  look(): Promise<{ free: number; total: number; reserve: number }>
  /** Sets aside what an upload declares, or refuses with `full` and the numbers. */
  setAside(declared: number): Promise<Place>
}

interface Place {
  /** Passes bytes on and stops when the disk fills up meanwhile. */
  watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>
  free(): void
}

/** Keeps a part of the disk for messages and the system: uploads stop before it, the conversation goes on. */
export function createSpaceGuard({ freeSpace, limits }: { freeSpace: FreeSpace; limits: FilesLimits }): SpaceGuard {
  // Declared by uploads under way and not yet written: two that fit alone may not fit together.
  let promised = 0

  async function look() {
    const { free, total } = await freeSpace()
    return { free, total, reserve: Math.max((total * limits.reservePercent) / 100, limits.reserveBytes) }
  }

  /** Judged and promised without a pause between: two uploads must not be promised the same bytes. */
  async function take(more: number) {
    const { free, reserve } = await look()
    if (free - promised - more < reserve) throw full({ free: Math.max(0, free - promised), reserve })
    promised += more
  }

  return {
    look,
    async setAside(declared) {
      await take(declared)
      let left = declared

      function spend(bytes: number) {
        const spent = Math.min(left, bytes)
        left -= spent
        promised -= spent
      }

      return {
        free: () => spend(left),
        async *watch(source) {
          let since = 0
          for await (const chunk of source) {
            since += chunk.byteLength
            if (since >= lookEvery) {
              since = 0
              await take(0)
            }
            yield chunk
            spend(chunk.byteLength)
          }
        },
      }
    },
  }
}

export function full({ free, reserve }: { free: number; reserve: number }): Refusal {
  return new Refusal('full', 'files.full', { values: { free: { bytes: free }, reserve: { bytes: reserve } } })
}
