// SPDX-License-Identifier: GPL-3.0-or-later

/** What is being written and not sent yet. */
export interface Draft {
  load(): string
  keep(text: string): void
  /** Writes now what was going to be written soon. */
  flush(): void
  clear(): void
  /** The room keeps nothing any more: the draft leaves the disk and is only where it is typed. */
  pass(): void
}

/** Nobody loses more than the last few letters, and a key costs no write. */
const pause = 400

/**
 * In kept rooms the draft survives a reload, in this browser. In ephemeral ones it is only where it is typed; what was stored while the
 * room was kept is loaded once and taken off the disk.
 */
export function createDraft({ keep, room, me }: { keep?: string; room?: string; me?: string }): Draft {
  if (!room || !me) return { load: () => '', keep() {}, flush() {}, clear() {}, pass() {} }
  const key = `pichat:borrador:${room}:${me}`
  let stored = keep === 'yes'
  let timer = 0
  let waiting: string | null = null

  function pass(): void {
    stored = false
    window.clearTimeout(timer)
    waiting = null
    try {
      localStorage.removeItem(key)
    } catch {
      // Forbidden: then nothing was written either.
    }
  }

  function flush(): void {
    window.clearTimeout(timer)
    if (waiting === null) return
    try {
      if (waiting.trim() === '') localStorage.removeItem(key)
      else localStorage.setItem(key, waiting)
    } catch {
      // Full or forbidden: the text is still where it is typed.
    }
    waiting = null
  }

  return {
    load() {
      try {
        return localStorage.getItem(key) ?? ''
      } catch {
        return ''
      } finally {
        if (!stored) pass()
      }
    },
    keep(text) {
      if (!stored) return
      waiting = text
      window.clearTimeout(timer)
      timer = window.setTimeout(flush, pause)
    },
    flush,
    clear() {
      waiting = ''
      flush()
    },
    pass,
  }
}
