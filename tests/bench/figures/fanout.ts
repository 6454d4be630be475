// SPDX-License-Identifier: GPL-3.0-or-later
import type { Appliance } from '../../support/appliance'
import { type Figure, type Row, type Runs, runsOf, show, spread, times } from '../figure'
import type { Heard, Room } from '../load/crowd'
import { hire, type Runner } from '../load/errand'
import { cpuSeconds } from '../machine/process'
import { pinned, startReference } from '../machine/subject'
import { type RoomName, rooms, type Stage } from '../stage'

const bytes = 100
const bar = 0.6
/** The noise that two runs of the very same thing show on a busy machine. */
const tolerance = 1.1
const pairs = 5
const milliseconds = 900
/** Before anything counts: a server that runs for weeks has compiled what it does often. */
const warmUp = 3_000

interface Side {
  box: Appliance
  crowd: Runner
}

interface Measured {
  /** CPU-seconds per delivery, one per run. */
  pichat: Runs
  reference: Runs
  /** Deliveries per CPU-second of PiChat over those of the reference that ran right after it. */
  ratio: Runs
  frameBytes: number
  heard: Pick<Heard, 'deliveries' | 'lost' | 'doubled' | 'misrouted'>
}

/** What a message costs on its way to everybody in the room. */
export async function fanout(stage: Stage): Promise<Figure> {
  const frameBytes = await frameSize(stage)
  const burst = { atOnce: 5, speakers: 10 }
  const small = await compare(stage, 'small', frameBytes, burst)
  const middle = await compare(stage, 'middle', frameBytes, burst)
  const large = await compare(stage, 'large', frameBytes, burst)
  const kept = await compare(stage, 'kept', frameBytes, burst)
  const calm = await compare(stage, 'middle', frameBytes, { atOnce: 1, speakers: 1 })
  const all = [small, middle, large, kept, calm]
  const growth = large.pichat.median / small.pichat.median
  const referenceGrowth = large.reference.median / small.reference.median
  const sum = (of: (heard: Measured['heard']) => number) => all.reduce((total, { heard }) => total + of(heard), 0)
  const wrong = [sum(({ lost }) => lost), sum(({ doubled }) => doubled), sum(({ misrouted }) => misrouted)]
  return {
    title: 'Fan-out: deliveries per CPU-second of the server',
    rows: [
      row('room of 50, ephemeral', small),
      row('room of 200, ephemeral', middle, bar),
      row('room of 1,000, ephemeral', large),
      row('room of 200, kept', kept, bar),
      row('room of 200, one message at a time', calm),
      {
        what: 'cost of a delivery, 1,000 members against 50',
        pichat: times(growth),
        reference: times(referenceGrowth),
        ratio: times(growth / referenceGrowth),
        bar: `≤ 1 (± ${((tolerance - 1) * 100).toFixed(0)} % noise)`,
        holds: growth <= tolerance,
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
      `Texts of ${bytes} bytes arrive in frames of ${frameBytes} bytes (text, author, time as HTML); the reference is a bare Bun.serve that publishes frames of the same size to a topic.`,
      `Ten members send five texts each at a stroke; the next round begins when everybody has everything. ${show(sum(({ deliveries }) => deliveries))} deliveries checked by number, with a second room talking beside; ${pairs} pairs of runs each.`,
    ],
  }
}

function row(what: string, { pichat, reference, ratio }: Measured, least?: number): Row {
  return {
    what,
    pichat: `${show(1 / pichat.median)}/CPU-s (${show(pichat.median * 1e6, 'µs')}, ${spread(pichat)})`,
    reference: `${show(1 / reference.median)}/CPU-s (${show(reference.median * 1e6, 'µs')}, ${spread(reference)})`,
    ratio: times(ratio.median),
    bar: least === undefined ? '' : `≥ ${least} ×`,
    ...(least === undefined ? {} : { holds: ratio.median >= least }),
  }
}

async function compare(
  stage: Stage,
  room: RoomName,
  frameBytes: number,
  { atOnce, speakers }: { atOnce: number; speakers: number },
): Promise<Measured> {
  const pichat = { box: await stage.open({ under: pinned(0) }), crowd: hire('crowd', pinned(1)) }
  const reference = {
    box: await startReference('topic-broadcast', { under: pinned(0), env: { BENCH_FRAME_BYTES: String(frameBytes) } }),
    crowd: hire('crowd', pinned(1)),
  }
  try {
    const { greeting, saying } = stage
    await enter(pichat, [
      { tag: 1, speakers, greeting, saying, seats: stage.seats(pichat.box.port, room) },
      { tag: 2, speakers: 1, greeting, saying, seats: stage.seats(pichat.box.port, 'neighbour') },
    ])
    const seats = (name: string, count: number) =>
      Array.from({ length: count }, () => ({ port: reference.box.port, path: `/${name}`, headers: {} }))
    await enter(reference, [
      { tag: 1, speakers, saying: '#', seats: seats('room', rooms[room].members) },
      { tag: 2, speakers: 1, saying: '#', seats: seats('neighbour', rooms.neighbour.members) },
    ])
    for (const side of [pichat, reference]) await run(side, atOnce, warmUp)
    const runs: { pichat: Cost; reference: Cost }[] = []
    for (let pair = 0; pair < pairs; pair++) {
      runs.push({ pichat: await run(pichat, atOnce, milliseconds), reference: await run(reference, atOnce, milliseconds) })
    }
    const sum = (of: (heard: Heard) => number) => runs.reduce((total, pair) => total + of(pair.pichat.heard), 0)
    return {
      pichat: runsOf(runs.map((pair) => pair.pichat.each)),
      reference: runsOf(runs.map((pair) => pair.reference.each)),
      ratio: runsOf(runs.map((pair) => pair.reference.each / pair.pichat.each)),
      frameBytes,
      heard: {
        deliveries: sum(({ deliveries }) => deliveries),
        lost: sum(({ lost }) => lost),
        doubled: sum(({ doubled }) => doubled),
        misrouted: sum(({ misrouted }) => misrouted),
      },
    }
  } finally {
    for (const { box, crowd } of [pichat, reference]) {
      await crowd.end()
      await box.stop()
    }
  }
}

async function enter({ crowd }: Side, wanted: Room[]): Promise<void> {
  await crowd.ask('enter', { rooms: wanted, pace: 20 })
}

interface Cost {
  /** CPU-seconds per delivery. */
  each: number
  heard: Heard
}

async function run({ box, crowd }: Side, atOnce: number, time: number): Promise<Cost> {
  const before = cpuSeconds(box.pid)
  const heard = await crowd.ask<Heard>('talk', { atOnce, bytes, milliseconds: time })
  return { each: (cpuSeconds(box.pid) - before) / heard.deliveries, heard }
}

/** Bytes of the frame in which a text of `bytes` arrives: the reference sends as much. */
async function frameSize(stage: Stage): Promise<number> {
  await using box = await stage.open()
  await using crowd = hire('crowd')
  const { greeting, saying } = stage
  await crowd.ask('enter', { rooms: [{ tag: 1, speakers: 1, greeting, saying, seats: stage.seats(box.port, 'quick') }], pace: 4 })
  await crowd.ask('talk', { atOnce: 1, bytes, milliseconds: 200 })
  // Awaited: what is handed on unanswered is lost with the process that would answer.
  return await crowd.ask<number>('size')
}
