// SPDX-License-Identifier: GPL-3.0-or-later
import { newId } from '../../lib/ids'

/** What tabs of one browser tell each other: the addresses of the uploads they hold; none given: a question. */
interface Word {
  from: string
  held?: readonly string[]
}

interface Options {
  /** Addresses of the uploads whose files this tab has. */
  held(): readonly string[]
  /** Another tab holds something else than before. */
  changed(): void
  signal: AbortSignal
}

/**
 * Who of the tabs of this browser is sending what. Locks would say so too, but browsers have none over plain http. A tab that ends says so; of
 * one that broke down nothing is heard any more, and whoever comes back to this tab asks anew.
 */
export function watchOthers({ held, changed, signal }: Options) {
  const me = newId()
  let others = new Map<string, readonly string[]>()
  let said = ''
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('pichat-subidas')
  const post = (word: Word) => channel?.postMessage(word)

  function tell({ anew = false } = {}): void {
    const urls = held()
    const now = urls.join(' ')
    if (now === said && !anew) return
    said = now
    post({ from: me, held: urls })
  }

  function ask(): void {
    post({ from: me })
  }

  channel?.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    if (!data.held) return tell({ anew: true })
    const before = others.get(data.from)?.join(' ') ?? ''
    others.set(data.from, data.held)
    if (before !== data.held.join(' ')) changed()
  })
  window.addEventListener('pagehide', () => post({ from: me, held: [] }), { signal })
  window.addEventListener('pageshow', ({ persisted }) => persisted && tell({ anew: true }), { signal })
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState !== 'visible' || others.size === 0) return
      others = new Map()
      ask()
      changed()
    },
    { signal },
  )
  signal.addEventListener('abort', () => channel?.close())
  ask()

  return {
    tell,
    has: (url: string | null): boolean => url !== null && [...others.values()].some((urls) => urls.includes(url)),
  }
}

export type Others = ReturnType<typeof watchOthers>
