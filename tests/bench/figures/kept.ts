// SPDX-License-Identifier: GPL-3.0-or-later
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, percentile, type Row, type Runs, runsOf, show, spread, times } from '../figure'
import { hire } from '../load/errand'
import type { Poured } from '../load/sayer'
import { pinned } from '../machine/subject'
import type { Stage } from '../stage'

const bytes = 100
const least = 2_000
const runs = 5
const milliseconds = 2_000
/** Ten people who do not wait for an answer before they go on. */
const speakers = 10
const ahead = 40
/** 20 messages per second for half a minute. */
const calm = { every: 50, milliseconds: 30_000 }
/** Milliseconds of it before anything counts. */
const warming = 5_000
/** Milliseconds of lively talk that leave a PiChat as it is after a day in an office: what it does often is compiled. */
const day = { milliseconds: 4_000, ahead: 4 }
const most = 3

/** How much a kept room takes down in a second, and how long somebody waits for the tick. */
export async function keptRoom(stage: Stage): Promise<Figure> {
  const { greeting, saying } = stage
  const given = { greeting, saying, bytes }
  const rate = await pouring(stage, given)
  const [fresh, settled] = [await calmly(stage, given), await calmly(stage, given, day)]
  const [middle, theirMiddle] = [percentile(fresh.delays, 0.5), percentile(fresh.syncs, 0.5)]
  return {
    title: 'A kept room: durable messages',
    rows: [
      {
        what: 'acknowledged messages per second, group commit',
        pichat: `${show(rate.median)} (${spread(rate)})`,
        reference: '',
        ratio: '',
        bar: `≥ ${show(least)}`,
        holds: rate.median >= least,
      },
      slowest('p99 until the tick at 20 messages per second', fresh),
      slowest('the same where people have talked before', settled),
      {
        what: 'median, freshly started',
        pichat: show(middle, 'ms'),
        reference: `${show(theirMiddle, 'ms')}, median of an fdatasync`,
        ratio: times(middle / theirMiddle),
        bar: '',
      },
    ],
    notes: [
      `${speakers} people say texts of ${bytes} bytes with ${ahead} each under way; every one is committed with synchronous=FULL before it is acknowledged. Medians of ${runs} runs.`,
      'The tick: another PiChat, freshly started and after some seconds of the same talk; and one more, after some seconds of lively talk, when what it does often is compiled. Both on one processor. The disk: 4 KiB appended to a file beside the database and synced, in turns with the messages and at their pace.',
    ],
  }
}

interface Given {
  greeting: string
  saying: string
  bytes: number
}

async function pouring(stage: Stage, given: Given): Promise<Runs> {
  await using box = await stage.open({ under: pinned(0) })
  await using sayer = hire('sayer', pinned(1))
  const rates: number[] = []
  for (let turn = 0; turn <= runs; turn++) {
    const seats = stage.seats(box.port, 'slow', { count: speakers })
    const { acknowledged, refused, seconds } = await sayer.ask<Poured>('pour', { ...given, seats, ahead, milliseconds })
    if (refused > 0) throw new Error(`${refused} messages were refused`)
    if (turn > 0) rates.push(acknowledged / seconds)
  }
  return runsOf(rates)
}

interface Calm {
  /** Milliseconds until each tick. */
  delays: number[]
  /** Milliseconds of each sync of the disk meanwhile. */
  syncs: number[]
}

function slowest(what: string, { delays, syncs }: Calm): Row {
  const [ours, theirs] = [percentile(delays, 0.99), percentile(syncs, 0.99)]
  return {
    what,
    pichat: show(ours, 'ms'),
    reference: `${show(theirs, 'ms')}, p99 of an fdatasync`,
    ratio: times(ours / theirs),
    bar: `≤ ${most} ×`,
    holds: ours <= most * theirs,
  }
}

async function calmly(stage: Stage, given: Given, before?: typeof day): Promise<Calm> {
  await using box = await stage.open({ under: pinned(0) })
  await using sayer = hire('sayer', pinned(1))
  if (before) await sayer.ask<Poured>('pour', { ...given, ...before, seats: stage.seats(box.port, 'slow', { count: speakers }) })
  const seats = stage.seats(box.port, 'slow', { count: 1 })
  await sayer.ask<number[]>('tell', { ...given, ...calm, milliseconds: warming, seats }, 120_000)
  const disk = fsyncTimes(stage.folder)
  const delays = await sayer.ask<number[]>('tell', { ...given, ...calm, seats }, 120_000)
  return { delays, syncs: disk.stop() }
}

/** Syncs a file of its own at the pace of the messages until it is stopped; milliseconds each. */
function fsyncTimes(folder: string) {
  const file = openSync(join(folder, 'synced'), 'w')
  const block = Buffer.alloc(4096, 'x')
  const taken: number[] = []
  const timer = setInterval(() => {
    const begin = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    taken.push(performance.now() - begin)
  }, calm.every)
  return {
    stop(): number[] {
      clearInterval(timer)
      closeSync(file)
      return taken
    },
  }
}
