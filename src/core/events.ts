// SPDX-License-Identifier: GPL-3.0-or-later
import type { Log } from './log'

export interface Events<Map extends object> {
  on<Name extends keyof Map>(name: Name, listener: (payload: Map[Name]) => void): () => void
  emit<Name extends keyof Map>(name: Name, payload: Map[Name]): void
}

/** What a service tells the house after the commit. A listener that throws is logged and harms neither the others nor the sender. */
export function createEvents<Map extends object>(log: Log): Events<Map> {
  const listeners: { [Name in keyof Map]?: Set<(payload: Map[Name]) => void> } = {}
  return {
    on(name, listener) {
      const set = listeners[name] ?? new Set()
      listeners[name] = set
      set.add(listener)
      return () => void set.delete(listener)
    },
    emit(name, payload) {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(payload)
        } catch (error) {
          log.error({ err: error, event: String(name) }, 'listener.failed')
        }
      }
    },
  }
}
