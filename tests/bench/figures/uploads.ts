// SPDX-License-Identifier: GPL-3.0-or-later
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Appliance } from '../../support/appliance'
import { type Figure, type Row, type Runs, runsOf, show, spread, times } from '../figure'
import type { Answers } from '../load/caller'
import { hire, type Runner } from '../load/errand'
import type { Outcome } from '../load/exchange'
import { cpuSeconds, forgetPeak, peakBytes, residentBytes } from '../machine/process'
import { pinned, startReference, startUnderNode } from '../machine/subject'
import type { Stage } from '../stage'

const GiB = 2 ** 30
const MiB = 2 ** 20
const KiB = 2 ** 10
const piece = 8 * MiB
const rounds = 5
/** Freshly started ones whose memory is watched. */
const boxes = 3
/** Milliseconds after which a server that has just started is at rest. */
const rest = 2_000
/** Milliseconds for the slowest of them on a slow disk. */
const patience = 300_000
const large = { PICHAT_MAX_FILE_BYTES: '2GiB', PICHAT_UPLOADS_PER_PERSON: '16', PICHAT_REQUEST_IDLE: '255s' }
const small = { count: 10_000, bytes: KiB, atOnce: 16, bar: 200 }

/** What one gigabyte took. */
interface Cost {
  cpu: number
  seconds: number
}

/** A server that is sent gigabytes, and empties its folder after each. */
interface Side {
  cost(): Promise<Cost>
}

/** A gigabyte that is hashed, written and synced: by PUT and in pieces, beside bare Bun and beside @tus/server. */
export async function uploads(stage: Stage): Promise<Figure> {
  const runs = await inTurns(stage)
  const [one, eight] = [await growths(stage, 1), await growths(stage, 8)]
  return {
    title: 'Upload of 1 GiB, hashed and synced',
    rows: [
      pace('PUT, throughput', runs.put, runs.bare, 0.85),
      processor('PUT, CPU-seconds per GiB', runs.put, runs.bare, 1.15),
      pace('tus in 8 MiB, throughput', runs.tus, runs.bare, 0.7),
      processor('tus in 8 MiB, CPU-seconds per GiB, beside @tus/server', runs.tus, runs.node, 1),
      memory('PUT, growth of the peak of memory', one),
      memory('PUT, the same with eight at once', eight),
    ],
    notes: [
      `${rounds} of each in turns, servers on one processor and the client on the other; medians. Before each the reference takes one that does not count: all find the memory of the machine alike. The reference is bare Bun that streams, hashes with SHA-256, writes and syncs; for the last of the processor's rows it is @tus/server on Node, which neither hashes nor syncs.`,
      'Growth is the peak (VmHWM) less what was resident before, of a freshly started PiChat, the median of three; eight at once are eight of 256 MiB.',
    ],
  }
}

/** Small files, each durable before its answer: bytes, name and row. */
export async function smallUploads(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ env: large, under: pinned(0) })
  await using caller = hire('caller', pinned(1))
  const request = { method: 'PUT', path: '/archivos/pequeño.bin', headers: headersOf(stage), noise: small.bytes }
  const { done, others, seconds } = await caller.ask<Answers>(
    'repeat',
    {
      ...{ port: box.port, atOnce: small.atOnce, count: small.count, milliseconds: patience, wanted: 201 },
      requests: [{ ...request, path: encodeURI(request.path) }],
    },
    patience,
  )
  if (done !== small.count) throw new Error(`Of ${small.count} small uploads ${done} were taken; others: ${JSON.stringify(others)}`)
  const rate = done / seconds
  return {
    title: 'Small uploads',
    rows: [
      {
        ...{ what: `${small.count.toLocaleString('en')} of 1 KiB, durable`, pichat: show(rate, '/s'), reference: '', ratio: '' },
        ...{ bar: `≥ ${small.bar} /s`, holds: rate >= small.bar },
      },
    ],
    notes: [`${small.atOnce} at once; each is answered after its bytes, its name and its row are on the disk.`],
  }
}

