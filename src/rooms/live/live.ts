// SPDX-License-Identifier: GPL-3.0-or-later
import { edenGC } from 'bun:jsc'
import { type Clock, createLimiter, type Log, Refusal, type Taken } from '../../core'
import { translator } from '../../i18n'
import type { Lobby } from '../door/lobby'
import type { RoomLimits } from '../model'
import { type Moderation, muteWords } from '../order/moderation'
import type { ClientFrame } from '../protocol'
import type { Revise } from '../talk/revise'
import type { Talk } from '../talk/talk'
import { roomStamp } from '../views/title'
import { changeFrame, listFrame, readFrame, roomFrame, write } from './frames'
import type { Hub } from './hub'
import type { Presence } from './presence'
import type { Seat, SeatListener } from './seat'

/** Where a test makes a handler throw (THREATS 72). */
export type Fault = (place: 'open' | 'message' | 'close' | 'drain') => void

interface Options {
  hub: Hub
  talk: Talk
  revise: Revise
  lobby: Lobby
  presence: Presence
  clock: Clock
  limits: RoomLimits
  log: Log
  moderation: Pick<Moderation, 'muteOf'>
  fault?: Fault | undefined
}

export type Live = ReturnType<typeof createLive>

/** Typing and read marks are cheaper than messages: so many more of them are taken. */
const otherFramesPerMessage = 4
/** A replay is dear. A browser asks once per socket, and once more when it had to load the log anew. */
const hellos = { burst: 5, perSecond: 0.5 }
/** An unreadable frame weighs as much as this many refused ones: ten in a row and the socket is closed. */
const garbageStrikes = 10
/** So many refusals are forgiven for each frame that was taken: forgetting all of them, one in fifty would keep a flood going for ever. */
const forgiven = 5
/** Milliseconds between two relays of "is typing" by one page. */
const typingEvery = 1_000
/** Bytes that may wait for a slow reader during a replay, far below the backlog at which its socket is closed. */
const replayBacklog = 256 * 1024

const tooMuch = 1008

/**
 * A handshake leaves some 30 KB behind. After so many of them the young part of the heap is collected, which takes a millisecond: by itself
 * the collector may wait for 18 MB, and what stays lies scattered over all of it for good (5 MB of a thousand sockets).
 */
const handshakesPerCollection = 200

