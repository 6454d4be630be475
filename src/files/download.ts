// SPDX-License-Identifier: GPL-3.0-or-later
import { isInline } from './kinds'
import { disposition } from './names'
import type { Readable } from './service'

/** Nothing in a file may run, load or frame anything, whatever it contains. */
const strictest = "default-src 'none'; sandbox; frame-ancestors 'none'"

interface Options {
  request: Request
  headers?: Record<string, string>
}

/**
 * A stored file over HTTP. Validators and preconditions here (RFC 9110 §13.2.2, in that order); Range, If-Range and 416 are Bun's own,
 * which sends from the page cache. Several ranges at once are answered with the whole file (§14.2 allows it): no amplification.
 */
export function sendFile({ file, path }: Readable, { request, headers: more = {} }: Options): Response {
  // `?ver` asks for it to be shown; honoured for the short list of harmless types alone.
  const shown = isInline(file.type) && new URL(request.url).searchParams.has('ver')
  const etag = `"${file.sha256}"`
  // Whole seconds: that is all the header can say.
  const modified = Math.floor(file.at / 1000) * 1000
  const headers: Record<string, string> = {
    etag,
    'last-modified': new Date(modified).toUTCString(),
    'cache-control': 'private, no-cache',
    'content-security-policy': strictest,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-disposition': disposition(shown ? 'inline' : 'attachment', file.name),
    ...more,
  }

  const verdict = judge(request.headers, etag, modified)
  if (verdict !== null) return new Response(null, { status: verdict, headers })

  headers['content-type'] = isInline(file.type) ? file.type : 'application/octet-stream'
  // Bun names it itself on 206 and 416, and would then name it twice.
  if (request.method === 'HEAD' || !wantsRange(request.headers, { etag, modified, size: file.size })) headers['accept-ranges'] = 'bytes'
  return new Response(Bun.file(path), { headers })
}

/** Whether this answer begins the file: what continues one is the same download. */
export function beginsDownload(request: Request, status: number): boolean {
  if (request.method !== 'GET' || status !== 200) return false
  const range = request.headers.get('range')
  return range === null || /^bytes=0-/.test(range.trim())
}

function judge(headers: Headers, etag: string, modified: number): 304 | 412 | null {
  const match = headers.get('if-match')
  const unmodified = timeOf(headers.get('if-unmodified-since'))
  if (match !== null ? !lists(match, etag, { weak: false }) : unmodified !== null && modified > unmodified) return 412
  const none = headers.get('if-none-match')
  const since = timeOf(headers.get('if-modified-since'))
  if (none !== null ? lists(none, etag, { weak: true }) : since !== null && modified <= since) return 304
  return null
}

/** A list of entity tags or `*`. Weak tags count for caches only (RFC 9110 §8.8.3.2). */
function lists(header: string, etag: string, { weak }: { weak: boolean }): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((part) => {
    const tag = part.trim()
    return tag === etag || (weak && tag === `W/${etag}`)
  })
}

/** An HTTP date in the one form that is sent today; anything else is as if it were not there. */
function timeOf(header: string | null): number | null {
  if (header === null || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return null
  const time = Date.parse(header)
  return Number.isNaN(time) ? null : time
}

/** Whether Bun will answer with a part: one range that it can read, and an If-Range that still holds. */
function wantsRange(headers: Headers, { etag, modified, size }: { etag: string; modified: number; size: number }): boolean {
  const range = headers.get('range')
  const single = range === null ? null : /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range)
  if (!single) return false
  const [, first = '', last = ''] = single
  if (first === '' && last === '') return false
  if ([first, last].some((number) => number !== '' && BigInt(number) > largestNumber)) return false
  if (first !== '' && last !== '' && BigInt(first) > BigInt(last) && BigInt(first) < size) return false
  const condition = headers.get('if-range')
  return condition === null || condition === etag || condition === new Date(modified).toUTCString()
}

/** Beyond it Bun takes a range for unreadable and sends the whole file. */
const largestNumber = 2n ** 64n - 1n
