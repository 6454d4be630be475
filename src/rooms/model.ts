// SPDX-License-Identifier: GPL-3.0-or-later
import type { Person } from '../accounts'
import type { StoredFile } from '../files'

/** `privada`: found by code and password only. `grupal`: listed, and anyone with an account may enter who knows its password, if it has one. */
export const kinds = ['privada', 'grupal'] as const
export type Kind = (typeof kinds)[number]

/** `efimera`: words live in memory and never touch the disk. `guardada`: they are stored for some days. */
export const histories = ['efimera', 'guardada'] as const
export type History = (typeof histories)[number]

/**
 * A place to talk. The room itself (name, code, password, members) is always stored; only the words of an ephemeral room are not.
 * Its owner and administrators may close it.
 */
export interface Room {
  readonly id: string
  /** What people type to join: 8 signs made by PiChat, or 4–16 chosen ones. Unique. Stored bare, shown as `XXXX-XXXX`. */
  readonly code: string
  readonly name: string
  readonly kind: Kind
  readonly kept: boolean
  /** How many days a kept room keeps what was said. */
  readonly days: number
  /** Who created it; null when that account is gone. */
  readonly ownerId: string | null
  /** A group room may have none: its door is open. The password itself is never stored. */
  readonly hasPassword: boolean
  readonly createdAt: number
  /** Nobody new may join; members come and go as before. */
  readonly locked: boolean
  /** Seconds between two messages of one person; 0 for none. */
  readonly slow: number
  /** When the room closes by itself, as people are told. */
  readonly endsAt: number | null
}

/** A person belongs to a room from joining (or creating) it until leaving it, whether connected or not. */
export interface Membership {
  readonly personId: string
  readonly roomId: string
  readonly since: number
}

/**
 * What a room's log consists of. Every change (said, edited, removed, joined, left) takes the next number of its room: `changed` is the
 * number of the last change of this item, `n` that of the first, which is its place for ever. Order is by number, never by time.
 *
 * What is numbered where:
 * - kept rooms: messages, and becoming a member (`added`) or ceasing to be one (`gone`), all stored. Who comes and goes with the browser
 *   (`joined`, `left`) is told to those present and forgotten: number 0. Presence would wear out the card and bury the history.
 * - ephemeral rooms: messages and all four notices, all in the ring in memory.
 */
export type Item = Said | Notice

interface Numbered {
  readonly id: string
  readonly roomId: string
  readonly n: number
  readonly changed: number
  readonly at: number
}

export interface Said extends Numbered {
  readonly kind: 'said'
  readonly author: Who
  /** The client's own id for it: sending again answers with the first result. */
  readonly cid: string
  /** Empty when removed: nobody ever sees the text again. */
  readonly text: string
  readonly editedAt: number | null
  readonly removedBy: 'author' | 'owner' | 'administrator' | null
  /** Who removed it, when it was not the author. */
  readonly removedName: string | null
  /** The id of the message it answers, and that message as it is now; null: it is no longer kept. */
  readonly replyTo: string | null
  readonly quote: Quote | null
  /** In the order in which they came. */
  readonly reactions: readonly Reaction[]
  readonly mentions: readonly Mention[]
  readonly fileId: string | null
  readonly file: StoredFile | null
}

/** What a message shows besides its words; one without any of it is by far the most common. */
export const plain = {
  removedName: null,
  replyTo: null,
  quote: null,
  reactions: [],
  mentions: [],
  fileId: null,
  file: null,
} as const satisfies Partial<Said>

/** The message that is answered. */
export type Quote = Pick<Said, 'id' | 'author' | 'text' | 'removedBy' | 'removedName' | 'fileId'>

export interface Reaction {
  readonly emoji: string
  readonly people: readonly Who[]
}

/** Somebody who is called in a message, as it is written there: `@carla`. */
export interface Mention {
  readonly id: string
  readonly as: string
}

/** Notices that a kept room stores. */
export type StoredNotice = 'added' | 'gone' | OrderKind
export type NoticeKind = StoredNotice | 'joined' | 'left'

/** Somebody kept order: was sent away, was muted; or what happens to messages changed. `author` is whom (or who) it is about. */
export type OrderKind = 'removed' | 'muted' | 'now-ephemeral' | 'now-kept'
export const orderKinds: readonly OrderKind[] = ['removed', 'muted', 'now-ephemeral', 'now-kept']

/** What a notice of order has to say besides its author. */
export interface Order {
  /** Who did it. */
  by?: string
  reason?: string
  /** Epoch milliseconds. */
  until?: number
  days?: number
  /** What was said before is gone. */
  erased?: boolean
}

export interface Notice extends Numbered {
  readonly kind: NoticeKind
  readonly author: Who
  /** How many others did the same at that moment; a class that enters together is one line. */
  readonly others: number
  readonly order?: Order
}

/** Somebody may read and not write, until a point on the house's own line. `until` is the wall time people are told. */
export interface Mute {
  readonly roomId: string
  readonly personId: string
  readonly until: number
  readonly endsOnLine: number
  /** Whether the room's owner did it, who is no administrator. */
  readonly byOwner: boolean
}

/** Somebody may not come back. */
export interface Ban {
  readonly person: Who
  readonly reason: string
  readonly by: string
  readonly at: number
}

/** A link that needs no password: for one person, or for everybody until it expires. */
export interface Invitation {
  readonly id: string
  readonly roomId: string
  readonly maker: string
  readonly createdAt: number
  readonly once: boolean
  readonly expiresAt: number
  readonly endsOnLine: number
  readonly uses: number
  readonly ended: 'used' | 'revoked' | null
}

/** The name as it was then: a log stays readable when the account is gone. */
export interface Who {
  readonly id: string
  readonly name: string
}

/** Somebody who is connected to a room, as the others see it. */
export type Present = Pick<Person, 'id' | 'name' | 'role'> & { username?: string }

/** Every number a room is held to; `app.ts` fills it from the settings, which say unit and reason. */
export interface RoomLimits {
  readonly messagesPerSecond: number
  readonly messageBurst: number
  readonly messageStrikes: number
  readonly messageCharacters: number
  readonly socketsPerPerson: number
  readonly socketsPerAddress: number
  readonly roomsPerPerson: number
  readonly roomsPerMinute: number
  readonly searchesPerSecond: number
  readonly membersPerRoom: number
  readonly roomTriesPerPerson: number
  readonly roomTriesPerAddress: number
  readonly ephemeralMessages: number
  readonly ephemeralAge: number
  readonly ephemeralLinger: number
  readonly keptDays: number
  readonly keptDaysMaximum: number
  readonly catchUpChanges: number
  readonly pageMessages: number
  readonly presenceGrace: number
  readonly typingFor: number
  readonly passwordMinimum: number
  readonly passwordMaximum: number
}

/** What happens in rooms, told after the commit. */
export interface RoomEvents {
  changed: { room: Room; item: Item }
  /** No longer a member; `farewell`: sent away, for this reason, by an administrator or by the owner. */
  removed: { room: Room; personId: string; farewell?: { reason: string; byOwner: boolean } }
  /** The room is another now; `was`: before. */
  altered: { room: Room; was: Room }
  /** Everything said is gone, the room stays. */
  erased: { room: Room }
  closed: { room: Room }
}
