// SPDX-License-Identifier: GPL-3.0-or-later
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Appliance } from '../../support/appliance'
import { type Figure, runsOf, show, spread, times } from '../figure'
import { hire, type Runner } from '../load/errand'
import type { Outcome } from '../load/exchange'
import { cpuSeconds, forgetPeak, peakBytes, residentBytes } from '../machine/process'
import { pinned, startReference } from '../machine/subject'
import type { Stage } from '../stage'

const GiB = 2 ** 30
const MiB = 2 ** 20
const pairs = 5
const rest = 2_000
const largest = { PICHAT_MAX_FILE_BYTES: '2GiB', PICHAT_UPLOADS_PER_PERSON: '10', PICHAT_REQUEST_IDLE: '255s' }

/** The same gigabyte out of PiChat and out of a bare Bun.file, from the very same file on the disk. */
export async function download(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ env: largest, under: pinned(0) })
  await using caller = hire('caller', pinned(1))
  const path = await upload(stage, box, caller, 1)
  const file = await largestFile(box.data)
  await using bare = await startReference('bun-file', { under: pinned(0), env: { BENCH_FILE: file } })
  const cookie = stage.cookieOf(0)

  const fetchOne = async (from: Appliance, at: string) => {
    const before = cpuSeconds(from.pid)
    const [answer] = await caller.ask<(Outcome & { seconds: number })[]>('once', {
      port: from.port,
      requests: [{ method: 'GET', path: at, headers: { Cookie: cookie } }],
    })
    if (answer?.status !== 200 || answer.bytes !== GiB) throw new Error(`A download answered ${answer?.status} with ${answer?.bytes} bytes`)
    return { cpu: cpuSeconds(from.pid) - before, seconds: answer.seconds }
  }
  await fetchOne(bare, '/')
  await fetchOne(box, path)
  const runs: { pichat: number; bare: number; seconds: number; bareSeconds: number }[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const ours = await fetchOne(box, path)
    const theirs = await fetchOne(bare, '/')
    runs.push({ pichat: ours.cpu, bare: theirs.cpu, seconds: ours.seconds, bareSeconds: theirs.seconds })
  }
  const ours = runsOf(runs.map(({ pichat }) => pichat))
  const theirs = runsOf(runs.map(({ bare }) => bare))
  const pace = runsOf(runs.map(({ seconds }) => seconds))
  const barePace = runsOf(runs.map(({ bareSeconds }) => bareSeconds))
  const ratio = ours.median / theirs.median
  return {
    title: 'Download of 1 GiB',
    rows: [
      {
        what: 'CPU-seconds per GiB',
        pichat: `${show(ours.median, 's')} (${spread(ours)})`,
        reference: `${show(theirs.median, 's')} (${spread(theirs)})`,
        ratio: times(ratio),
        bar: '≤ 1.3 ×',
        holds: ratio <= 1.3,
      },
      {
        what: 'throughput, warm',
        pichat: show(1 / pace.median, 'GiB/s'),
        reference: show(1 / barePace.median, 'GiB/s'),
        ratio: times(barePace.median / pace.median),
        bar: '',
      },
    ],
    notes: [
      `The reference is \`new Response(Bun.file(path))\` of the same file; ${pairs} downloads each, in turns, through the loopback, whose own work counts on both sides.`,
    ],
  }
}

/** Memory while gigabytes come in, are hashed, written and synced. Every time in a PiChat that has just started. */
export async function uploads(stage: Stage): Promise<Figure> {
  const one = await grow(stage, 1)
  const four = await grow(stage, 4)
  const folder = await stage.dataFor('uploads', { empty: true })
  const bare = await growBare(folder)
  const row = (what: string, { growth, cpu }: Growth, reference?: Growth) => ({
    what,
    pichat: `${show(growth / MiB, 'MiB')} (${show(cpu, 'CPU-s/GiB')})`,
    reference: reference ? `${show(reference.growth / MiB, 'MiB')} (${show(reference.cpu, 'CPU-s/GiB')})` : '',
    ratio: reference ? times(growth / reference.growth) : '',
    bar: '≤ 40 MB',
    holds: growth <= 40e6,
  })
  return {
    title: 'Upload of 1 GiB by PUT, hashed and synced: growth of the peak of resident memory',
    rows: [row('one', one, bare), row('four at once', four)],
    notes: [
      'Peak (VmHWM) less what was resident before, of a freshly started PiChat. The reference is bare Bun that streams, hashes with SHA-256, writes and syncs.',
    ],
  }
}

interface Growth {
  growth: number
  /** CPU-seconds per GiB. */
  cpu: number
}

async function grow(stage: Stage, count: number): Promise<Growth> {
  await using box = await stage.open({ env: largest })
  await using caller = hire('caller')
  await Bun.sleep(rest)
  const measured = await watch(box, count, () => upload(stage, box, caller, count))
  await rm(join(box.data, 'cuarentena'), { recursive: true, force: true })
  return measured
}

async function growBare(folder: string): Promise<Growth> {
  await using box = await startReference('bun-file', { env: { BENCH_FOLDER: folder } })
  await using caller = hire('caller')
  await Bun.sleep(rest)
  const measured = await watch(box, 1, () => caller.ask('once', { port: box.port, requests: [{ method: 'PUT', path: '/0', noise: GiB }] }))
  await rm(folder, { recursive: true, force: true })
  return measured
}

async function watch({ pid }: Appliance, count: number, work: () => Promise<unknown>): Promise<Growth> {
  const before = { memory: residentBytes(pid), cpu: cpuSeconds(pid) }
  forgetPeak(pid)
  await work()
  return { growth: peakBytes(pid) - before.memory, cpu: (cpuSeconds(pid) - before.cpu) / count }
}

/** Uploads so many gigabytes at once and returns the direct link of the first. */
async function upload(stage: Stage, box: Appliance, caller: Runner, count: number): Promise<string> {
  const requests = Array.from({ length: count }, (_, index) => ({
    method: 'PUT',
    path: `/archivos/bench-${index}.bin`,
    headers: { Cookie: stage.cookieOf(0), Accept: 'application/json' },
    noise: GiB,
    keep: true,
  }))
  const answers = await caller.ask<Outcome[]>('once', { port: box.port, requests }, 120_000)
  for (const { status, text } of answers) if (status !== 201) throw new Error(`An upload answered ${status}: ${text}`)
  return linkIn(answers[0]!.text)
}

/** The address of the file, wherever the answer says it. */
function linkIn(text: string): string {
  const found = /\/archivos\/[0-9a-z]+\/[^"\s\\]+/.exec(text)?.[0]
  if (!found) throw new Error(`No address of the file in ${text.slice(0, 200)}`)
  return found
}

async function largestFile(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  for (const name of names) if ((await stat(join(folder, name))).size === GiB) return join(folder, name)
  throw new Error(`No file of 1 GiB in ${folder}`)
}
