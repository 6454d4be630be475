// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process of its own that asks for pages, files and sign-ins over plain sockets: requests in, whole answers out, nothing kept.
import { answer } from './errand'
import { call, type Line, type Outcome, type Request } from './exchange'

export interface Repeat {
  port: number
  /** Requests under way, each on a connection of its own that is kept. */
  atOnce: number
  milliseconds: number
  /** Ends it earlier, after so many. */
  count?: number
  /** Taken in turn. */
  requests: Request[]
  /** Status that counts as done; anything else is counted by its number. */
  wanted: number
}

export interface Answers {
  done: number
  /** Other statuses → how often. */
  others: Record<number, number>
  seconds: number
  /** Bytes of bodies. */
  bytes: number
}

export interface Paced {
  port: number
  /** Milliseconds between two requests. */
  every: number
  milliseconds: number
  /** Taken in turn. */
  requests: Request[]
}

export interface Pieces {
  port: number
  path: string
  headers: Record<string, string>
  /** Bytes of the whole, and of each piece. */
  size: number
  piece: number
}

let stopped = false

answer({
  /** The same few requests over and over until the time is over. */
  async repeat({ port, atOnce, milliseconds, count = Number.POSITIVE_INFINITY, requests, wanted }: Repeat): Promise<Answers> {
    const begin = performance.now()
    const tally: Answers = { done: 0, others: {}, seconds: 0, bytes: 0 }
    let turn = 0
    stopped = false
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        const line = call(port)
        while (!stopped && turn < count && performance.now() - begin < milliseconds) {
          const { status, bytes } = await line.ask(requests[turn++ % requests.length]!)
          tally.bytes += bytes
          if (status === wanted) tally.done++
          else tally.others[status] = (tally.others[status] ?? 0) + 1
        }
        line.hangUp()
      }),
    )
    tally.seconds = (performance.now() - begin) / 1000
    return tally
  },

  /** One upload by tus 1.0: announced, then piece after piece on the same connection. Answers the seconds it took. */
  async tus({ port, path, headers, size, piece }: Pieces): Promise<number> {
    const begin = performance.now()
    const line = call(port)
    const sent = { ...headers, 'Tus-Resumable': '1.0.0' }
    const announced = { ...sent, 'Upload-Length': String(size), 'Upload-Metadata': 'filename YmVuY2guYmlu' }
    const { status, location } = await line.ask({ method: 'POST', path, headers: announced })
    if (status !== 201 || !location) throw new Error(`An upload was not begun: ${status}`)
    const at = new URL(location, 'http://localhost').pathname
    for (let offset = 0; offset < size; offset += piece) {
      const piecemeal = { ...sent, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) }
      const answer = await line.ask({ method: 'PATCH', path: at, headers: piecemeal, noise: Math.min(piece, size - offset) })
      if (answer.status !== 204) throw new Error(`A piece was not taken: ${answer.status}`)
    }
    line.hangUp()
    return (performance.now() - begin) / 1000
  },

  /** A request every so often, whatever the others are at; answers the milliseconds to the first byte of each. */
  async paced({ port, every, milliseconds, requests }: Paced): Promise<number[]> {
    const idle: Line[] = []
    const under: Promise<number>[] = []
    const begin = performance.now()
    for (let turn = 0; turn * every < milliseconds; turn++) {
      await Bun.sleep(Math.max(0, begin + turn * every - performance.now()))
      const line = idle.pop() ?? call(port)
      const asking = line.ask(requests[turn % requests.length]!).then(({ status, first }) => {
        if (status !== 200) throw new Error(`A page answered ${status}`)
        idle.push(line)
        return first
      })
      asking.catch(() => {})
      under.push(asking)
    }
    const firsts = await Promise.all(under)
    for (const line of idle) line.hangUp()
    return firsts
  },

  /** Each of these once, all at the same time. */
  async once({ port, requests }: { port: number; requests: Request[] }): Promise<(Outcome & { seconds: number })[]> {
    return Promise.all(
      requests.map(async (request) => {
        const begin = performance.now()
        const line = call(port)
        const outcome = await line.ask(request)
        line.hangUp()
        return { ...outcome, seconds: (performance.now() - begin) / 1000 }
      }),
    )
  },
})
