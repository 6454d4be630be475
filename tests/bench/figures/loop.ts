// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { type Figure, percentile, show } from '../figure'
import type { Heard } from '../load/crowd'
import { hire } from '../load/errand'
import type { Stage } from '../stage'

const delay = 200
const bar = 30
const milliseconds = 8_000
const strace = '/usr/bin/strace'
/** Only these two calls stop for the tracer (`--seccomp-bpf`): the others run as fast as ever. */
const slowDisk = [
  strace,
  ...['-f', '--seccomp-bpf', '-qqq', '-o', '/dev/null'],
  ...['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:delay_exit=${delay * 1000}`],
]

/** A card that takes its time must be felt by those who write to it and by nobody else. */
export async function eventLoop(stage: Stage): Promise<Figure> {
  if (!existsSync(strace)) {
    return { title: 'The event loop while the disk is slow', rows: [], notes: ['Not measured: strace is missing (apt install strace).'] }
  }
  const usual = await measure(stage, [])
  const slow = await measure(stage, slowDisk)
  return {
    title: 'The event loop while the disk is slow',
    rows: [
      {
        what: `p99 of an ephemeral room, every fsync ${delay} ms late`,
        pichat: show(slow.quick, 'ms'),
        reference: `${show(usual.quick, 'ms')} with the disk as it is`,
        ratio: '',
        bar: `< ${bar} ms`,
        holds: slow.quick < bar,
      },
      {
        what: 'median acknowledgement in the kept room beside it',
        pichat: show(slow.kept, 'ms'),
        reference: `${show(usual.kept, 'ms')} with the disk as it is`,
        ratio: '',
        bar: '',
      },
    ],
    notes: [
      '20 messages per second in a room of ten; beside it ten people write to a kept room as fast as it answers. `strace -e inject` delays each fsync.',
    ],
  }
}

async function measure(stage: Stage, under: readonly string[]): Promise<{ quick: number; kept: number }> {
  await using box = await stage.open({ under, within: 60_000 })
  await using quick = hire('crowd')
  await using kept = hire('crowd')
  const { greeting, saying } = stage
  await quick.ask('enter', { rooms: [{ tag: 1, speakers: 1, greeting, saying, seats: stage.seats(box.port, 'quick') }], pace: 4 })
  await kept.ask('enter', {
    rooms: [{ tag: 2, speakers: 10, greeting, saying, seats: stage.seats(box.port, 'slow', { from: 0 }) }],
    pace: 4,
  })
  await quick.ask('pulse', { every: 50, bytes: 100, milliseconds: 1_000 })
  const [delays, heard] = await Promise.all([
    quick.ask<number[]>('pulse', { every: 50, bytes: 100, milliseconds }),
    kept.ask<Heard>('talk', { atOnce: 1, bytes: 100, milliseconds }),
  ])
  return { quick: percentile(delays, 0.99), kept: (heard.seconds * 1000) / (heard.said / 10) }
}