async function inTurns(stage: Stage): Promise<Record<'put' | 'tus' | 'bare' | 'node', Cost[]>> {
  await using box = await stage.open({ env: large, under: pinned(0) })
  const [bareFolder, nodeFolder] = [await stage.dataFor('bare', { empty: true }), await stage.dataFor('node', { empty: true })]
  await using bare = await startReference('bun-file', { under: pinned(0), env: { BENCH_FOLDER: bareFolder } })
  await using node = await startUnderNode('tus-server', { under: pinned(0), env: { BENCH_FOLDER: nodeFolder } })
  await using caller = hire('caller', pinned(1))
  const headers = headersOf(stage)
  const kept = join(box.data, 'cuarentena')
  const put = (path: string) => async (port: number) => {
    const requests = [{ method: 'PUT', path, headers, noise: GiB, keep: true }]
    const [answer] = await caller.ask<(Outcome & { seconds: number })[]>('once', { port, requests }, patience)
    if (answer?.status !== 201) throw new Error(`An upload answered ${answer?.status}: ${answer?.text}`)
    return answer.seconds
  }
  const tus = (path: string) => (port: number) => caller.ask<number>('tus', { port, path, headers, size: GiB, piece }, patience)

  const sides = {
    put: sideOf(box, kept, put('/archivos/bench.bin')),
    tus: sideOf(box, kept, tus('/subidas')),
    bare: sideOf(bare, bareFolder, put('/0')),
    node: sideOf(node, nodeFolder, tus('/files')),
  }
  const costs: Record<keyof typeof sides, Cost[]> = { put: [], tus: [], bare: [], node: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of ['put', 'bare', 'tus', 'node'] as const) {
      // Whoever comes after a pause pays for it on a virtual machine: its host takes back what memory is free, and the first to touch it again takes
      // half as long once more. So one of the reference's goes before each, unmeasured.
      await sides.bare.cost()
      costs[name].push(await sides[name].cost())
    }
  }
  return costs
}

function sideOf({ pid, port }: Appliance, folder: string, send: (port: number) => Promise<number>): Side {
  return {
    async cost() {
      const before = cpuSeconds(pid)
      const seconds = await send(port)
      const cpu = cpuSeconds(pid) - before
      await emptied(folder)
      return { cpu, seconds }
    },
  }
}

/** The next gigabyte must not wait for this one's pages. */
async function emptied(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const file of files) if (file.isFile()) await rm(join(file.parentPath, file.name))
}

async function growths(stage: Stage, count: number): Promise<Runs> {
  const all: number[] = []
  for (let turn = 0; turn < boxes; turn++) all.push(await growth(stage, count))
  return runsOf(all)
}

async function growth(stage: Stage, count: number): Promise<number> {
  await using box = await stage.open({ env: large })
  await using caller = hire('caller')
  await Bun.sleep(rest)
  const before = residentBytes(box.pid)
  forgetPeak(box.pid)
  await together(stage, { box, caller, count, bytes: count === 1 ? GiB : GiB / 4 })
  const grown = peakBytes(box.pid) - before
  await emptied(join(box.data, 'cuarentena'))
  return grown
}

interface Together {
  box: Appliance
  caller: Runner
  count: number
  bytes: number
}

async function together(stage: Stage, { box, caller, count, bytes }: Together): Promise<void> {
  const requests = Array.from({ length: count }, (_, index) => ({
    ...{ method: 'PUT', path: `/archivos/bench-${index}.bin`, headers: headersOf(stage), noise: bytes, keep: true },
  }))
  const answers = await caller.ask<Outcome[]>('once', { port: box.port, requests }, patience)
  for (const { status, text } of answers) if (status !== 201) throw new Error(`An upload answered ${status}: ${text}`)
}

const headersOf = (stage: Stage) => ({ Cookie: stage.cookieOf(0), Accept: 'application/json' })

function pace(what: string, ours: Cost[], theirs: Cost[], least: number): Row {
  const [own, other] = [runsOf(ours.map(({ seconds }) => seconds)), runsOf(theirs.map(({ seconds }) => seconds))]
  const ratio = other.median / own.median
  const text = (runs: Runs) => `${show(1 / runs.median, 'GiB/s')} (${spread(runs)})`
  return { what, pichat: text(own), reference: text(other), ratio: times(ratio), bar: `≥ ${least} ×`, holds: ratio >= least }
}

function processor(what: string, ours: Cost[], theirs: Cost[], most: number): Row {
  const [own, other] = [runsOf(ours.map(({ cpu }) => cpu)), runsOf(theirs.map(({ cpu }) => cpu))]
  const ratio = own.median / other.median
  const text = (runs: Runs) => `${show(runs.median, 's')} (${spread(runs)})`
  return { what, pichat: text(own), reference: text(other), ratio: times(ratio), bar: `≤ ${most} ×`, holds: ratio <= most }
}

function memory(what: string, growth: Runs): Row {
  const pichat = `${show(growth.median / MiB, 'MiB')} (${spread(growth)})`
  return { what, pichat, reference: '', ratio: '', bar: '≤ 40 MB', holds: growth.median <= 40e6 }
}
