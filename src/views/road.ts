// SPDX-License-Identifier: GPL-3.0-or-later
import { type Log, Refusal } from '../core'
import type { Pages } from './respond'
import type { Visitor } from './visitor'

interface Fault {
  visitor: Visitor
  /** What was thrown, and what Elysia calls it. */
  error: unknown
  code: string | number
  log: Log
}

/**
 * The one road of errors. A Refusal is said as it is; what Elysia refuses at the edge becomes one; everything else is ours, is logged
 * with its stack under the reference the visitor sees, and answered with a fixed text: messages and bodies would leak.
 */
export async function answerFault(pages: Pages, { visitor, error, code, log }: Fault): Promise<Response> {
  const failed = new Refusal('failed', 'errors.failed')
  const refusal = toRefusal(error, code)
  if (refusal) log.debug({ ref: visitor.requestId, path: hideTokens(visitor.path), refused: refusal.message }, 'request.refused')
  else logFailure(error)
  try {
    return await pages.refusal(visitor, refusal ?? failed)
  } catch (another) {
    // What surrounds a page (the list of rooms) may be what is broken: the page of a stranger needs none of it.
    logFailure(another)
    return pages.refusal(visitor.asStranger(), failed)
  }

  function logFailure(err: unknown): void {
    log.error({ ref: visitor.requestId, path: hideTokens(visitor.path), err }, 'request.failed')
  }
}

function toRefusal(error: unknown, code: string | number): Refusal | null {
  if (error instanceof Refusal) return error
  // What is refused while a body is read comes wrapped.
  if (error instanceof Error && error.cause instanceof Refusal) return error.cause
  if (code === 'NOT_FOUND') return new Refusal('missing', 'errors.missing')
  if (code === 'VALIDATION') return new Refusal('invalid', 'errors.invalid')
  if (code === 'PARSE') return new Refusal('unreadable', 'errors.unreadable')
  return null
}

/** Direct links and other one-time doors carry their secret in the path. */
export function hideTokens(path: string): string {
  return path.replace(/^\/(d|restablecer)\/[^/]+/, '/$1/…')
}
