// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'
import { type Figure, percentile, runsOf, show, spread, times } from '../figure'
import type { Answers } from '../load/caller'
import { hire } from '../load/errand'
import { pinned } from '../machine/subject'
import { password, type Stage } from '../stage'

const inFlight = 20
const pulse = { every: 50, bytes: 100, milliseconds: 15_000 }
const rounds = 3

/** People come in while others talk: nobody who talks may notice, and the door must not be slower than its lock. */
export async function signIn(stage: Stage): Promise<Figure> {
  // Twenty in flight must find a place in the queue: the bar is about working, not about refusing.
  await using box = await stage.open({ under: pinned(0), env: { PICHAT_HASH_QUEUE: String(inFlight) } })
  await using room = hire('crowd', pinned(1))
  await using door = hire('caller', pinned(1))
  const { greeting, saying } = stage
  await room.ask('enter', { rooms: [{ tag: 1, speakers: 1, greeting, saying, seats: stage.seats(box.port, 'quick') }], pace: 4 })
  const requests = Array.from({ length: 200 }, (_, person) => ({
    method: 'POST',
    path: '/entrar',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ usuario: stage.usernameOf(person + 100), clave: password }).toString(),
  }))
  const listen = (milliseconds: number) => room.ask<number[]>('pulse', { ...pulse, milliseconds })
  const knock = (milliseconds: number) =>
    door.ask<Answers>('repeat', { port: box.port, atOnce: inFlight, milliseconds, requests, wanted: 303 })

  await Promise.all([listen(1_000), knock(1_000)])
  const quiet: number[] = []
  const crowded: number[] = []
  const paces: number[] = []
  const bare: number[] = []
  const others: Record<string, number> = {}
  for (let round = 0; round < rounds; round++) {
    quiet.push(percentile(await listen(pulse.milliseconds), 0.99))
    const [delays, answers] = await Promise.all([listen(pulse.milliseconds), knock(pulse.milliseconds)])
    crowded.push(percentile(delays, 0.99))
    paces.push(answers.done / answers.seconds)
    for (const [status, count] of Object.entries(answers.others)) others[status] = (others[status] ?? 0) + count
    bare.push(await hasher(3))
  }
  const [calm, busy, ours, theirs] = [runsOf(quiet), runsOf(crowded), runsOf(paces), runsOf(bare)]
  const refused = Object.entries(others).map(([status, count]) => `${count} × ${status}`)
  return {
    title: `Sign-in: ${inFlight} kept in flight, beside a room with 20 messages per second`,
    rows: [
      {
        what: 'p99 of a message, with sign-ins against without',
        pichat: `${show(busy.median, 'ms')} (${show(busy.low)}–${show(busy.high)})`,
        reference: `${show(calm.median, 'ms')} (${show(calm.low)}–${show(calm.high)})`,
        ratio: times(busy.median / calm.median),
        bar: '≤ 2 ×',
        holds: busy.median <= 2 * calm.median,
      },
      {
        what: 'sign-ins per second against the bare hasher',
        pichat: `${show(ours.median, '/s')} (${spread(ours)})`,
        reference: `${show(theirs.median, '/s')} (${spread(theirs)})`,
        ratio: times(ours.median / theirs.median),
        bar: '≥ 0.8 ×',
        holds: ours.median >= 0.8 * theirs.median,
      },
    ],
    notes: [
      `Both on one core; the reference is @node-rs/argon2 alone with the same parameters. ${refused.length === 0 ? 'Nobody was refused.' : `Refused: ${refused.join(', ')}.`}`,
    ],
  }
}

/** Comparisons per second of nothing but the hasher, on the core on which PiChat runs. */
async function hasher(seconds: number): Promise<number> {
  const child = Bun.spawn([...pinned(0), process.execPath, join(import.meta.dir, '../references/hasher.ts'), String(seconds)], {
    stdout: 'pipe',
  })
  return Number(await new Response(child.stdout).text())
}
