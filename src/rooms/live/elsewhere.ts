// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, Log } from '../../core'
import type { Item, Room } from '../model'
import { write } from './frames'
import type { Hub } from './hub'

interface Options {
  hub: Pick<Hub, 'tellElsewhere'>
  /** The ids of everybody who belongs to a room, asked for when it is told: whoever was sent away hears no more of it. */
  membersOf(roomId: string): Promise<readonly string[]>
  clock: Clock
  log: Log
}

/** What was said in so many milliseconds is told together: a counter need not be quicker. */
const pause = 1_000
/** Rooms that are told of at once. The rest of a very lively house waits for the next turn. */
const roomsAtOnce = 20
/** Messages of one room that are told of at once; the page asks for the true number every so often. */
const messagesAtOnce = 100

export type Elsewhere = ReturnType<typeof createElsewhere>

/** Tells the open pages of other rooms that something was said in one their people belong to: who spoke and who was called, never what. */
export function createElsewhere({ hub, membersOf, clock, log }: Options) {
  /** By room: for each message its author, then those it calls. */
  const said = new Map<string, string[][]>()
  let cancel: (() => void) | null = null

  async function tell(): Promise<void> {
    const due = [...said].slice(0, roomsAtOnce)
    for (const [roomId] of due) said.delete(roomId)
    cancel = said.size > 0 ? clock.after(pause, next) : null
    for (const [roomId, dicho] of due) {
      hub.tellElsewhere(roomId, await membersOf(roomId), write({ t: 'fuera', sala: roomId, dicho }))
    }
  }

  function next(): void {
    tell().catch((error) => log.error({ err: error }, 'elsewhere.failed'))
  }

  return {
    said(room: Room, item: Item): void {
      if (item.kind !== 'said' || item.n !== item.changed) return
      const known = said.get(room.id)
      const one = [item.author.id, ...item.mentions.map(({ id }) => id)]
      if (!known) said.set(room.id, [one])
      else if (known.length < messagesAtOnce) known.push(one)
      cancel ??= clock.after(pause, next)
    },
    stop(): void {
      cancel?.()
    },
  }
}
