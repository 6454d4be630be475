// SPDX-License-Identifier: GPL-3.0-or-later
import { frameBytes, openRawSocket } from '../../support/frames'
import { type Figure, percentile, show, times } from '../figure'
import type { Room } from '../load/crowd'
import { hire, type Runner } from '../load/errand'
import { openWire } from '../load/wire'
import { residentBytes } from '../machine/process'
import { pinned } from '../machine/subject'
import type { Stage } from '../stage'

const MiB = 2 ** 20
const readers = 50
/** Large texts at a pace that everybody but one can follow: five for a character, drawn. */
const filling = '&'.repeat(3_500)
const flood = { every: 25, bytes: 32, milliseconds: 10_000 }
const bars = { growth: 5 * MiB, others: 2 }
const tooSlow = 1006

/** Somebody who does not read: what that costs the house, the others, and the person. */
export async function slowReader(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ under: pinned(0) })
  await using crowd = hire('crowd', pinned(1))
  const { greeting } = stage
  const saying = stage.saying.replace('#', `#${filling}`)
  const seats = stage.seats(box.port, 'kept', { count: readers + 1 })
  const [slowSeat, ...others] = seats as [(typeof seats)[0], ...typeof seats]
  const room: Room = { tag: 1, speakers: 1, greeting, saying, seats: others }
  await crowd.ask('enter', { rooms: [room], pace: 10 })
  // What so much talk weighs by itself is there before anybody stops reading.
  await pulse(crowd, flood.milliseconds)
  const without = await watched(box.pid, () => pulse(crowd, flood.milliseconds))
  const usual = without.result

  const slow = await openRawSocket(box.origin, slowSeat.path, { cookie: slowSeat.headers.Cookie ?? '', 'accept-language': 'es' })
  slow.write(frameBytes({ opcode: 1, payload: greeting }))
  slow.pause()
  const place = await standing(slowSeat)
  const { result: beside, peak } = await watched(box.pid, () => pulse(crowd, flood.milliseconds))
  const received = slow.received()
  slow.resume()
  const code = await slow.closed(10_000)
  const { told, lista } = await catchUp(slowSeat, place)
  const missed = flood.milliseconds / flood.every
  const [usualP99, besideP99] = [percentile(usual, 0.99), percentile(beside, 0.99)]
  return {
    title: 'A reader who does not read',
    rows: [
      {
        what: 'is closed',
        pichat: code === tooSlow ? `yes, after ${show(received / MiB, 'MiB')} read` : `no (${code})`,
        reference: '',
        ratio: '',
        bar: 'at 1 MB backlog',
        holds: code === tooSlow,
      },
      {
        what: 'p99 of the others, beside the same without',
        pichat: show(besideP99, 'ms'),
        reference: show(usualP99, 'ms'),
        ratio: times(besideP99 / usualP99),
        bar: `≤ ${bars.others} ×`,
        holds: besideP99 <= bars.others * usualP99,
      },
      {
        what: 'most memory while it lasts, beyond the same without',
        pichat: show(Math.max(0, peak - without.peak) / MiB, 'MiB'),
        reference: `${show(without.peak / MiB, 'MiB')} in all`,
        ratio: '',
        bar: `≤ ${bars.growth / MiB} MiB`,
        holds: peak - without.peak <= bars.growth,
      },
      {
        what: 'is told on return, of what was said meanwhile',
        pichat: `${told} of ${missed}`,
        reference: '',
        ratio: '',
        bar: 'all',
        holds: lista && told === missed,
      },
    ],
    notes: [
      `${1000 / flood.every} messages per second of ${show((filling.length * 5) / 1024, 'KiB')} each to ${readers} readers in a kept room for ${flood.milliseconds / 1000} s; one more has stopped reading. What the kernel's buffers take comes before the backlog.`,
    ],
  }
}

/** Runs it, and the most memory that was resident meanwhile, in bytes. */
async function watched<T>(pid: number, run: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = residentBytes(pid)
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid))
  }, 50)
  try {
    return { result: await run(), peak }
  } finally {
    clearInterval(watch)
  }
}

async function pulse(crowd: Runner, milliseconds: number): Promise<number[]> {
  return crowd.ask<number[]>('pulse', { ...flood, milliseconds })
}

interface Place {
  epoca: string
  n: number
}

/** Where the room stands. */
async function standing(seat: Parameters<typeof openWire>[1]): Promise<Place> {
  const found = Promise.withResolvers<Place>()
  const wire = await openWire(0, seat, (_, bytes, start, end) => {
    const text = bytes.toString('utf8', start, end)
    if (text.startsWith('{"t":"lista"')) found.resolve(JSON.parse(text) as Place)
  })
  wire.send('{"t":"hola"}')
  const place = await found.promise
  wire.close()
  return place
}

/** Comes back as a browser does, and counts the messages that it is told. */
async function catchUp(seat: Parameters<typeof openWire>[1], { epoca, n }: Place): Promise<{ told: number; lista: boolean }> {
  const over = Promise.withResolvers<boolean>()
  const told = new Set<number>()
  const wire = await openWire(0, seat, (_, bytes, start, end) => {
    const head = bytes.toString('latin1', start, Math.min(end, start + 60))
    const [, number] = /^\{"t":"cambio","n":([1-9]\d*),/.exec(head) ?? []
    if (number !== undefined) told.add(Number(number))
    else if (head.startsWith('{"t":"hueco"')) over.resolve(false)
    else if (head.startsWith('{"t":"lista"')) over.resolve(true)
  })
  wire.send(JSON.stringify({ t: 'hola', desde: n, epoca }))
  const lista = await over.promise
  wire.close()
  return { told: told.size, lista }
}
