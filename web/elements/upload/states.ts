// SPDX-License-Identifier: GPL-3.0-or-later
import type { Entry } from './entry'

/** States that change without anybody's doing. */
const passing = new Set(['receiving', 'quarantined', 'scanning'])

interface Options {
  /** What is there, in the order in which it came: the antivirus takes it so. */
  done(): readonly Entry[]
  changed(): void
  signal: AbortSignal
}

/**
 * What has become of the files that were sent: read from the list beside the queue whenever it comes anew. The server is asked about those
 * that the list does not show, one after the other, up to the first that still waits.
 */
export function watchStates({ done, changed, signal }: Options): void {
  let asking = false

  function learn(entry: Entry, state: string): void {
    if (entry.fileState === state) return
    entry.fileState = state
    changed()
  }

  async function ask(): Promise<void> {
    for (const entry of done()) {
      if (signal.aborted) return
      if (shown(entry) !== null || !passing.has(entry.fileState)) continue
      const state = await stateOf(entry.fileId)
      if (state === null) return
      learn(entry, state)
      if (passing.has(state)) return
    }
  }

  document.addEventListener(
    'htmx:after:swap',
    () => {
      for (const entry of done()) learn(entry, shown(entry) ?? entry.fileState)
      if (asking) return
      asking = true
      void ask().finally(() => {
        asking = false
      })
    },
    { signal },
  )
}

function shown({ fileId }: Entry): string | null {
  return document.querySelector<HTMLElement>(`#files [data-file-state="${fileId}"]`)?.dataset.state ?? null
}

/** Null without an answer. Of what is gone the server says no more than that. */
async function stateOf(id: string): Promise<string | null> {
  const answer = await fetch(`/archivos/${id}`, { headers: { accept: 'application/json' } }).catch(() => null)
  if (answer?.status === 404) return 'deleted'
  if (!answer?.ok) return null
  const { state } = (await answer.json()) as { state?: string }
  return state ?? null
}
