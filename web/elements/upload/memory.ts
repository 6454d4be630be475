// SPDX-License-Identifier: GPL-3.0-or-later
import { type Entry, isSame, newEntry } from './entry'
import { watchOthers } from './others'
import { watchStates } from './states'
import { type Left, type Place, resumable } from './transfer'
import { createUnsent } from './unsent'

interface Options {
  entries(): readonly Entry[]
  replace(entries: Entry[]): void
  changed(): void
  place: Place
  /** Whose page it is. */
  me: string
  signal: AbortSignal
}

export type Memory = ReturnType<typeof watchMemory>

/** What a queue knows beside its own files: what this tab and others of this browser began, and what has become of what is there. */
export function watchMemory({ entries, replace, changed, place, me, signal }: Options) {
  const others = watchOthers({
    held: () => entries().flatMap(({ source, url, state }) => (source && url && state !== 'done' && state !== 'failed' ? [url] : [])),
    changed() {
      const left = entries().filter(({ source, url }) => source === null && url !== null)
      for (const entry of left) if (others.has(entry.url)) entry.state = 'elsewhere'
      changed()
      if (left.length > 0) remember().catch(() => {})
    },
    signal,
  })

  watchStates({ done: () => entries().filter(({ state }) => state === 'done'), changed, signal })

  const unsent = createUnsent({ me, ...place })
  function keep(): void {
    unsent.keep(entries().flatMap(({ url, state, file }) => (url === null && state !== 'done' && state !== 'failed' ? [file] : [])))
  }
  window.addEventListener('pagehide', keep, { signal })
  document.addEventListener('visibilitychange', keep, { signal })

  /** What this browser began, and this page does not hold. */
  async function remember(): Promise<void> {
    const some = Object.keys(localStorage).some((key) => key.startsWith('tus::'))
    const left = some ? await (await resumable()).unfinished() : []
    const all = entries().filter(({ source, url }) => source !== null || url === null || left.some((one) => one.url === url))
    for (const one of left) find(all, one)
    replace(all)
  }

  function find(all: Entry[], { name, size, modified, offset, url, place: its }: Left): void {
    // What belongs elsewhere goes on where it was begun.
    if (its.sala !== place.sala || (place.carpeta && its.carpeta !== place.carpeta)) return
    const file = { name, size, lastModified: modified }
    const known =
      all.find((entry) => entry.url === url) ?? all.find((entry) => entry.source === null && entry.url === null && isSame(entry.file, file))
    if (known?.source) return
    const entry = known ?? newEntry(file, null, 0)
    Object.assign(entry, { url, bytes: offset, state: others.has(url) ? 'elsewhere' : 'again' })
    if (!known) all.push(entry)
  }

  replace([...entries(), ...unsent.load().map((file): Entry => ({ ...newEntry(file, null, 0), state: 'again' }))])
  remember().catch(() => {})
  return { tell: () => others.tell() }
}
