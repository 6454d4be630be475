// SPDX-License-Identifier: GPL-3.0-or-later
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Appliance } from '../../support/appliance'
import { type Figure, runsOf, show, spread, times } from '../figure'
import type { Answers } from '../load/caller'
import { hire, type Runner } from '../load/errand'
import type { Outcome } from '../load/exchange'
import { startNginx } from '../machine/nginx'
import { cpuSeconds, forgetPeak, peakBytes, residentBytes } from '../machine/process'
import { pinned, startReference } from '../machine/subject'
import type { Stage } from '../stage'

const GiB = 2 ** 30
const MiB = 2 ** 20
/** Milliseconds after which a server that has just started is at rest. */
const rest = 2_000
const largest = { PICHAT_MAX_FILE_BYTES: '2GiB', PICHAT_UPLOADS_PER_PERSON: '10', PICHAT_REQUEST_IDLE: '255s' }
const turns = 7

interface Subject {
  pid: number
  port: number
}

/** The same gigabyte out of PiChat, out of nginx and out of a bare Bun.file: the very same file on the disk. */
export async function download(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ env: largest, under: pinned(0) })
  await using caller = hire('caller', pinned(1))
  const path = await upload(stage, box, caller, 1)
  const file = await largestFile(box.data)
  await using bare = await startReference('bun-file', { under: pinned(0), env: { BENCH_FILE: file } })
  const nginx = await startNginx({ folder: stage.folder, file, under: pinned(0) })
  const headers = { Cookie: stage.cookieOf(0) }
  try {
    const fetchOne = async ({ pid, port }: Subject, at: string) => {
      const before = cpuSeconds(pid)
      const [answer] = await caller.ask<(Outcome & { seconds: number })[]>('once', {
        port,
        requests: [{ method: 'GET', path: at, headers }],
      })
      if (answer?.status !== 200 || answer.bytes !== GiB)
        throw new Error(`A download answered ${answer?.status} with ${answer?.bytes} bytes`)
      return { cpu: cpuSeconds(pid) - before, seconds: answer.seconds }
    }
    const subjects: [Subject, string][] = [
      [box, path],
      [nginx, `/${basename(file)}`],
      [bare, '/'],
    ]
    for (const [subject, at] of subjects) await fetchOne(subject, at)
    const runs = subjects.map(() => ({ cpu: [] as number[], seconds: [] as number[] }))
    for (let turn = 0; turn < turns; turn++) {
      for (const [index, [subject, at]] of subjects.entries()) {
        const { cpu, seconds } = await fetchOne(subject, at)
        runs[index]?.cpu.push(cpu)
        runs[index]?.seconds.push(seconds)
      }
    }
    const [ours, theirs, plain] = runs.map(({ cpu, seconds }) => ({ cpu: runsOf(cpu), pace: runsOf(seconds.map((time) => 1 / time)) }))
    if (!ours || !theirs || !plain) throw new Error('nothing was measured')
    const costs = ours.cpu.median / theirs.cpu.median
    const pace = ours.pace.median / theirs.pace.median
    return {
      title: 'Download of 1 GiB, warm, beside nginx with sendfile',
      rows: [
        {
          what: 'throughput',
          pichat: `${show(ours.pace.median, 'GiB/s')} (${spread(ours.pace)})`,
          reference: `${show(theirs.pace.median, 'GiB/s')} (${spread(theirs.pace)})`,
          ratio: times(pace),
          bar: '≥ 0.9 ×',
          holds: pace >= 0.9,
        },
        {
          what: 'CPU-seconds per GiB',
          pichat: `${show(ours.cpu.median, 's')} (${spread(ours.cpu)})`,
          reference: `${show(theirs.cpu.median, 's')} (${spread(theirs.cpu)})`,
          ratio: times(costs),
          bar: '≤ 1.2 ×',
          holds: costs <= 1.2,
        },
      ],
      notes: [
        `${turns} downloads each, in turns, through the loopback, whose own work counts on all sides. A bare \`new Response(Bun.file(path))\`: ${show(plain.pace.median, 'GiB/s')}, ${show(plain.cpu.median, 'CPU-s')}.`,
      ],
    }
  } finally {
    await nginx.end()
  }
}

const smallBytes = 8 * 1024
const atOnce = 8
const milliseconds = 2_000

