// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from './clock'
import { Refusal } from './errors'

/** Passes bytes on and refuses as soon as there are more than `limit`. */
export async function* capped(
  source: AsyncIterable<Uint8Array>,
  limit: number,
  refuse = () => new Refusal('too-large', 'errors.bodyTooLarge'),
): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const chunk of source) {
    seen += chunk.byteLength
    if (seen > limit) throw refuse()
    yield chunk
  }
}

interface Patience {
  clock: Pick<Clock, 'after' | 'monotonic'>
  /** Milliseconds of waiting for the source, after which it is given up. */
  silence: number
  /** Bytes that have to come in that time: with fewer it drips, and a drip would hold a descriptor for ever. */
  least?: number
  /** Ends the stream from outside with the signal's reason. */
  signal?: AbortSignal
}

/** Passes bytes on, and rejects with `unreadable` when the source falls silent. The time the reader takes does not count. */
export async function* patient(source: AsyncIterable<Uint8Array>, { clock, silence, least = 1, signal }: Patience) {
  const iterator = source[Symbol.asyncIterator]()
  let waited = 0
  let come = 0
  try {
    for (;;) {
      signal?.throwIfAborted()
      const since = clock.monotonic()
      const step = await orGivenUp(iterator.next(), { clock, wait: silence - waited, ...(signal ? { signal } : {}) })
      if (step.done) return
      waited += clock.monotonic() - since
      come += step.value.byteLength
      if (come >= least) {
        waited = 0
        come = 0
      }
      yield step.value
    }
  } finally {
    // Not awaited: a stalled source never answers.
    iterator.return?.().catch(() => {})
  }
}

function orGivenUp<T>(
  step: Promise<T>,
  { clock, wait, signal }: { clock: Pick<Clock, 'after'>; wait: number; signal?: AbortSignal },
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(Math.max(0, wait), () => end(() => reject(new Refusal('unreadable', 'errors.bodyStalled'))))
    const aborted = () => end(() => reject(signal?.reason))
    signal?.addEventListener('abort', aborted, { once: true })
    step.then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    )

    function end(settle: () => void) {
      cancel()
      signal?.removeEventListener('abort', aborted)
      settle()
    }
  })
}

/**
 * Gives the memory of each chunk back as soon as the reader asks for the next, for readers that keep nothing of it. Left to the collector,
 * four uploads at once hold 60 MB of chunks that nobody needs; like this it is 15.
 */
export async function* released(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    yield chunk
    const { buffer, byteLength } = chunk
    // A view of something larger is not ours to give back.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
  }
}

/** Text as the body of an answer: as fast as it is read, and given up with the download. */
export function textStream(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}
