// SPDX-License-Identifier: GPL-3.0-or-later
import type { Appliance } from '../../support/appliance'
import { type Figure, runsOf, show, spread, times } from '../figure'
import type { Answers } from '../load/caller'
import { hire } from '../load/errand'
import { cpuSeconds } from '../machine/process'
import { pinned, startReference } from '../machine/subject'
import type { Stage } from '../stage'

const pairs = 5
const milliseconds = 1_000
const bar = 0.5

/** The page that everybody asks for first, and that nobody has to be signed in for. */
export async function signInPage(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ under: pinned(0) })
  const size = (await (await fetch(`${box.origin}/entrar`, { headers: { 'accept-language': 'es' } })).arrayBuffer()).byteLength
  await using bare = await startReference('elysia-hello', { under: pinned(0), env: { BENCH_PAGE_BYTES: String(size) } })
  await using caller = hire('caller', pinned(1))

  const run = async (from: Appliance, path: string): Promise<number> => {
    const before = cpuSeconds(from.pid)
    const headers = { 'Accept-Language': 'es', Accept: 'text/html' }
    const requests = [{ method: 'GET', path, headers }]
    const answers = await caller.ask<Answers>('repeat', { port: from.port, atOnce: 16, milliseconds, requests, wanted: 200 })
    if (Object.keys(answers.others).length > 0) throw new Error(`${path} answered ${JSON.stringify(answers.others)}`)
    return answers.done / (cpuSeconds(from.pid) - before)
  }
  await run(box, '/entrar')
  await run(bare, '/pagina')
  const runs: { ours: number; theirs: number }[] = []
  for (let pair = 0; pair < pairs; pair++) runs.push({ ours: await run(box, '/entrar'), theirs: await run(bare, '/pagina') })
  const ours = runsOf(runs.map((pair) => pair.ours))
  const theirs = runsOf(runs.map((pair) => pair.theirs))
  const ratio = runsOf(runs.map((pair) => pair.ours / pair.theirs))
  return {
    title: 'The sign-in page',
    rows: [
      {
        what: 'requests per CPU-second',
        pichat: `${show(ours.median)} (${spread(ours)})`,
        reference: `${show(theirs.median)} (${spread(theirs)})`,
        ratio: times(ratio.median),
        bar: `≥ ${bar} ×`,
        holds: ratio.median >= bar,
      },
    ],
    notes: [`${size} bytes; the reference is an Elysia route that answers a string of that size with a content type and nothing else.`],
  }
}
