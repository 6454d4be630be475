// SPDX-License-Identifier: GPL-3.0-or-later
import { type FileState, fileStates, type Space, stateGroups } from '../model'
import type { FilesStore } from '../store'
import type { SpaceGuard } from './space'

interface Options {
  store: FilesStore
  space: SpaceGuard
  recordBytes(): Promise<number>
}

/** What takes how much of the disk. */
export function createMeter({ store, space, recordBytes }: Options) {
  return {
    async space(): Promise<Space> {
      const [{ free, total, reserve }, sums, trash, records] = await Promise.all([
        space.look(),
        store.sums(),
        store.trashBytes(),
        recordBytes(),
      ])
      const open: readonly FileState[] = ['clean', 'released', 'unscanned']
      const bytes = (states: readonly FileState[]) => states.reduce((sum, state) => sum + sums[state].bytes, 0)
      const closed = [...stateGroups.revision, ...stateGroups.bloqueados]
      return { free, total, reserve, files: bytes(open), quarantine: bytes(closed) + trash, records }
    },

    async totals() {
      const sums = await store.sums()
      const held = fileStates.filter((state) => state !== 'deleted').map((state) => sums[state])
      const states = Object.fromEntries(fileStates.map((state) => [state, sums[state].files])) as Record<FileState, number>
      return { files: held.reduce((n, { files }) => n + files, 0), bytes: held.reduce((n, { bytes }) => n + bytes, 0), states }
    },
  }
}
