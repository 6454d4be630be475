// SPDX-License-Identifier: GPL-3.0-or-later
import { requestIdOf, securityHeaders } from '../../core'
import { isInline } from '../kinds'
import type { Ended, Sendings } from '../links/sendings'
import { disposition } from '../names'
import { dateOf } from './http-date'
import { type Part, partOf, rangeHolds } from './range'
import type { Readable } from './reading'

/** Nothing in a file may run, load or frame anything, whatever it contains. */
const strictest = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** Whoever counts what goes out. */
export interface Meter {
  /** What tells when an answer is through; null: that it broke off is enough. */
  sendings: Sendings | null
  ended: Ended
}

interface Options {
  request: Request
  headers?: Record<string, string>
  /** Asked before a byte goes out that is more than a look in the browser; may refuse. */
  meter?(part: Part): Promise<Meter>
}

/** So little goes into the socket at once: it is sent from memory, and through when it begins. */
const little = 256 * 1024

/**
 * A stored file over HTTP. Validators, preconditions (RFC 9110 §13.2.2, in that order), 416 and the digest of the whole (RFC 9530) are
 * here; ranges are Bun's own, which sends from the page cache. Several ranges at once are answered with the whole file (§14.2 allows
 * it): no amplification.
 */
export async function sendFile({ file, path }: Readable, { request, headers: more = {}, meter }: Options): Promise<Response> {
  const { size } = file
  const shown = isShown(file.type, request)
  const telling = tellingOf(file, shown)
  const { etag, modified } = telling
  const headersOf = (told: Headers) => {
    const headers = new Headers(told)
    headers.set('x-request-id', requestIdOf(request))
    for (const [name, value] of Object.entries(more)) headers.set(name, value)
    return headers
  }

  const verdict = judge(request.headers, etag, modified)
  if (verdict !== null) return new Response(null, { status: verdict, headers: headersOf(telling.brief) })

  const wanted = request.method === 'GET' && rangeHolds(request.headers.get('if-range'), { etag, modified })
  const part = wanted ? partOf(request.headers.get('range'), size) : null
  if (part === 'unsatisfiable') {
    const headers = headersOf(telling.brief)
    headers.set('accept-ranges', 'bytes')
    headers.set('content-range', `bytes */${size}`)
    return new Response(null, { status: 416, headers })
  }

  const headers = headersOf(telling.whole)
  const sent = part ?? { first: 0, last: size - 1 }
  const counting = request.method === 'GET' && meter && !shown ? await meter(sent) : null
  if (counting?.sendings && sent.last - sent.first < little) {
    const bytes = await Bun.file(path)
      .slice(sent.first, sent.last + 1)
      .bytes()
    await counting.ended(true)
    headers.set('accept-ranges', 'bytes')
    if (part) headers.set('content-range', `bytes ${part.first}-${part.last}/${size}`)
    return new Response(bytes, { status: part ? 206 : 200, headers })
  }
  const from = counting ? await watched(path, counting, request.signal) : path
  if (part && !isReadByBun(request.headers)) {
    headers.set('accept-ranges', 'bytes')
    headers.set('content-range', `bytes ${part.first}-${part.last}/${size}`)
    return new Response(Bun.file(from).slice(part.first, part.last + 1), { status: 206, headers })
  }
  // Bun names it itself on 206, and would then name it twice.
  if (part === null) headers.set('accept-ranges', 'bytes')
  return new Response(Bun.file(from), { headers })
}

/** Small, and never anything but a picture that was made here. Asked for again each time: whoever may not see it any more gets nothing. */
export function sendThumbnail({ sha256, path }: { sha256: string; path: string }, request: Request): Response {
  const etag = `"m-${sha256}"`
  const headers = {
    etag,
    'cache-control': 'private, no-cache',
    'content-security-policy': strictest,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  }
  const known = request.headers.get('if-none-match')
  if (known !== null && lists(known, etag, { weak: true })) return new Response(null, { status: 304, headers })
  return new Response(Bun.file(path), { headers: { ...headers, 'content-type': 'image/webp' } })
}

/** Whether this answer begins the file: what continues one, and a look at a picture, is no further download. */
export function beginsDownload({ file }: Readable, request: Request, status: number): boolean {
  if (request.method !== 'GET' || (status !== 200 && status !== 206) || isShown(file.type, request)) return false
  const range = request.headers.get('range')
  return range === null || /^bytes=0-/.test(range.trim())
}

/** `?ver` asks for it to be shown; honoured for the short list of harmless types alone. */
export function isShown(type: string, request: Request): boolean {
  return isInline(type) && new URL(request.url).searchParams.has('ver')
}

interface Telling {
  etag: string
  /** Milliseconds, of whole seconds: that is all the header can say. */
  modified: number
  /** Of answers without its bytes. */
  brief: Headers
  whole: Headers
}

/** Files of which it is remembered what answers say: whoever looks at a film, or fetches by several lines, asks for one file many times. */
const mostTold = 500
const tellings = new Map<string, Telling>()

function tellingOf({ name, sha256, at, type }: Readable['file'], shown: boolean): Telling {
  const key = `${shown} ${sha256} ${at} ${type} ${name}`
  const known = tellings.get(key)
  if (known) return known
  const etag = `"${sha256}"`
  const modified = Math.floor(at / 1000) * 1000
  const brief = new Headers({
    ...securityHeaders,
    etag,
    'last-modified': new Date(modified).toUTCString(),
    'cache-control': 'private, no-cache',
    'content-security-policy': strictest,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-disposition': disposition(shown ? 'inline' : 'attachment', name),
  })
  const whole = new Headers(brief)
  whole.set('content-type', isInline(type) ? type : 'application/octet-stream')
  // RFC 9530 §3: of the whole file, in parts and in answers to HEAD too.
  whole.set('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
  if (tellings.size >= mostTold) tellings.clear()
  tellings.set(key, { etag, modified, brief, whole })
  return { etag, modified, brief, whole }
}

/** Of the three ways to write a date Bun's ranges do not know that of asctime(), and send the whole file for it. */
function isReadByBun(headers: Headers): boolean {
  return !/^[A-Z][a-z]{2} /.test(headers.get('if-range') ?? '')
}

async function watched(path: string, { sendings, ended }: Meter, signal: AbortSignal): Promise<string> {
  if (sendings) return sendings.begin(path, signal, ended)
  signal.addEventListener('abort', () => void ended(false), { once: true })
  return path
}

function judge(headers: Headers, etag: string, modified: number): 304 | 412 | null {
  const match = headers.get('if-match')
  const unmodified = dateOf(headers.get('if-unmodified-since'), modified)
  if (match !== null ? !lists(match, etag, { weak: false }) : unmodified !== null && modified > unmodified) return 412
  const none = headers.get('if-none-match')
  const since = dateOf(headers.get('if-modified-since'), modified)
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
