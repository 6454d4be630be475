// SPDX-License-Identifier: GPL-3.0-or-later
import type { ClientFrame, ServerFrame } from '../../../src/rooms/protocol'
import type { Edited } from './answering'

interface ChangesOptions {
  /** False when there is no connection. */
  send: (frame: ClientFrame) => boolean
  /** Which life of the room the log is of: in another one the same number is another message. */
  life: () => string | undefined
  /** It comes back to whoever wrote it. `whole`: the message is still there to be changed. */
  back: (edited: Edited, is: { whole: boolean }) => void
}

/** Edits that were sent and not heard of yet. A connection that dies takes what was under way with it: those are sent again. */
export function createChanges({ send, life, back }: ChangesOptions) {
  const waiting = new Map<string, Edited & { life: string | undefined }>()

  return {
    get any(): boolean {
      return waiting.size > 0
    },
    /** False without connection: the text stays where it is written. */
    make({ id, texto }: Edited): boolean {
      const sent = send({ t: 'editar', id, texto })
      if (sent) waiting.set(id, { id, texto, life: life() })
      return sent
    },
    /** What was asked for has happened. */
    heard: (id: string): void => void waiting.delete(id),
    /** Nothing that was written is lost. */
    refused({ id }: Extract<ServerFrame, { t: 'no' }>): void {
      const edited = id === undefined ? [...waiting.values()].at(-1) : waiting.get(id)
      if (!edited) return
      waiting.delete(edited.id)
      back(edited, { whole: true })
    },
    /** The log has caught up: what is still not heard of did not arrive. */
    levelled(): void {
      for (const { id, texto, life: was } of waiting.values()) {
        if (was === life()) send({ t: 'editar', id, texto })
        else {
          waiting.delete(id)
          back({ id, texto }, { whole: false })
        }
      }
    },
  }
}
