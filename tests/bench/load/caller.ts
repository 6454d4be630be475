// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process of its own that asks for pages, files and sign-ins over plain sockets: requests in, whole answers out, nothing kept.
import { answer } from './errand'
import { call, type Outcome, type Request } from './exchange'

export interface Repeat {
  port: number
  /** Requests under way, each on a connection of its own that is kept. */
  atOnce: number
  milliseconds: number
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

let stopped = false

answer({
  /** The same few requests over and over until the time is over. */
  async repeat({ port, atOnce, milliseconds, requests, wanted }: Repeat): Promise<Answers> {
    const begin = performance.now()
    const tally: Answers = { done: 0, others: {}, seconds: 0, bytes: 0 }
    let turn = 0
    stopped = false
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        const line = call(port)
        while (!stopped && performance.now() - begin < milliseconds) {
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