/** The conversation over one socket: frames in, frames out. */
export function createLive({ hub, talk, revise, lobby, presence, clock, limits, log, moderation, fault }: Options) {
  const pace = createLimiter({
    clock,
    perSecond: limits.messagesPerSecond * otherFramesPerMessage,
    burst: limits.messagesPerSecond === 0 ? 0 : limits.messageBurst * otherFramesPerMessage,
  })

  let acknowledgements = new Map<Seat, string[]>()
  let handshakes = 0

  function open(seat: Seat): void {
    try {
      fault?.('open')
      if (++handshakes % handshakesPerCollection === 0) edenGC()
      if (!hub.sit(seat)) return
      const mute = moderation.muteOf(seat.room.id, seat.person.id)
      if (mute) send(seat, write({ t: 'silencio', texto: muteWords(seat.locale, mute) }))
    } catch (error) {
      failed(seat, error)
    }
  }

  async function receive(seat: Seat, data: string | Buffer): Promise<void> {
    fault?.('message')
    if (seat.gone) return
    const frame = readFrame(data)
    if (!frame) {
      strike(seat, garbageStrikes)
      refuse(seat, new Refusal('invalid', 'rooms.frameUnreadable'))
      return
    }
    try {
      await answer(seat, frame)
      seat.strikes = Math.max(0, seat.strikes - forgiven)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'throttled') strike(seat, 1)
      refuse(seat, error, aboutOf(frame))
    }
  }

  async function answer(seat: Seat, frame: ClientFrame): Promise<void> {
    const { room, person } = seat
    switch (frame.t) {
      case 'decir': {
        const { id, n } = await talk.say({
          room,
          person,
          cid: frame.cid,
          text: frame.texto,
          replyTo: frame.respuestaA,
          fileId: frame.archivo,
        })
        acknowledge(seat, write({ t: 'ok', cid: frame.cid, id, n }))
        return
      }
      case 'hola':
        greet(seat)
        bringUpToDate(seat, frame)
        return replay(seat, frame)
      case 'editar':
        await revise.edit(room, person, frame.id, frame.texto)
        return
      case 'borrar':
        await revise.remove(room, person, frame.id, seat.ip)
        return
      case 'escribiendo':
        spend(pace.take(person.id))
        if (moderation.muteOf(room.id, person.id)) return
        if (clock.monotonic() - seat.typedAt < typingEvery) return
        seat.typedAt = clock.monotonic()
        hub.relayTyping(seat)
        return
      case 'visto':
        spend(pace.take(person.id))
        lobby.sawUpTo(room, person.id, frame.n)
        return
      case 'reaccion':
        await revise.react(room, person, frame.id, frame.emoji)
        return
    }
  }

  /** What the room and this person's place in it became while the page was away. A silence that began is told to whoever comes. */
  function bringUpToDate(seat: Seat, { sello, callada }: Extract<ClientFrame, { t: 'hola' }>): void {
    if (sello !== undefined && sello !== roomStamp(seat.room)) send(seat, roomFrame(translator(seat.locale), seat.room))
    if (callada && !moderation.muteOf(seat.room.id, seat.person.id)) send(seat, write({ t: 'silencio', texto: null }))
  }

  /** The socket has been subscribed since it opened: what happens meanwhile arrives as well, and the number of each change tells. */
  async function replay(seat: Seat, { desde, epoca }: Extract<ClientFrame, { t: 'hola' }>): Promise<void> {
    const { epoch, n, items } = await talk.since(seat.room, desde, epoca)
    const t = translator(seat.locale)
    if (items === null) {
      // Perhaps because the room keeps nothing any more: the page must know before it writes another word to its disk.
      send(seat, roomFrame(t, seat.room))
      send(seat, write({ t: 'hueco' }))
    }
    for (const item of items ?? []) {
      if ((seat.socket.getBufferedAmount?.() ?? 0) > replayBacklog) await drained(seat)
      if (seat.gone) return
      send(seat, changeFrame(t, item))
    }
    send(seat, listFrame({ epoca: epoch, n, people: presence.who(seat.room.id) }))
  }

  /**
   * Acknowledgements of one turn of the event loop leave together: each one sent alone would push out what waits for this socket, and a
   * lively room is mostly such writes.
   */
  function acknowledge(seat: Seat, text: string): void {
    if (acknowledgements.size === 0) setImmediate(sendAcknowledgements)
    const waiting = acknowledgements.get(seat)
    if (waiting) waiting.push(text)
    else acknowledgements.set(seat, [text])
  }

  function sendAcknowledgements(): void {
    const due = acknowledgements
    acknowledgements = new Map()
    for (const [seat, texts] of due) {
      try {
        seat.socket.cork(() => {
          for (const text of texts) send(seat, text)
        })
      } catch (error) {
        failed(seat, error)
      }
    }
  }

  function drained(seat: Seat): Promise<void> {
    return new Promise((resolve) => {
      seat.drained = resolve
    })
  }

  /** A bucket of its own in each seat: thousands of them in a limiter would weigh more than the seats. */
  function greet(seat: Seat): void {
    const now = clock.monotonic()
    seat.hellos = Math.max(0, seat.hellos - ((now - seat.helloAt) / 1000) * hellos.perSecond)
    seat.helloAt = now
    if (seat.hellos + 1 > hellos.burst) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: Math.ceil(1 / hellos.perSecond) })
    seat.hellos++
  }

  function spend(taken: Taken): void {
    if (!taken.ok) throw new Refusal('throttled', 'rooms.tooFast', { retryAfter: taken.retryAfter })
  }

  /** Whoever goes on after so many refusals is a broken program or worse. */
  function strike(seat: Seat, weight: number): void {
    seat.strikes += weight
    if (seat.strikes <= limits.messageStrikes) return
    log.warn({ who: seat.person.id, room: seat.room.id }, 'socket.flood')
    seat.socket.close(tooMuch, 'limite')
    hub.leave(seat)
  }

  function refuse(seat: Seat, refusal: Refusal, about: { cid?: string; id?: string } = {}): void {
    const message = translator(seat.locale).say(refusal.phrase, refusal.values)
    const wait = refusal.retryAfter === undefined ? {} : { espera: refusal.retryAfter }
    send(seat, write({ t: 'no', ...about, error: refusal.code, message, ...wait }))
  }

  /** A handler failed: this socket ends, the process goes on. */
  function failed(seat: Seat | undefined, error: unknown): void {
    log.error({ err: error, room: seat?.room.id }, 'socket.failed')
    if (!seat) return
    hub.leave(seat)
    seat.socket.close(1011, 'failed')
  }

  function send(seat: Seat, text: string): void {
    if (!seat.gone) seat.socket.send(text)
  }

  return {
    open,
    message(seat, data): void {
      receive(seat, data).catch((error) => failed(seat, error))
    },
    drain(seat): void {
      try {
        fault?.('drain')
        seat.drained?.()
      } catch (error) {
        failed(seat, error)
      }
    },
    close(seat): void {
      try {
        // The seat is given up whatever happens here.
        hub.leave(seat)
        fault?.('close')
      } catch (error) {
        failed(seat, error)
      }
    },
    failed,
  } satisfies SeatListener & Record<string, unknown>
}

/** What a refusal is about: the message to be, or the message that was to change. */
function aboutOf(frame: ClientFrame): { cid?: string; id?: string } {
  if ('cid' in frame) return { cid: frame.cid }
  return 'id' in frame ? { id: frame.id } : {}
}
