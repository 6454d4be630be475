// SPDX-License-Identifier: GPL-3.0-or-later

/** One line of a figure: PiChat beside its reference, measured in the same run. */
export interface Row {
  what: string
  pichat: string
  reference: string
  /** What the bar is held against; empty where only a number counts. */
  ratio: string
  bar: string
  /** Left out where nothing was promised. */
  holds?: boolean
}

export interface Figure {
  title: string
  rows: Row[]
  /** What a reader has to know to judge the rows: sizes, spread, what was counted. */
  notes: string[]
}

/** Several runs of one measurement. */
export interface Runs {
  median: number
  low: number
  high: number
  count: number
}

export function runsOf(values: readonly number[]): Runs {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, low: sorted[0] ?? Number.NaN, high: sorted.at(-1) ?? Number.NaN, count: sorted.length }
}

/** The value below which `part` of all values lie (nearest rank). */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

/** How far the runs of one measurement lie apart, in percent of their median: the noise of this machine at this hour. */
export function spread({ median, low, high }: Runs): string {
  return `±${(((high - low) / 2 / median) * 100).toFixed(0)} %`
}

/** Four digits at most: more would pretend. */
export function show(value: number, unit = ''): string {
  const size = Math.abs(value)
  const text =
    size >= 1_000_000
      ? `${(value / 1_000_000).toFixed(2)} M`
      : size >= 10_000
        ? `${(value / 1000).toFixed(0)} k`
        : size >= 1000
          ? value.toFixed(0)
          : size >= 100
            ? value.toFixed(0)
            : size >= 10
              ? value.toFixed(1)
              : value.toFixed(2)
  return unit ? `${text} ${unit}` : text
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`
}
