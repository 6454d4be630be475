// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock } from './clock'
import { Refusal } from './errors'

/** Judges so many bytes before they are passed on, and throws to refuse; a promise only where it has to ask somebody first. */
export type Gate = (bytes: number) => undefined | Promise<void>

/** Passes on what every gate lets through. One generator for all of them: each one more would cost every chunk three turns of the queue. */
export async function* gated(source: AsyncIterable<Uint8Array>, gates: readonly Gate[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (const gate of gates) {
      const asking = gate(chunk.byteLength)
      if (asking) await asking
    }
    yield chunk
  }
}

/** Refuses as soon as there are more than `limit` bytes. */
export function atMost(limit: number, refuse = () => new Refusal('too-large', 'errors.bodyTooLarge')): Gate {
  let seen = 0
  return (bytes) => {
    seen += bytes
    if (seen > limit) throw refuse()
    return undefined
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

/**
 * Passes bytes on, and rejects with `unreadable` when the source falls silent. The time the reader takes does not count. One timer runs along and
 * looks how long the silence is: a timer for each chunk would cost as much as the chunk.
 */
export async function* patient(source: AsyncIterable<Uint8Array>, { clock, silence, least = 1, signal }: Patience) {
  const iterator = source[Symbol.asyncIterator]()
  let waited = 0
  let come = 0
  /** Since when the source is waited for; null while the reader works. */
  let since: number | null = null
  let giveUp = (_reason: unknown) => {}
  let cancel = clock.after(silence, look)
  const aborted = () => giveUp(signal?.reason)
  signal?.addEventListener('abort', aborted)

  function look() {
    const silent = waited + (since === null ? 0 : clock.monotonic() - since)
    if (silent < silence) cancel = clock.after(silence - silent, look)
    else giveUp(stalled())
  }

  try {
    for (;;) {
      signal?.throwIfAborted()
      since = clock.monotonic()
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject
        iterator.next().then(resolve, reject)
      })
      if (step.done) return
      waited += clock.monotonic() - since
      since = null
      come += step.value.byteLength
      if (come >= least) {
        waited = 0
        come = 0
      } else if (waited >= silence) throw stalled()
      yield step.value
    }
  } finally {
    cancel()
    signal?.removeEventListener('abort', aborted)
    // Not awaited: a stalled source never answers.
    iterator.return?.().catch(() => {})
  }
}

function stalled(): Refusal {
  return new Refusal('unreadable', 'errors.bodyStalled')
}

/** A client that sends single bytes must not make a list of a quarter of a million of them; the system writes 1,024 at once. */
const mostAtOnce = 128

/**
 * Hands chunks on several at once, `enough` bytes of them where they come that fast: one large write costs a fraction of many small ones. What comes
 * slowly is not held back, and what came before the source broke off is handed on first. While the reader works nothing is asked for: the
 * connection holds what comes meanwhile, and eight uploads at once would hold a megabyte each.
 */
export async function* gathered(source: AsyncIterable<Uint8Array>, enough: number): AsyncGenerator<Uint8Array[]> {
  const iterator = source[Symbol.asyncIterator]()
  const idle = createIdle()
  let asked: Promise<IteratorResult<Uint8Array>> | null = null
  function ask(): Promise<IteratorResult<Uint8Array>> {
    if (asked) return asked
    asked = iterator.next()
    // It is looked at later, also when it fails.
    asked.catch(() => {})
    return asked
  }
  try {
    for (;;) {
      const chunks: Uint8Array[] = []
      for (let bytes = 0; bytes < enough && chunks.length < mostAtOnce; ) {
        const step = chunks.length === 0 ? await ask() : await Promise.race([ask(), idle()]).catch(() => null)
        // Nothing more is ready, or it is over: the end and the error are found again behind what is handed on.
        if (!step || step.done) break
        asked = null
        chunks.push(step.value)
        bytes += step.value.byteLength
      }
      if (chunks.length === 0) return
      yield chunks
    }
  } finally {
    iterator.return?.(undefined).catch(() => {})
  }
}

/** Resolves when whatever was ready has been done. */
function createIdle(): () => Promise<null> {
  let waiting: Promise<null> | null = null
  return () => {
    waiting ??= new Promise((resolve) => {
      setImmediate(() => {
        waiting = null
        resolve(null)
      })
    })
    return waiting
  }
}

/**
 * Gives the memory of a chunk back at once, for whoever keeps nothing of it. Left to the collector, four uploads at once hold 60 MB of chunks that
 * nobody needs; like this it is 15.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  // A view of something larger is not ours to give back.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
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
