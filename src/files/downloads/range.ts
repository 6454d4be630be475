// SPDX-License-Identifier: GPL-3.0-or-later
import { dateOf } from './http-date'

/** Bytes of a file, both ends included; the whole of an empty file ends at -1. */
export interface Part {
  first: number
  last: number
}

/** Beyond it Bun takes a range for unreadable. */
const largestNumber = 2n ** 64n - 1n

/**
 * What a `Range` asks for (RFC 9110 §14.2): a part, `unsatisfiable`, or null for everything that may be ignored — other units, several
 * ranges (no amplification), nonsense. The same reading as Bun's own, which sends most files: of a range that ends before it begins it
 * looks at the beginning first, and a suffix of an empty file is the whole of it.
 */
export function partOf(range: string | null, size: number): Part | 'unsatisfiable' | null {
  const ends = range === null ? null : endsOf(range)
  if (!ends) return null
  const [first, last] = ends
  if (first === '' && last === '') return null
  if ([first, last].some((number) => number !== '' && BigInt(number) > largestNumber)) return null
  if (first === '') return suffix(BigInt(last), size)
  if (BigInt(first) >= size) return 'unsatisfiable'
  if (last !== '' && BigInt(last) < BigInt(first)) return null
  return { first: Number(first), last: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

/** The digits on both sides of the dash. Cut and not matched: an expression with blanks at every joint takes seconds for a long one (ReDoS). */
function endsOf(range: string): [first: string, last: string] | null {
  const equals = range.indexOf('=')
  const dash = range.indexOf('-', equals)
  if (equals < 0 || dash < 0 || range.slice(0, equals).trim().toLowerCase() !== 'bytes') return null
  const [first, last] = [range.slice(equals + 1, dash).trim(), range.slice(dash + 1).trim()]
  return /^\d*$/.test(first) && /^\d*$/.test(last) ? [first, last] : null
}

function suffix(length: bigint, size: number): Part | 'unsatisfiable' | null {
  if (length === 0n) return 'unsatisfiable'
  return size === 0 ? null : { first: Math.max(0, size - Number(length)), last: size - 1 }
}

/** Whether an `If-Range` still holds, so that the part fits what the client has: a strong tag or the exact date (§13.1.5). */
export function rangeHolds(condition: string | null, { etag, modified }: { etag: string; modified: number }): boolean {
  return condition === null || condition === etag || dateOf(condition, modified) === modified
}
