// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Compilable, type Events, Refusal } from '../../core'
import type { FileEvents, FileState, StoredFile } from '../model'
import { type FileRow, type FilesStore, toFile } from '../store'

interface Options {
  store: FilesStore
  audit: Audit
  clock: Clock
  events: Events<FileEvents>
}

interface Change {
  /** Left out: the box itself. */
  who?: { id: string; name: string }
  /** The address they came from. */
  from?: string | null
  reason?: string | null
  set?: Partial<Pick<FileRow, 'open' | 'before' | 'trash_ends' | 'leaves_at' | 'leaves_on_line'>>
  also?: readonly Compilable[]
  /** What the audit log calls it; null for steps that are nobody's decision and no result. */
  what?: string | null
}

export type Moves = ReturnType<typeof createMoves>

/** The one road of every change of state: guarded, with its step and its record in one transaction, told to the house after it. */
export function createMoves({ store, audit, clock, events }: Options) {
  async function move(row: FileRow, to: FileState, change: Change = {}): Promise<StoredFile> {
    const { who, from = null, reason = null, set = {}, also = [], what = `files.${to}` } = change
    const told = what
      ? [
          audit.statement({
            ...(who ? { who } : {}),
            what,
            target: { id: row.id, name: row.name },
            from,
            ...(reason ? { detail: { reason } } : {}),
          }),
        ]
      : []
    await store.move({ id: row.id, from: row.state, to, at: clock.now(), who: who ?? null, reason, set, also: [...also, ...told] })
    const file = toFile({ ...row, state: to, reason, ...set })
    if (to !== 'deleted') events.emit('file.changed', { file, from: row.state })
    return file
  }

  return {
    move,
    /** The same for the queue, which does not mind that somebody was quicker: false then. */
    async attempt(row: FileRow, to: FileState, change: Change = {}): Promise<boolean> {
      try {
        await move(row, to, change)
        return true
      } catch (error) {
        if (error instanceof Refusal && error.code === 'conflict') return false
        throw error
      }
    },
  }
}
