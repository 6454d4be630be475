// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'
import type { LogView } from './log-view'
import type { Outbox } from './outbox'

interface OwnOptions {
  outbox: Outbox
  view: LogView
  /** Whether every change up to `n` has been applied. */
  isPast: (n: number) => boolean
}

/**
 * One's own messages stand in the log twice for a moment: as written, and as the server tells them to everybody. Whichever of
 * acknowledgement and change comes first, exactly one stays.
 */
export function createOwn({ outbox, view, isPast }: OwnOptions) {
  /** Acknowledged and not heard back yet: id of the message → its cid and number. */
  const awaited = new Map<string, { cid: string; n: number }>()

  return {
    /** A change came; what waited in its place goes. */
    changed({ id, cid }: Extract<ServerFrame, { t: 'cambio' }>): void {
      const item = view.itemOf(id)
      if (!item || !view.isOwn(item)) return
      const waiting = awaited.get(id)?.cid ?? cid
      if (waiting === undefined) return
      awaited.delete(id)
      outbox.acknowledged(waiting)
      view.dropPending(waiting)
    },

    acknowledged({ cid, id, n }: Extract<ServerFrame, { t: 'ok' }>): void {
      outbox.acknowledged(cid)
      // It is on the page already, or was and is gone; otherwise its place is kept until it comes back.
      if (view.itemOf(id) || isPast(n)) view.dropPending(cid)
      else awaited.set(id, { cid, n })
    },

    /** The log has caught up, perhaps by being loaded anew: what is still awaited and past came that way. */
    levelled(): void {
      for (const [id, { cid, n }] of awaited) {
        if (!view.itemOf(id) && !isPast(n)) continue
        awaited.delete(id)
        view.dropPending(cid)
      }
    },
  }
}
