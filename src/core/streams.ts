// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from './errors'

/** Passes bytes on and refuses with `too-large` as soon as there are more than `limit`. */
export async function* capped(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const chunk of source) {
    seen += chunk.byteLength
    if (seen > limit) throw new Refusal('too-large', 'errors.bodyTooLarge')
    yield chunk
  }
}

/** Rejects with `throttled` when the source stays silent for `ms`: a body that drips must not hold a descriptor for ever. */
export async function* patient(source: AsyncIterable<Uint8Array>, ms: number, after: (ms: number, run: () => void) => () => void) {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      let cancel = () => {}
      const silence = new Promise<never>((_, reject) => {
        cancel = after(ms, () => reject(new Refusal('unreadable', 'errors.bodyStalled')))
      })
      const step = await Promise.race([iterator.next(), silence]).finally(cancel)
      if (step.done) return
      yield step.value
    }
  } finally {
    // Not awaited: a stalled source never answers.
    iterator.return?.().catch(() => {})
  }
}
