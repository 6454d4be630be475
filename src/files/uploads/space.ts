// SPDX-License-Identifier: GPL-3.0-or-later
import { statfs } from 'node:fs/promises'
import { type Gate, Refusal } from '../../core'
import type { FilesLimits } from '../model'

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
  /** What to say when the disk turned out to be full. */
  refusal(): Promise<Refusal>
  /** Sets aside what an upload declares, or refuses with `full` and the numbers. */
  setAside(declared: number): Promise<Place>
  /** Sets aside what was promised before a restart. */
  setAsideAgain(promised: number): Place
}

export interface Place {
  /** Stops an upload when the disk fills up meanwhile. */
  gate(): Gate
  /** So many bytes are still to come. */
  owe(bytes: number): void
  free(): void
}

interface Options {
  freeSpace: FreeSpace
  limits: Pick<FilesLimits, 'reservePercent' | 'reserveBytes'>
  /** Bytes that an administrator could have back at once. */
  trashBytes(): Promise<number>
}

/** Keeps a part of the disk for messages and the system: uploads stop before it, the conversation goes on. */
export function createSpaceGuard({ freeSpace, limits, trashBytes }: Options): SpaceGuard {
  // Declared by uploads under way and not yet written: two that fit alone may not fit together.
  let promised = 0

  async function look() {
    const { free, total } = await freeSpace()
    return { free, total, reserve: Math.max((total * limits.reservePercent) / 100, limits.reserveBytes) }
  }

  /** Judged and promised without a pause between: two uploads must not be promised the same bytes. */
  async function take(more: number) {
    const { free, reserve } = await look()
    if (free - promised - more < reserve) {
      throw full({ free: Math.max(0, free - promised), reserve, size: more, trash: await trashBytes() })
    }
    promised += more
  }

  /** A part of what is promised. */
  function placeOf(bytes: number): Place {
    let left = bytes
    /** Bytes since the disk was last looked at, over all pieces of one upload. */
    let since = 0

    function owe(more: number) {
      promised += more - left
      left = more
    }

    return {
      owe,
      free: () => owe(0),
      gate() {
        return (bytes) => {
          owe(Math.max(0, left - bytes))
          since += bytes
          if (since < lookEvery) return undefined
          return take(0).then(() => {
            since = 0
          })
        }
      },
    }
  }

  return {
    look,
    refusal: async () => full({ ...(await look()), trash: await trashBytes() }),
    async setAside(declared) {
      await take(declared)
      return placeOf(declared)
    },
    setAsideAgain(bytes) {
      promised += bytes
      return placeOf(bytes)
    },
  }
}

interface Fullness {
  free: number
  reserve: number
  /** Bytes that did not fit; 0 when nobody said how many there would be. */
  size?: number
  /** Bytes in the trash: whoever reads it learns that there is a way out. */
  trash: number
}

function full({ free, reserve, size = 0, trash }: Fullness): Refusal {
  const rest = { trash: { bytes: trash } }
  if (size > 0 && free > reserve) {
    const values = { free: { bytes: free - reserve }, size: { bytes: size }, ...rest }
    return new Refusal('full', trash > 0 ? 'files.tooLittleSpaceTrash' : 'files.tooLittleSpace', { values })
  }
  const values = { free: { bytes: free }, reserve: { bytes: reserve }, ...rest }
  return new Refusal('full', trash > 0 ? 'files.fullTrash' : 'files.full', { values })
}