/** Small files, many of them: what sessions, rows and states cost. */
export async function smallFiles(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ under: pinned(0) })
  await using caller = hire('caller', pinned(1))
  const headers = { Cookie: stage.cookieOf(0) }
  const put = {
    method: 'PUT',
    path: '/archivos/small.bin',
    headers: { ...headers, Accept: 'application/json' },
    noise: smallBytes,
    keep: true,
  }
  const [put1] = await caller.ask<Outcome[]>('once', { port: box.port, requests: [put] })
  const path = linkIn(put1?.text ?? '')
  const file = `${box.data}/cuarentena/${path.split('/')[2]}`
  await using bare = await startReference('bun-file', { under: pinned(0), env: { BENCH_FILE: file } })
  const repeat = async ({ pid, port }: Subject, at: string) => {
    const how = { port, atOnce, milliseconds, requests: [{ method: 'GET', path: at, headers }], wanted: 200 }
    const before = cpuSeconds(pid)
    const answers = await caller.ask<Answers>('repeat', how)
    if (answers.bytes !== answers.done * smallBytes) throw new Error(`Small files answered ${JSON.stringify(answers)}`)
    return { pace: answers.done / answers.seconds, cost: ((cpuSeconds(pid) - before) / answers.done) * 1e6 }
  }
  await repeat(box, path)
  await repeat(bare, '/')
  const [ours, theirs]: [Awaited<ReturnType<typeof repeat>>[], Awaited<ReturnType<typeof repeat>>[]] = [[], []]
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await repeat(box, path))
    theirs.push(await repeat(bare, '/'))
  }
  const [we, they] = [runsOf(ours.map(({ pace }) => pace)), runsOf(theirs.map(({ pace }) => pace))]
  const [ourCost, theirCost] = [runsOf(ours.map(({ cost }) => cost)), runsOf(theirs.map(({ cost }) => cost))]
  const ratio = we.median / they.median
  return {
    title: `Files of 8 KiB, ${atOnce} connections`,
    rows: [
      {
        what: 'answers per second',
        pichat: `${show(we.median, '/s')} (${spread(we)})`,
        reference: `${show(they.median, '/s')} (${spread(they)})`,
        ratio: times(ratio),
        bar: '≥ 0.5 ×',
        holds: ratio >= 0.5,
      },
      {
        what: 'processor time of one',
        pichat: `${show(ourCost.median, 'µs')} (${spread(ourCost)})`,
        reference: `${show(theirCost.median, 'µs')} (${spread(theirCost)})`,
        ratio: times(ourCost.median / theirCost.median),
        bar: '',
      },
    ],
    notes: [
      'The reference is a bare `new Response(Bun.file(path))` of the same file; PiChat asks for the session, the row and the state of the file first.',
    ],
  }
}

/** Four files of a gigabyte each as one zip, out of a PiChat that has just started. */
export async function zip(stage: Stage): Promise<Figure> {
  const members = 4
  await using box = await stage.open({ env: largest })
  await using caller = hire('caller')
  await upload(stage, box, caller, members)
  const headers = { Cookie: stage.cookieOf(0), Accept: 'application/json' }
  const [listed] = await caller.ask<Outcome[]>('once', {
    port: box.port,
    requests: [{ method: 'GET', path: '/archivos?q=bench', headers, keep: true }],
  })
  const { files } = JSON.parse(listed?.text ?? '{}') as { files: { id: string; size: number }[] }
  const ids = files.filter(({ size }) => size === GiB).map(({ id }) => `id=${id}`)
  if (ids.length !== members) throw new Error(`${ids.length} files are listed`)
  await box.restart()
  await Bun.sleep(rest)
  const before = { memory: residentBytes(box.pid), cpu: cpuSeconds(box.pid) }
  forgetPeak(box.pid)
  const begin = performance.now()
  const address = `http://127.0.0.1:${box.port}/archivos/zip?${ids.join('&')}`
  const child = Bun.spawn(
    ['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_download}', '-H', `Cookie: ${headers.Cookie}`, address],
    { stdout: 'pipe' },
  )
  const [status, bytes] = (await new Response(child.stdout).text()).split(' ').map(Number)
  if (status !== 200 || !bytes || bytes < members * GiB) throw new Error(`The zip answered ${status} with ${bytes} bytes`)
  const seconds = (performance.now() - begin) / 1000
  const growth = peakBytes(box.pid) - before.memory
  const cpu = (cpuSeconds(box.pid) - before.cpu) / members
  return {
    title: `Zip of ${members} GiB, streamed`,
    rows: [
      {
        what: 'growth of the peak of resident memory',
        pichat: show(growth / MiB, 'MiB'),
        reference: '',
        ratio: '',
        bar: '≤ 30 MB',
        holds: growth <= 30e6,
      },
      { what: 'pace', pichat: `${show(members / seconds, 'GiB/s')} (${show(cpu, 'CPU-s/GiB')})`, reference: '', ratio: '', bar: '' },
    ],
    notes: [`${members} stored members of 1 GiB, read by curl; CRC-32 on the way, zip64 at the end.`],
  }
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
