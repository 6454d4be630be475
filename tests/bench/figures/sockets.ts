// SPDX-License-Identifier: GPL-3.0-or-later
import type { Appliance } from '../../support/appliance'
import { type Figure, show, times } from '../figure'
import type { Heard, Room } from '../load/crowd'
import { hire, type Runner } from '../load/errand'
import { cpuSeconds, residentBytes } from '../machine/process'
import { pinned, startReference } from '../machine/subject'
import { circles, type Stage } from '../stage'

const KiB = 2 ** 10
const bars = { bytes: 10 * KiB, joins: 2_000 }
/** Handshakes under way: a school that opens its laptops. */
const pace = 50
/** Milliseconds after which memory is read. */
const rest = 3_000

interface Filled {
  sockets: number
  perSecond: number
  /** CPU-seconds of a join. */
  cpuEach: number
  bytesEach: number
}

/** A thousand rooms at once: how fast they fill, what a seat weighs, and whether anybody hears what is none of theirs. */
export async function manyRooms(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ under: pinned(0) })
  await using crowd = hire('crowd', pinned(1))
  const { greeting, saying } = stage
  const rooms = stage.circleSeats(box.port).map((seats, tag) => ({ tag, speakers: 1, greeting, saying, seats }))
  const ours = await fill(box, crowd, rooms)
  const heard = await crowd.ask<Heard>('talk', { atOnce: 1, bytes: 100, milliseconds: 10_000 })

  await using bare = await startReference('elysia-hello', { under: pinned(0) })
  await using others = hire('crowd', pinned(1))
  const seats = Array.from({ length: ours.sockets }, () => ({ port: bare.port, path: '/vivo', headers: {} }))
  const theirs = await fill(bare, others, [{ tag: 0, speakers: 0, saying: '#', seats }])
  const wrong = [heard.lost, heard.doubled, heard.misrouted]
  return {
    title: `${show(ours.sockets)} sockets in ${show(circles.count)} rooms`,
    rows: [
      {
        what: 'joins per second',
        pichat: show(ours.perSecond),
        reference: show(theirs.perSecond),
        ratio: times(ours.perSecond / theirs.perSecond),
        bar: `≥ ${show(bars.joins)}`,
        holds: ours.perSecond >= bars.joins,
      },
      {
        what: 'processor for a join, what follows it included',
        pichat: show(ours.cpuEach * 1e6, 'µs'),
        reference: show(theirs.cpuEach * 1e6, 'µs'),
        ratio: times(ours.cpuEach / theirs.cpuEach),
        bar: '',
      },
      {
        what: 'memory per socket',
        pichat: show(ours.bytesEach / KiB, 'KiB'),
        reference: show(theirs.bytesEach / KiB, 'KiB'),
        ratio: times(ours.bytesEach / theirs.bytesEach),
        bar: `≤ ${bars.bytes / KiB} KiB`,
        holds: ours.bytesEach <= bars.bytes,
      },
      {
        what: 'lost / doubled / misrouted',
        pichat: wrong.join(' / '),
        reference: '',
        ratio: '',
        bar: '0 / 0 / 0',
        holds: wrong.every((count) => count === 0),
      },
    ],
    notes: [
      `Rooms of ${circles.members}, every second one kept; a join is a handshake with session and membership, and a greeting. The reference is an Elysia socket that subscribes and nothing else; it runs from its source.`,
      `Then one member of each room talks: ${show(heard.said)} texts, ${show(heard.deliveries)} deliveries checked by room and number.`,
    ],
  }
}

async function fill(box: Appliance, crowd: Runner, rooms: Room[]): Promise<Filled> {
  await Bun.sleep(rest)
  const before = residentBytes(box.pid)
  const spent = cpuSeconds(box.pid)
  const begin = performance.now()
  const sockets = await crowd.ask<number>('enter', { rooms, pace })
  const perSecond = sockets / ((performance.now() - begin) / 1000)
  await Bun.sleep(rest)
  const cpuEach = (cpuSeconds(box.pid) - spent) / sockets
  return { sockets, perSecond, cpuEach, bytesEach: (residentBytes(box.pid) - before) / sockets }
}
