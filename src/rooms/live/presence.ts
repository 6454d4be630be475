// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from '../../core'
import type { Present, Room } from '../model'

interface Place {
  room: Room
  people: Map<string, Seat>
  /** Who came and who went since the last telling. */
  came: Present[]
  went: Present[]
  telling: (() => void) | null
}

interface Seat {
  person: Present
  tabs: number
  /** Cancels the departure while a tab blinks. */
  stay: (() => void) | null
}

export interface PresenceListener {
  /** Some came, some went: at most a few times per second and room. */
  moved(room: Room, moves: { came: readonly Present[]; went: readonly Present[] }): void
  /** The first one is there. */
  inhabited(room: Room): void
  /** The last one is gone. */
  empty(room: Room): void
}

interface Options {
  clock: Clock
  /** Milliseconds for which somebody whose last tab is gone still counts as there. */
  grace: number
  listener: PresenceListener
}

/** Milliseconds in which comings and goings are gathered into one telling, and how much longer for each person who has to be told. */
const gather = 200
const gatherPerPerson = 2

/** Milliseconds for which whoever loaded a page of the room without opening a socket counts as there: without script nobody says goodbye. */
const reading = 180_000

/** Who is connected to which room, and who reads its plain page. Only the first tab of a person comes and only the last one goes. In memory alone. */
export class Presence {
  readonly #places = new Map<string, Place>()
  /** In how many rooms each person is. */
  readonly #rooms = new Map<string, number>()
  /** Who reads without a socket, by room and person. */
  readonly #readers = new Map<string, Map<string, { person: Present; stay: () => void }>>()

  constructor(private readonly options: Options) {}

  /** Answers the room as everybody in it shares it. */
  arrive(room: Room, person: Present): Room {
    this.stopReading(room.id, person.id)
    let place = this.#places.get(room.id)
    if (!place) {
      place = { room, people: new Map(), came: [], went: [], telling: null }
      this.#places.set(room.id, place)
      this.options.listener.inhabited(room)
    }
    const seat = place.people.get(person.id)
    if (seat) {
      seat.stay?.()
      seat.stay = null
      seat.tabs++
      seat.person = person
      return place.room
    }
    place.people.set(person.id, { person, tabs: 1, stay: null })
    this.#rooms.set(person.id, (this.#rooms.get(person.id) ?? 0) + 1)
    // Gone and back between two tellings: nothing happened.
    if (!forget(place.went, person.id)) place.came.push(person)
    this.#tell(place)
    return place.room
  }

  /** `atOnce`: without grace, and untold: that somebody belongs to the room no longer is a sentence of its own. */
  depart(roomId: string, personId: string, { atOnce = false } = {}): void {
    const place = this.#places.get(roomId)
    const seat = place?.people.get(personId)
    if (!place || !seat) return
    seat.tabs = Math.max(0, seat.tabs - 1)
    if (seat.tabs > 0) return
    seat.stay?.()
    seat.stay = null
    if (atOnce || this.options.grace <= 0) this.#leave(place, seat, { untold: atOnce })
    else seat.stay = this.options.clock.after(this.options.grace, () => this.#leave(place, seat))
  }

  /**
   * A page was loaded; with script its socket follows. It puts somebody into the lists and is no news: an ephemeral room whose people have
   * gone is wiped all the same.
   */
  read(roomId: string, person: Present): void {
    if (this.#places.get(roomId)?.people.has(person.id)) return
    const readers = this.#readers.get(roomId) ?? new Map()
    this.#readers.set(roomId, readers)
    const before = readers.get(person.id)
    before?.stay()
    readers.set(person.id, { person, stay: this.options.clock.after(reading, () => this.stopReading(roomId, person.id)) })
    if (!before) this.#tellOf(roomId)
  }

  stopReading(roomId: string, personId: string): void {
    const readers = this.#readers.get(roomId)
    const reader = readers?.get(personId)
    if (!readers || !reader) return
    reader.stay()
    readers.delete(personId)
    if (readers.size === 0) this.#readers.delete(roomId)
    this.#tellOf(roomId)
  }

  rename(roomId: string, person: Present): void {
    const place = this.#places.get(roomId)
    const seat = place?.people.get(person.id)
    if (!place || !seat || seat.person.name === person.name) return
    seat.person = person
    this.#tell(place)
  }

  /** The room is another now. */
  alter(room: Room): void {
    const place = this.#places.get(room.id)
    if (place) place.room = room
  }

  /** Who is there, connected or reading. */
  who(roomId: string): Present[] {
    const seats = [this.#places.get(roomId)?.people, this.#readers.get(roomId)]
    return seats.flatMap((people) => (people ? [...people.values()].map(({ person }) => person) : []))
  }

  /** How many are connected. */
  count(roomId: string): number {
    return this.#places.get(roomId)?.people.size ?? 0
  }

  has(roomId: string): boolean {
    return this.#places.has(roomId)
  }

  /** Whether somebody is connected to any room. */
  isConnected(personId: string): boolean {
    return this.#rooms.has(personId)
  }

  /** How many different people are connected to any room. */
  get people(): number {
    return this.#rooms.size
  }

  /** The room is gone: nobody is told. */
  drop(roomId: string): void {
    for (const { stay } of this.#readers.get(roomId)?.values() ?? []) stay()
    this.#readers.delete(roomId)
    const place = this.#places.get(roomId)
    if (!place) return
    place.telling?.()
    for (const { stay, person } of place.people.values()) {
      stay?.()
      this.#outOf(person.id)
    }
    this.#places.delete(roomId)
  }

  #leave(place: Place, seat: Seat, { untold = false } = {}): void {
    const { person } = seat
    if (place.people.get(person.id) !== seat) return
    place.people.delete(person.id)
    this.#outOf(person.id)
    if (!forget(place.came, person.id) && !untold) place.went.push(person)
    if (place.people.size > 0) {
      this.#tell(place)
      return
    }
    // Nobody is there to be told at once, but the ring remembers who left.
    this.#flush(place)
    this.#places.delete(place.room.id)
    this.options.listener.empty(place.room)
  }

  #outOf(personId: string): void {
    const rooms = (this.#rooms.get(personId) ?? 1) - 1
    if (rooms > 0) this.#rooms.set(personId, rooms)
    else this.#rooms.delete(personId)
  }

  #tellOf(roomId: string): void {
    const place = this.#places.get(roomId)
    if (place) this.#tell(place)
  }

  #tell(place: Place): void {
    place.telling ??= this.options.clock.after(gather + gatherPerPerson * place.people.size, () => this.#flush(place))
  }

  #flush(place: Place): void {
    place.telling?.()
    place.telling = null
    const { came, went } = place
    place.came = []
    place.went = []
    if (this.#places.get(place.room.id) === place) this.options.listener.moved(place.room, { came, went })
  }
}

function forget(list: Present[], personId: string): boolean {
  const at = list.findIndex(({ id }) => id === personId)
  if (at >= 0) list.splice(at, 1)
  return at >= 0
}
