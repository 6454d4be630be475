// SPDX-License-Identifier: GPL-3.0-or-later
import type { Parameter } from './protocol'

/**
 * What may stand for a `?`: text, numbers, null and booleans (as 0/1). Everything else is a mistake of ours and refused here,
 * because SQLite would quietly store null for undefined and NaN, and half of a bigint.
 */
export function bind(values: readonly unknown[]): Parameter[] {
  return values.map((value, place) => {
    if (typeof value === 'string' || value === null) return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'boolean') return value ? 1 : 0
    const kind = typeof value === 'object' ? value?.constructor?.name : typeof value === 'number' ? String(value) : typeof value
    throw new TypeError(`parameter ${place + 1} cannot be stored: ${kind}`)
  })
}
