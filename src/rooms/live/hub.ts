// SPDX-License-Identifier: GPL-3.0-or-later
import type { Log } from '../../core'
import { type Locale, locales, translator } from '../../i18n'
import type { Item, Present, Room, RoomLimits } from '../model'
import { mayOrder } from '../order/order'
import { closeCodes, type Motivo, type ServerFrame } from '../protocol'
import { changeFrame, roomFrame, whoFrame, write } from './frames'
import type { Presence } from './presence'
import type { Seat } from './seat'

/** The part of Bun's server that is used here. */
export interface Publisher {
  publish(topic: string, text: string): number
  subscriberCount(topic: string): number
}

interface Options {
  presence: Presence
  limits: Pick<RoomLimits, 'socketsPerPerson' | 'socketsPerAddress'>
  log: Log
}

export type Hub = ReturnType<typeof createHub>

/** Open pages of one person that hear of other rooms: more than these nobody looks at. */
const pagesTold = 10

/** Everybody who sits in a room, and the ways to tell them. Knows sockets and topics, decides nothing about rooms. */
export function createHub({ presence, limits, log }: Options) {
  const seats = new Set<Seat>()
  const perPerson = new Map<string, number>()
  const perAddress = new Map<string, number>()
  let server: Publisher | null = null

  const topic = (roomId: string, locale: Locale) => `room:${roomId}:${locale}`

  /** Tells a room what is true for everybody, in each language that somebody there reads. */
  function publish(roomId: string, textFor: (locale: Locale) => string): void {
    if (!server) return
    for (const locale of locales) {
      const name = topic(roomId, locale)
      if (server.subscriberCount(name) > 0) server.publish(name, textFor(locale))
    }
  }

  function dismiss(seat: Seat, motivo: Motivo, texto?: string): void {
    if (seat.gone) return
    seat.socket.send(write({ t: 'adios', motivo, ...(texto ? { texto } : {}) }))
    stand(seat)
    seat.socket.close(closeCodes[motivo], motivo)
  }

  function dismissAll(which: (seat: Seat) => boolean, motivo: Motivo, words?: (locale: Locale) => string): number {
    const found = [...seats].filter(which)
    for (const seat of found) {
      // One socket that is already dead must not keep the others open.
      try {
        dismiss(seat, motivo, words?.(seat.locale))
      } catch (error) {
        log.error({ err: error, motivo }, 'socket.dismiss.failed')
      }
    }
    return found.length
  }

  /** Takes the seat away; true once. */
  function stand(seat: Seat): boolean {
    if (!seats.delete(seat)) return false
    seat.gone = true
    seat.drained?.()
    decrease(perPerson, seat.person.id)
    decrease(perAddress, seat.ip)
    return true
  }

  return {
    attach(publisher: Publisher | null): void {
      server ??= publisher
    },

    /** Whether one more socket of this address is taken: asked before the upgrade. */
    hasPlaceFor: (ip: string) => (perAddress.get(ip) ?? 0) < limits.socketsPerAddress,

    /** Seats somebody and subscribes; the socket is told and closed when the person has too many. */
    sit(seat: Seat): boolean {
      seats.add(seat)
      increase(perPerson, seat.person.id)
      increase(perAddress, seat.ip)
      if ((perPerson.get(seat.person.id) ?? 0) > limits.socketsPerPerson) {
        dismiss(seat, 'limite')
        return false
      }
      seat.socket.subscribe(topic(seat.room.id, seat.locale))
      seat.room = presence.arrive(seat.room, seat.person)
      return true
    },

    /** The socket is closed, by whomever. */
    leave(seat: Seat): void {
      if (stand(seat)) presence.depart(seat.room.id, seat.person.id)
    },

    /** A change of the log: drawn once per language, whatever the number of readers. */
    tell: (room: Room, item: Item) => publish(room.id, (locale) => changeFrame(translator(locale), item)),

    /** The room has another name, pace, history … : its open pages know, and what they say next is said in the room as it is now. */
    alter(room: Room, { address = false }: { address?: boolean } = {}): void {
      presence.alter(room)
      for (const seat of seats) if (seat.room.id === room.id) seat.room = room
      const pagina = address ? { pagina: `/salas/${room.code}` } : {}
      publish(room.id, (locale) => roomFrame(translator(locale), room, pagina))
    },

    /** What the pages show is no longer there: they load the log anew. */
    tellGap: (roomId: string) => publish(roomId, () => write({ t: 'hueco' })),

    /** To the open pages of one person in one room. */
    tellPerson(roomId: string, personId: string, frame: (locale: Locale) => ServerFrame): void {
      for (const seat of seats) if (seat.room.id === roomId && seat.person.id === personId) seat.socket.send(write(frame(seat.locale)))
    },

    /** To the open pages of those who keep order in a room. */
    tellKeepers(roomId: string, frame: ServerFrame): void {
      for (const seat of seats) if (seat.room.id === roomId && mayOrder(seat.person, seat.room)) seat.socket.send(write(frame))
    },

    /** To the open pages that these people have of other rooms. */
    tellElsewhere(roomId: string, people: readonly string[], text: string): void {
      const left = new Map(people.map((id) => [id, pagesTold]))
      for (const { room, person, socket } of seats) {
        const pages = room.id === roomId ? 0 : (left.get(person.id) ?? 0)
        if (pages === 0) continue
        left.set(person.id, pages - 1)
        socket.send(text)
      }
    },

    tellWho(roomId: string): void {
      const text = whoFrame(presence.who(roomId))
      publish(roomId, () => text)
    },

    /** To everybody in the room but this socket. */
    relayTyping({ socket, room, person }: Seat): void {
      const text = write({ t: 'escribiendo', quien: { id: person.id, nombre: person.name } })
      for (const locale of locales) socket.publish(topic(room.id, locale), text)
    },

    /** The session is over: its sockets close with 4401. */
    endSession: (sessionId: string) => endAll((seat) => seat.sessionId === sessionId, 'sesion'),
    /** Role, password or state of the account changed: all its sockets close with 4401 and come back as what they are now. */
    endPerson: (personId: string, { except }: { except?: string } = {}) =>
      endAll((seat) => seat.person.id === personId && seat.sessionId !== except, 'sesion'),
    /** Another name is seen at once; another role, or a paused account, ends the sockets with 4401. */
    refreshPerson(person: Present, { disabled = false } = {}): void {
      const theirs = [...seats].filter((seat) => seat.person.id === person.id)
      if (disabled || theirs.some((seat) => seat.person.role !== person.role)) {
        this.endPerson(person.id)
        return
      }
      for (const seat of theirs) {
        seat.person = { ...seat.person, name: person.name, role: person.role }
        presence.rename(seat.room.id, seat.person)
      }
    },
    /** No longer a member: 4403, with the words of whoever sent the person away. */
    endMember(room: Room, personId: string, words?: (locale: Locale) => string): number {
      presence.stopReading(room.id, personId)
      const closed = dismissAll((seat) => seat.room.id === room.id && seat.person.id === personId, 'expulsion', words)
      for (let i = 0; i < closed; i++) presence.depart(room.id, personId, { atOnce: true })
      return closed
    },
    endRoom(roomId: string): void {
      presence.drop(roomId)
      dismissAll((seat) => seat.room.id === roomId, 'cerrada')
    },
    /** PiChat stops: 1012, come back. */
    endAll: () => dismissAll(() => true, 'reinicio'),

    get sockets() {
      return seats.size
    },
  }

  function endAll(which: (seat: Seat) => boolean, motivo: Motivo): number {
    const leaving = [...seats].filter(which)
    const closed = dismissAll(which, motivo)
    for (const seat of leaving) presence.depart(seat.room.id, seat.person.id)
    return closed
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function decrease(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
