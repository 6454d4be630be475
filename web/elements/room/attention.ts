// SPDX-License-Identifier: GPL-3.0-or-later
import type { Timers } from './connection'

/** What was not seen yet. */
export interface Unseen {
  /** Came while the tab was hidden: for its title and icon. */
  hidden: number
  /** Came while one was reading further up. */
  below: number
  /** The unread line: above which message, and how many follow. Null: no line. */
  line: { first: string; count: number } | null
}

interface AttentionOptions {
  timers: Timers
  visible: boolean
  atEnd: boolean
  changed: (unseen: Unseen) => void
  /** Everything up to `n` was in sight. At most once in two seconds. */
  seen: (n: number) => void
}

const between = 2_000

/** Knows what the person has seen: whatever is at the end of the log while the tab is visible and the log is scrolled to it. */
export function createAttention({ timers, visible, atEnd, changed, seen }: AttentionOptions) {
  let unseen: Unseen = { hidden: 0, below: 0, line: null }
  let newest = 0
  let told = 0
  /** Whether the end was in sight since the unread line was drawn. */
  let reached = true
  let cancel: (() => void) | null = null

  function set(part: Partial<Unseen>): void {
    unseen = { ...unseen, ...part }
    changed(unseen)
  }

  function tell(): void {
    if (newest <= told) return
    told = newest
    seen(newest)
  }

  function look(): void {
    if (!visible || !atEnd) return
    reached = true
    if (cancel || newest <= told) return
    tell()
    cancel = timers.after(between, () => {
      cancel = null
      look()
    })
  }

  function leaving(): void {
    if (visible && atEnd) tell()
  }

  return {
    get unseen(): Unseen {
      return unseen
    },
    /** What the page found unread when it was opened. */
    opened(first: string, count: number): void {
      reached = false
      set({ line: { first, count } })
    },
    /** Somebody else said something. The line stands above the first of all that was missed, until the end was in sight. */
    arrived(id: string): void {
      if (visible && atEnd) return
      const line = unseen.line && !reached ? { ...unseen.line, count: unseen.line.count + 1 } : { first: id, count: 1 }
      reached = false
      set({ line, hidden: unseen.hidden + (visible ? 0 : 1), below: unseen.below + (atEnd ? 0 : 1) })
    },
    /** The log is here up to `n`. */
    upTo(n: number): void {
      newest = Math.max(newest, n)
      look()
    },
    /** Who speaks has read. */
    spoke(): void {
      set({ line: null, below: 0 })
    },
    /** Leaving ends the old line: whoever comes back to nothing new finds none. */
    setVisible(now: boolean): void {
      if (now === visible) return
      leaving()
      visible = now
      if (visible) set({ hidden: 0 })
      else if (reached) set({ line: null })
      look()
    },
    /** The page may be gone in a moment: what was seen within the last two seconds is told at once. */
    leaving,
    setAtEnd(now: boolean): void {
      if (now === atEnd) return
      atEnd = now
      if (atEnd) set({ below: 0 })
      look()
    },
    /** A new socket: the server may not have heard the last word, and is told again with the next. */
    forget(): void {
      told = 0
    },
    end(): void {
      cancel?.()
    },
  }
}

export type Attention = ReturnType<typeof createAttention>
