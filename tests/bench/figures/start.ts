// SPDX-License-Identifier: GPL-3.0-or-later
import { type Figure, runsOf, show, spread, times } from '../figure'
import { hire } from '../load/errand'
import type { Address } from '../load/wire'
import { compileReference } from '../machine/compile'
import { residentBytes } from '../machine/process'
import { type Started, startProgram } from '../machine/program'
import { type Stage, unlimited } from '../stage'

const starts = 9
const MiB = 2 ** 20
const KiB = 2 ** 10
/** Milliseconds after which memory is read: what starting has thrown away is gone by then, and after sockets too. */
const rest = { afterStart: 2_000, afterSockets: 3_000 }

/** From the executable to its first answer, what it weighs then, and what each socket adds. */
export async function start(stage: Stage): Promise<Figure> {
  const elysia = await compileReference('elysia-hello', stage.folder)
  const launch = {
    pichat: async () =>
      startProgram([stage.program, 'serve'], {
        path: '/salud',
        cwd: stage.folder,
        env: { ...unlimited, PICHAT_DATA: await stage.dataFor('start') },
      }),
    first: async () =>
      startProgram([stage.program, 'serve'], {
        path: '/salud',
        cwd: stage.folder,
        env: { ...unlimited, PICHAT_DATA: await stage.dataFor('first', { empty: true }) },
      }),
    elysia: () => startProgram([elysia], { path: '/salud', cwd: stage.folder, env: {} }),
  }
  const times_: Record<keyof typeof launch, number[]> = { pichat: [], first: [], elysia: [] }
  for (let turn = 0; turn <= starts; turn++) {
    for (const name of ['pichat', 'first', 'elysia'] as const) {
      const program = await launch[name]()
      // The first of each only brings the file into memory.
      if (turn > 0) times_[name].push(program.milliseconds)
      await program.end()
    }
  }
  const [ours, first, theirs] = [runsOf(times_.pichat), runsOf(times_.first), runsOf(times_.elysia)]
  const idle = { pichat: await weight(launch.pichat), elysia: await weight(launch.elysia) }
  const sockets = [await compareSockets(1_000, 16), await compareSockets(5_000, 10)]
  return {
    title: 'Start and memory of the executable',
    rows: [
      {
        what: 'executable to first 200',
        pichat: `${show(ours.median, 'ms')} (${spread(ours)})`,
        reference: `${show(theirs.median, 'ms')} (${spread(theirs)})`,
        ratio: times(ours.median / theirs.median),
        bar: '≤ 3 ×',
        holds: ours.median <= 3 * theirs.median,
      },
      {
        what: 'the same on its first day (empty folder, database made)',
        pichat: `${show(first.median, 'ms')} (${spread(first)})`,
        reference: `${show(theirs.median, 'ms')}`,
        ratio: times(first.median / theirs.median),
        bar: '',
      },
      {
        what: 'resident memory, idle',
        pichat: show(idle.pichat / MiB, 'MiB'),
        reference: show(idle.elysia / MiB, 'MiB'),
        ratio: times(idle.pichat / idle.elysia),
        bar: '≤ 80 MB',
        holds: idle.pichat <= 80e6,
      },
      ...sockets,
    ],
    notes: [
      `The reference is an executable of Elysia with one route and one socket, compiled in the run with the same flags; medians of ${starts} starts each, in turns.`,
      'Sockets sit in rooms of fifty and have greeted; a thousand people, up to five sockets each. Growth of resident memory over idle, divided by sockets.',
    ],
  }

  async function compareSockets(count: number, most: number) {
    const ours = await perSocket(await launch.pichat(), (port) => stage.classSeats(port, count), stage.greeting)
    const bare = await perSocket(await launch.elysia(), (port) =>
      Array.from({ length: count }, () => ({ port, path: '/vivo', headers: {} })),
    )
    return {
      what: `memory per socket, ${count.toLocaleString('en')} open`,
      pichat: show(ours / KiB, 'KiB'),
      reference: show(bare / KiB, 'KiB'),
      ratio: times(ours / bare),
      bar: `≤ ${most} KiB`,
      holds: ours <= most * KiB,
    }
  }
}

async function weight(launch: () => Promise<Started>): Promise<number> {
  const program = await launch()
  await Bun.sleep(rest.afterStart)
  const bytes = residentBytes(program.pid)
  await program.end()
  return bytes
}

async function perSocket(program: Started, seats: (port: number) => Address[], greeting?: string): Promise<number> {
  await Bun.sleep(rest.afterStart)
  const before = residentBytes(program.pid)
  const crowd = hire('crowd')
  const all = seats(program.port)
  try {
    const room = { tag: 1, speakers: 0, saying: '#', seats: all, ...(greeting ? { greeting } : {}) }
    await crowd.ask('enter', { rooms: [room], pace: 20 })
    await Bun.sleep(rest.afterSockets)
    return (residentBytes(program.pid) - before) / all.length
  } finally {
    await crowd.end()
    await program.end()
  }
}
