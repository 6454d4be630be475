// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'
import type { Pages, Visitor } from '../../views'

export interface Waiting {
  timeout(request: Request, seconds: number): void
}

const secondsAfterRefusal = 10
/** The most the server can count. */
const longestSeconds = 255
/** A body that stalled or broke off, or goes on over another connection: nothing more is wanted from this one. */
const cutOff = new Set<string>(['unreadable', 'locked'])

interface Streamed {
  visitor: Visitor
  request: Request
  server: Waiting | null
  /** Milliseconds that an upload may be silent; and its connection, when it is done. */
  stall: number
}

/**
 * While a body streams in, only our own patience counts: the server's would end an upload whose last sync takes long. Once it is refused
 * nobody reads what still comes: a client that stalled is cut off, others have a moment to take the answer. Once it is taken the server counts
 * again: a phone that went out of reach after its upload would hold the connection for ever, and so would headers that drip.
 */
export async function streaming(
  pages: Pages,
  { visitor, request, server, stall }: Streamed,
  act: () => Promise<Response>,
): Promise<Response> {
  server?.timeout(request, 0)
  try {
    const answer = await act()
    server?.timeout(request, answer.status >= 400 ? secondsAfterRefusal : Math.min(longestSeconds, Math.ceil(stall / 1000)))
    return answer
  } catch (error) {
    server?.timeout(request, secondsAfterRefusal)
    if (!(error instanceof Refusal) || !cutOff.has(error.code)) throw error
    const answer = await pages.refusal(visitor, error)
    answer.headers.set('connection', 'close')
    return answer
  }
}

/** Bytes as declared; null when the body comes in chunks. */
export function lengthOf(request: Request): number | null {
  const length = request.headers.get('content-length')
  return length === null || request.headers.has('transfer-encoding') ? null : Number(length)
}

export async function* nothing(): AsyncGenerator<Uint8Array> {}
