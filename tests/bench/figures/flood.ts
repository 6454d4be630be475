// SPDX-License-Identifier: GPL-3.0-or-later
import { type Figure, percentile, show, times } from '../figure'
import { hire } from '../load/errand'
import type { Flooded } from '../load/sayer'
import { pinned } from '../machine/subject'
import type { Stage } from '../stage'

const perSecond = 1_000
/** Under the limit of a person, which holds here as in any house. */
const calm = { every: 60, bytes: 100, milliseconds: 10_000 }
const bar = 200

/** Somebody who does not stop: what the others in the room feel of it. */
export async function flood(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ env: { PICHAT_MESSAGES_PER_SECOND: '20' }, under: pinned(0) })
  await using crowd = hire('crowd', pinned(1))
  await using sayer = hire('sayer', pinned(1))
  const { greeting, saying } = stage
  const [loud, ...others] = stage.seats(box.port, 'kept', { count: 51 })
  await crowd.ask('enter', { rooms: [{ tag: 1, speakers: 1, greeting, saying, seats: others }], pace: 10 })
  await crowd.ask('pulse', { ...calm, milliseconds: 1_000 })
  const usual = await crowd.ask<number[]>('pulse', calm)
  const given = { seats: [loud!], greeting, saying, bytes: 100, milliseconds: calm.milliseconds, perSecond }
  const [beside, { sent, closed }] = await Promise.all([crowd.ask<number[]>('pulse', calm), sayer.ask<Flooded>('flood', given)])
  const [usualP99, besideP99] = [percentile(usual, 0.99), percentile(beside, 0.99)]
  return {
    title: 'Somebody who does not stop',
    rows: [
      {
        what: `p99 of the others while one sends ${show(perSecond)} per second`,
        pichat: show(besideP99, 'ms'),
        reference: `${show(usualP99, 'ms')} without`,
        ratio: times(besideP99 / usualP99),
        bar: `< ${bar} ms`,
        holds: besideP99 < bar,
      },
    ],
    notes: [
      `${show(sent)} texts in ${calm.milliseconds / 1000} s from one seat, with the limits of every house: its socket was closed ${closed} times and opened again each time. Fifty others in the same kept room.`,
    ],
  }
}
