// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'

/** A file field of a form, as it streams in. The body has to be read before the next part is asked for. */
export interface Part {
  field: string
  /** As the browser sent it; null for a field that is no file. */
  fileName: string | null
  body: AsyncIterable<Uint8Array>
}

/** Bytes of the headers of one part; a browser sends about 200, with a long name 1,000. */
const longestHead = 8 * 1024
const mostParts = 100
/** RFC 2046 §5.1.1. */
const longestBoundary = 70
const lineEnd = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')

/** The boundary of a `multipart/form-data` content type, or `unreadable`. */
export function boundaryOf(contentType: string | null): string {
  const found = /^multipart\/form-data\s*;(?:[^"]*;)?\s*boundary=(?:"([^"\r\n]+)"|([^\s;"]+))/i.exec(contentType ?? '')
  const boundary = found?.[1] ?? found?.[2] ?? ''
  if (boundary === '' || boundary.length > longestBoundary) throw broken()
  return boundary
}

/**
 * Reads a form part by part (RFC 7578) with the source held back while a part is being read: no part is ever in memory as a whole, which
 * the platform's own `formData()` would do twice over.
 */
export async function* readParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const iterator = source[Symbol.asyncIterator]()
  // As if a line end stood before the first delimiter: then all are found alike.
  let held: Buffer = Buffer.from(lineEnd)

  async function more(): Promise<boolean> {
    const step = await iterator.next()
    if (step.done) return false
    const chunk = Buffer.from(step.value.buffer, step.value.byteOffset, step.value.byteLength)
    held = held.byteLength === 0 ? chunk : Buffer.concat([held, chunk])
    return true
  }

  async function* untilDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = held.indexOf(delimiter)
      if (at >= 0) {
        const last = held.subarray(0, at)
        held = held.subarray(at + delimiter.byteLength)
        if (last.byteLength > 0) yield last
        return
      }
      // What could be the beginning of a delimiter stays.
      const safe = held.byteLength - delimiter.byteLength + 1
      if (safe > 0) {
        const piece = held.subarray(0, safe)
        held = held.subarray(safe)
        yield piece
      }
      if (!(await more())) throw broken()
    }
  }

  async function take(length: number): Promise<Buffer> {
    while (held.byteLength < length) if (!(await more())) throw broken()
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    return taken
  }

  async function takeHead(): Promise<string> {
    for (;;) {
      const at = held.indexOf(headEnd)
      if (at > longestHead || (at < 0 && held.byteLength > longestHead)) throw broken()
      if (at >= 0) return (await take(at + headEnd.byteLength)).subarray(0, at).toString('utf8')
      if (!(await more())) throw broken()
    }
  }

  try {
    await drain(untilDelimiter())
    for (let parts = 0; ; parts++) {
      const after = (await take(2)).toString('latin1')
      if (after === '--') return
      if (after !== '\r\n' || parts >= mostParts) throw broken()
      const { field, fileName } = readHead(await takeHead())
      const body = untilDelimiter()
      yield { field, fileName, body }
      await drain(body)
    }
  } finally {
    iterator.return?.().catch(() => {})
  }
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of source);
}

function readHead(head: string): { field: string; fileName: string | null } {
  const line = head.split('\r\n').find((header) => /^content-disposition\s*:\s*form-data\s*(;|$)/i.test(header))
  if (!line) throw broken()
  return { field: parameter(line, 'name') ?? '', fileName: parameter(line, 'filename') }
}

/** Browsers write %22, %0D and %0A for what would end the value (WHATWG, multipart/form-data encoding) and leave everything else. */
function parameter(line: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"|;\\s*${name}=([^\\s;"]+)`, 'i').exec(line)
  const value = found?.[1] ?? found?.[2]
  if (value === undefined) return null
  return value
    .replace(/\\(["\\])/g, '$1')
    .replace(/%22/g, '"')
    .replace(/%0d/gi, '\r')
    .replace(/%0a/gi, '\n')
}

function broken(): Refusal {
  return new Refusal('unreadable', 'errors.unreadable')
}
