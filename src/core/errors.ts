// SPDX-License-Identifier: GPL-3.0-or-later

/** Filled by `i18n`, which knows the words; `core` only carries their names. */
// biome-ignore lint/suspicious/noEmptyInterface: i18n/translator.ts merges the dictionary's keys into it
export interface Phrases {}
export type PhraseName = Phrases extends { names: infer Names extends string } ? Names : string

/** Every way PiChat says no, and the HTTP status a client sees. The only table of its kind. */
export const statusOf = {
  unreadable: 400,
  'signed-out': 401,
  forbidden: 403,
  missing: 404,
  'not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  unsatisfiable: 416,
  invalid: 422,
  locked: 423,
  throttled: 429,
  failed: 500,
  busy: 503,
  full: 507,
} as const

export type RefusalCode = keyof typeof statusOf

/** An amount of bytes in a place of a phrase: every language writes it its own way. */
export interface Bytes {
  bytes: number
}

interface Details {
  /** What stands in the places of the phrase: `{n}`, `{name}`, `{size}`. */
  values?: Record<string, string | number | Bytes>
  /** Form field → the sentence shown beside it. */
  fields?: Record<string, PhraseName>
  /** Seconds until it is worth trying again; sent as `Retry-After`. */
  retryAfter?: number
}

/**
 * An expected no. Services throw it without knowing of HTTP or sockets; one road turns it into a page, a fragment, JSON or a frame.
 * Anything else that is thrown is a fault of ours: logged as an error, answered with a fixed text.
 */
export class Refusal extends Error {
  readonly values: Record<string, string | number | Bytes>
  readonly fields: Record<string, PhraseName>
  readonly retryAfter: number | undefined

  constructor(
    readonly code: RefusalCode,
    readonly phrase: PhraseName,
    { values = {}, fields = {}, retryAfter }: Details = {},
  ) {
    super(`${code}: ${phrase}`)
    this.name = 'Refusal'
    this.values = retryAfter === undefined ? values : { n: retryAfter, ...values }
    this.fields = fields
    this.retryAfter = retryAfter
  }

  get status(): number {
    return statusOf[this.code]
  }
}
