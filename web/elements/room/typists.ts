// SPDX-License-Identifier: GPL-3.0-or-later
import type { Timers } from './connection'

interface TypistsOptions {
  timers: Timers
  /** How long one word of it stands, in milliseconds. */
  ms: number
  changed: (names: readonly string[]) => void
}

/** Who is writing now. Each sign of it stands for a while and ends when what was written arrives. */
export function createTypists({ timers, ms, changed }: TypistsOptions) {
  const writing = new Map<string, { name: string; cancel: () => void }>()

  const tell = () => changed([...writing.values()].map(({ name }) => name))

  function stop(id: string): void {
    const one = writing.get(id)
    if (!one) return
    one.cancel()
    writing.delete(id)
    tell()
  }

  return {
    heard({ id, nombre }: { id: string; nombre: string }): void {
      const known = writing.get(id)
      known?.cancel()
      writing.set(id, { name: nombre, cancel: timers.after(ms, () => stop(id)) })
      if (known?.name !== nombre) tell()
    },
    stop,
    clear(): void {
      for (const id of [...writing.keys()]) stop(id)
    },
  }
}
