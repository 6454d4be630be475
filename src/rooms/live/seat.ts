// SPDX-License-Identifier: GPL-3.0-or-later
import type { Locale } from '../../i18n'
import type { Present, Room } from '../model'

/** The part of Bun's socket that is used here. */
export interface Socket {
  send(text: string): number
  publish(topic: string, text: string): number
  subscribe(topic: string): void
  /** Sends what `send` is given inside as one write. */
  cork(send: () => void): unknown
  close(code?: number, reason?: string): void
  getBufferedAmount?(): number
}

/** What becomes of what a socket says. */
export interface SeatListener {
  message(seat: Seat, data: string | Buffer): void
  drain(seat: Seat): void
  close(seat: Seat): void
}

/**
 * One open page of a room, and the `data` of its socket: Bun calls `message`, `drain` and `close` on it. The context that Elysia keeps
 * there from the upgrade (request, headers, closures: 6 KB) is let go. Small, and without closures of its own: there are thousands.
 */
export class Seat {
  /** Refused frames, less what was forgiven. */
  strikes = 0
  /** When typing was last relayed, on the line that never jumps. */
  typedAt = Number.NEGATIVE_INFINITY
  /** How many replays were asked for lately, and when the last. */
  hellos = 0
  helloAt = 0
  gone = false
  /** Resolves a replay that waits for a slow reader. */
  drained: (() => void) | null = null

  constructor(
    readonly socket: Socket,
    /** Shared by everybody in it. */
    public room: Room,
    /** Replaced when the name changes; another role ends the socket. */
    public person: Present,
    readonly sessionId: string,
    readonly locale: Locale,
    readonly ip: string,
    private readonly listener: SeatListener,
  ) {}

  message(_socket: unknown, data: string | Buffer): void {
    this.listener.message(this, data)
  }

  drain(): void {
    this.listener.drain(this)
  }

  close(): void {
    this.listener.close(this)
  }
}
