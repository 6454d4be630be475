// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'
import { hear, tell } from './answering'
import { browserShelf, createOutbox, type OutboxOptions } from './outbox'

interface WaitingOptions extends Omit<OutboxOptions, 'shelf'> {
  main: HTMLElement
  room: HTMLElement
  signal: AbortSignal
}

/** Only the server writes this: a quotation mark of somebody's text comes escaped. */
const tombstone = 'class="msg__bubble msg__bubble--gone"'

/**
 * What waits to be sent, and where: on this browser's disk while the room is kept, in memory alone from the moment it is not. Of what was
 * removed meanwhile no words stay behind in a quote.
 */
export function createWaiting({ main, room, signal, ...options }: WaitingOptions) {
  const name = `pichat:salida:${room.dataset.room}:${room.dataset.me}`
  let kept = true
  const outbox = createOutbox({ ...options, shelf: browserShelf(name) })

  function pass(): void {
    kept = false
    outbox.pass()
  }

  function gone(id: string): void {
    outbox.unquote(id)
    tell(room, 'room-gone', id)
  }

  if (room.dataset.keep !== 'yes') pass() // what was written while the room was kept is sent, and lies on no disk meanwhile
  hear(main, 'room-keep', (keep) => keep === 'no' && pass(), signal)

  return {
    outbox,
    /** Another tab removed an entry of this browser's storage: it sent that one, or gave it up. */
    removed: (key: string): void => void (kept && key.startsWith(`${name}:`) && outbox.discard(key.slice(name.length + 1))),
    wouldLose: () => !kept && outbox.all.length > 0,
    changed({ id, op, html }: Extract<ServerFrame, { t: 'cambio' }>): void {
      if (op === 'quitar' || html.includes(tombstone)) gone(id)
    },
    /** The log is as it is now, however that came: what it shows as removed is so. */
    levelled(): void {
      for (const bubble of room.querySelectorAll('.msg__bubble--gone')) gone(bubble.parentElement?.id.slice(2) ?? '')
    },
  }
}
