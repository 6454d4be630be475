// SPDX-License-Identifier: GPL-3.0-or-later
import type { Part } from '../downloads/range'

/** Which bytes of a file a client has: parts in order, apart from each other, and parts that broke off somewhere. */
export interface Coverage {
  add(part: Part): void
  /** Of a part that broke off the client has what stands before the byte from which it goes on: it is the only one who knows. */
  addBroken(part: Part): void
  isWhole(size: number): boolean
  /** For the database. */
  readonly parts: readonly Part[]
  readonly broken: readonly Part[]
}

/** A client that fetches a file in crumbs cannot fill the memory: beyond this the two closest parts count as one. */
const mostParts = 256
/** Of those that broke off the last ones are remembered. */
const mostBroken = 32

export function createCoverage(whole: readonly Part[] = [], brokenOff: readonly Part[] = []): Coverage {
  let parts: Part[] = []
  const broken: Part[] = [...brokenOff]

  for (const part of whole) parts = joined(parts, part)
  return {
    add(part) {
      parts = joined(parts, part)
      if (parts.length > mostParts) closeSmallestGap(parts)
    },
    addBroken(part) {
      broken.push(part)
      if (broken.length > mostBroken) broken.shift()
    },
    isWhole(size) {
      if (size === 0) return true
      let known = parts
      for (const { first, last } of broken) {
        // What goes on with it reaches as far as it would have; other pieces were fetched for another reason.
        const next = parts.find((part) => part.first > first && part.last >= last)
        if (next) known = joined(known, { first, last: next.first - 1 })
      }
      return known.length === 1 && known[0]?.first === 0 && known[0].last === size - 1
    },
    get parts() {
      return parts
    },
    get broken() {
      return broken
    },
  }
}

function joined(parts: readonly Part[], { first, last }: Part): Part[] {
  if (last < first) return [...parts]
  let [from, to] = [first, last]
  const apart = parts.filter((other) => {
    if (other.last + 1 < from || other.first > to + 1) return true
    from = Math.min(from, other.first)
    to = Math.max(to, other.last)
    return false
  })
  return [...apart, { first: from, last: to }].sort((a, b) => a.first - b.first)
}

function closeSmallestGap(parts: Part[]): void {
  let closest = 1
  const gap = (at: number) => (parts[at]?.first ?? 0) - (parts[at - 1]?.last ?? 0)
  for (let at = 2; at < parts.length; at++) if (gap(at) < gap(closest)) closest = at
  const [left, right] = [parts[closest - 1], parts[closest]]
  if (left && right) parts.splice(closest - 1, 2, { first: left.first, last: right.last })
}
