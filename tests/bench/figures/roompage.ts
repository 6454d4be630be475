// SPDX-License-Identifier: GPL-3.0-or-later
import { type Figure, percentile, show } from '../figure'
import { hire } from '../load/errand'
import type { Poured } from '../load/sayer'
import { pinned, startReference } from '../machine/subject'
import type { Stage } from '../stage'

/** 50 requests per second. */
const calm = { every: 20, milliseconds: 20_000 }
const bars = { first: 15, load: 60_000 }

/** The page of a room with fifty messages: how soon it begins, and what a first visit loads with it. */
export async function roomPage(stage: Stage): Promise<Figure> {
  await using box = await stage.open({ under: pinned(0) })
  await using sayer = hire('sayer', pinned(1))
  await using caller = hire('caller', pinned(1))
  const seats = stage.seats(box.port, 'slow')
  const given = { seats, greeting: stage.greeting, saying: stage.saying, bytes: 100 }
  await sayer.ask<Poured>('pour', { ...given, ahead: 6, milliseconds: 500 })
  const path = (seats[0]?.path ?? '').replace(/\/vivo$/, '')
  const requests = seats.map(({ headers }) => ({ method: 'GET', path, headers: { ...headers, Accept: 'text/html' } }))
  const ask = (port: number, wanted: typeof requests) => caller.ask<number[]>('paced', { ...calm, port, requests: wanted }, 60_000)

  const page = await fetch(box.origin + path, { headers: requests[1]!.headers })
  const text = await page.text()
  const messages = text.match(/<article class="msg/g)?.length ?? 0
  await using bare = await startReference('elysia-hello', { under: pinned(0), env: { BENCH_PAGE_BYTES: String(text.length) } })
  const ours = await ask(box.port, requests)
  const theirs = await ask(bare.port, [{ method: 'GET', path: '/pagina', headers: {} as (typeof requests)[0]['headers'] }])
  const loaded = await firstLoad(box.origin, text)
  const [p99, theirP99] = [percentile(ours, 0.99), percentile(theirs, 0.99)]
  return {
    title: `The page of a room with ${messages} messages`,
    rows: [
      {
        what: 'p99 to the first byte at 50 requests per second',
        pichat: show(p99, 'ms'),
        reference: show(theirP99, 'ms'),
        ratio: '',
        bar: `≤ ${bars.first} ms`,
        holds: p99 <= bars.first,
      },
      { what: 'median', pichat: show(percentile(ours, 0.5), 'ms'), reference: show(percentile(theirs, 0.5), 'ms'), ratio: '', bar: '' },
      {
        what: 'script and styles of a first visit, compressed',
        pichat: `${loaded} bytes`,
        reference: '',
        ratio: '',
        bar: `≤ ${bars.load}`,
        holds: loaded <= bars.load,
      },
    ],
    notes: [
      `${ours.length} requests of ten members; ${text.length} bytes each. The reference answers a string of that size. What is loaded is named by its content and kept by the browser for good.`,
    ],
  }
}

/** Bytes on the wire of every script and style that the page names, as a browser asks for them over plain http. */
async function firstLoad(origin: string, page: string): Promise<number> {
  const named = [...page.matchAll(/<(?:script[^>]* src|link rel="stylesheet" href)="([^"]+)"/g)].map(([, address]) => address ?? '')
  let bytes = 0
  for (const address of new Set(named)) {
    const answer = await fetch(new URL(address, origin), { headers: { 'accept-encoding': 'gzip, deflate' }, decompress: false })
    bytes += (await answer.arrayBuffer()).byteLength
  }
  return bytes
}
