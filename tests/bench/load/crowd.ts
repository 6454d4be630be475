// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process of its own that sits in rooms: opens sockets, lets some of them talk, and checks every word that arrives anywhere.
import { answer } from './errand'
import { type Address, openWire, type Wire } from './wire'

/** What is said: `~<room>.<number>~` and dots up to the length. Found again in whatever frame it comes back in. */
const mark = '~'.charCodeAt(0)
const dot = '.'.charCodeAt(0)

export interface Room {
  /** Small whole number; part of every text. */
  tag: number
  /** One per member. */
  seats: Address[]
  /** Sent by each member after the upgrade. */
  greeting?: string
  /** How many of them talk. */
  speakers: number
  /** A frame that carries a text: the first `@` becomes the client's id for it, `#` the text. */
  saying: string
}

export interface Talk {
  /** Texts of each speaker at a stroke; the next round begins when everybody has heard everything. */
  atOnce: number
  /** Bytes of a text. */
  bytes: number
  milliseconds: number
}

export interface Heard {
  said: number
  deliveries: number
  lost: number
  doubled: number
  misrouted: number
  seconds: number
}

export interface Pulse {
  /** Milliseconds between two texts of a room's first speaker. */
  every: number
  bytes: number
  milliseconds: number
  /** Words instead of dots: something for the index of words. */
  worded?: boolean
}

interface Seat {
  room: number
  /** A bit per text of this room. */
  heard: Uint8Array
}

const mostTexts = 1 << 20
const rooms: Room[] = []
const wires: Wire[][] = []
const seats: Seat[] = []
const said: number[] = []
let outstanding = 0
let doubled = 0
let misrouted = 0
let deliveries = 0
let quiet: (() => void) | undefined
let serial = 0
/** While a pulse is taken: when each text of the first room left, and how long it took to each member, in milliseconds. */
const left: number[] = []
const delays: number[] = []
/** Bytes of the last frame that carried a text. */
let frameBytes = 0

answer({
  /** Takes a seat for everybody; at most `pace` handshakes under way. */
  async enter({ rooms: wanted, pace }: { rooms: Room[]; pace: number }): Promise<number> {
    const waiting: (() => Promise<void>)[] = []
    for (const room of wanted) {
      const number = rooms.push(room) - 1
      const present: Wire[] = []
      wires.push(present)
      said.push(0)
      for (const address of room.seats) {
        const index = seats.push({ room: number, heard: new Uint8Array(0) }) - 1
        waiting.push(async () => {
          const wire = await openWire(index, address, onText)
          if (room.greeting) wire.send(room.greeting)
          present.push(wire)
        })
      }
    }
    let next = 0
    const usher = async () => {
      for (let job = waiting[next++]; job; job = waiting[next++]) await job()
    }
    await Promise.all(Array.from({ length: pace }, usher))
    return waiting.length
  },

  /** Talks in all rooms at once and counts what arrives. */
  async talk({ atOnce, bytes, milliseconds }: Talk): Promise<Heard> {
    forget()
    const begin = performance.now()
    while (performance.now() - begin < milliseconds) {
      if (!(await round(atOnce, bytes))) break
    }
    const seconds = (performance.now() - begin) / 1000
    const expected = rooms.reduce((sum, room, at) => sum + room.seats.length * said[at]!, 0)
    return { said: said.reduce((a, b) => a + b, 0), deliveries, lost: expected - deliveries, doubled, misrouted, seconds }
  },

  /** One text at a time in the first room at a steady pace; answers the milliseconds to each member. */
  async pulse({ every, bytes, milliseconds, worded = false }: Pulse): Promise<number[]> {
    forget()
    const [room] = rooms
    const [present] = wires
    const wire = present?.[0]
    if (!room || !wire) throw new Error('Nobody is there')
    const begin = performance.now()
    for (let turn = 0; turn * every < milliseconds; turn++) {
      await Bun.sleep(Math.max(0, begin + turn * every - performance.now()))
      const text = phrase(room, said[0]!++, bytes, worded)
      left.push(performance.now())
      wire.send(text)
    }
    // What has not arrived by now counts as two seconds.
    const expected = left.length * present.length
    for (let waited = 0; delays.length < expected && waited < 2_000; waited += 20) await Bun.sleep(20)
    return [...delays, ...Array.from({ length: expected - delays.length }, () => 2_000)]
  },

  async size(): Promise<number> {
    return frameBytes
  },

  async leave(): Promise<number> {
    const all = wires.flat()
    for (const wire of all) wire.close()
    rooms.length = wires.length = seats.length = said.length = 0
    return all.length
  },
})

function forget(): void {
  outstanding = doubled = misrouted = deliveries = 0
  left.length = delays.length = 0
  said.fill(0)
  for (const seat of seats) seat.heard = new Uint8Array(1024)
}

/** False when not everything had arrived after five seconds: something is lost. */
function round(atOnce: number, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), 5_000)
    quiet = () => {
      clearTimeout(late)
      resolve(true)
    }
    const sayings: [Wire, string[]][] = []
    for (const [number, room] of rooms.entries()) {
      const present = wires[number]!
      for (let speaker = 0; speaker < Math.min(room.speakers, present.length); speaker++) {
        const texts = Array.from({ length: atOnce }, () => phrase(room, said[number]!++, bytes))
        outstanding += texts.length * present.length
        sayings.push([present[(speaker * 7) % present.length]!, texts])
      }
    }
    for (const [wire, texts] of sayings) wire.sendAll(texts)
  })
}

function phrase({ saying, tag }: Room, number: number, bytes: number, worded = false): string {
  if (number >= mostTexts) throw new Error('More texts than can be counted')
  const head = `~${tag}.${number}~`
  const text = (worded ? `${head} ${words(bytes)}`.slice(0, bytes) : head).padEnd(bytes, '.')
  return saying.replace('@', `b${process.pid}-${serial++}`).replace('#', text)
}

/** Of a language of 5,000 words, where a few come all the time and most hardly ever. */
function words(bytes: number): string {
  let text = ''
  while (text.length < bytes)
    text += `${(Math.floor(5_000 ** Math.random()) * 7919).toString(26).replace(/\d/g, (digit) => 'aeioubdlmn'[Number(digit)]!)} `
  return text
}

function onText(wire: Wire, bytes: Buffer, start: number, end: number): void {
  const from = bytes.indexOf(mark, start)
  if (from < 0 || from >= end) return
  let at = from + 1
  let tag = 0
  for (; bytes[at] !== dot && at < end; at++) tag = tag * 10 + bytes[at]! - 48
  let number = 0
  for (at++; bytes[at] !== mark && at < end; at++) number = number * 10 + bytes[at]! - 48
  const seat = seats[wire.index]!
  frameBytes = end - start
  if (rooms[seat.room]!.tag !== tag) {
    misrouted++
    return
  }
  if (hear(seat, number)) {
    deliveries++
    const departure = left[number]
    if (departure !== undefined && seat.room === 0) delays.push(performance.now() - departure)
    if (--outstanding === 0) quiet?.()
  } else doubled++
}

function hear(seat: Seat, number: number): boolean {
  const place = number >> 3
  if (place >= seat.heard.length) {
    const wider = new Uint8Array(Math.max(place + 1, seat.heard.length * 2))
    wider.set(seat.heard)
    seat.heard = wider
  }
  const bit = 1 << (number & 7)
  if ((seat.heard[place]! & bit) !== 0) return false
  seat.heard[place]! |= bit
  return true
}
