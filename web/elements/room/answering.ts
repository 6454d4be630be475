// SPDX-License-Identifier: GPL-3.0-or-later
//
// What log and composer say to each other: events on the room's <main>, so that neither knows the other.

/** The message that is going to be answered. */
export interface Answered {
  id: string
  name: string
  /** Its first line, for the quote of a message that is not acknowledged yet. */
  line: string
}

/** One's own message that is being written anew. */
export interface Edited {
  id: string
  texto: string
}

export interface Said {
  cid: string
  texto: string
  answered?: Answered
  /** The id of a file that was uploaded. */
  archivo?: string
}

interface RoomEvents {
  /** composer → log; prevented when the log takes it. */
  'room-say': Said
  'room-change': Edited
  'room-typing': undefined
  /** ↑ in an empty box. */
  'room-edit-last': undefined
  /** log → composer. */
  'room-answer': Answered
  'room-edit': Edited
  /** The message with this id is gone: nothing is answered to it any more. */
  'room-gone': string
  /** The room keeps what is said from now on, or nothing any more. */
  'room-keep': 'yes' | 'no'
  /** Something goes into the text where one writes: a mention. */
  'room-write': string
}

/** False when somebody took it. */
export function tell<Name extends keyof RoomEvents>(from: HTMLElement, name: Name, detail: RoomEvents[Name]): boolean {
  return from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }))
}

export function hear<Name extends keyof RoomEvents>(
  around: EventTarget,
  name: Name,
  take: (detail: RoomEvents[Name], event: Event) => void,
  signal: AbortSignal,
): void {
  around.addEventListener(name, (event) => take((event as CustomEvent<RoomEvents[Name]>).detail, event), { signal })
}
