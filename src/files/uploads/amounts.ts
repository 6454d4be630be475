// SPDX-License-Identifier: GPL-3.0-or-later

/** As sizes are shown here, by thousands, and as computers count; the larger first. */
const units = [
  ['TiB', 1024 ** 4],
  ['TB', 1000 ** 4],
  ['GiB', 1024 ** 3],
  ['GB', 1000 ** 3],
  ['MiB', 1024 ** 2],
  ['MB', 1000 ** 2],
  ['KiB', 1024],
  ['KB', 1000],
  ['B', 1],
] as const

/**
 * `5 GB`, `1,5 gb`, `512MiB` → bytes; null for anything else. The unit is asked for, but with nothing: who means 5 GB and types 5 must not
 * get 5 bytes. Two decimals at most: `5.000` is five thousand in Spanish.
 */
export function readAmount(typed: string): number | null {
  const text = typed.trim()
  if (text === '0') return 0
  const [, amount = '', unit = ''] = /^(\d{1,15}(?:[.,]\d{1,2})?)\s{0,3}([a-z]{1,3})$/i.exec(text) ?? []
  const bytes = units.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  if (bytes === undefined) return null
  const whole = Math.round(Number(amount.replace(',', '.')) * bytes)
  return Number.isSafeInteger(whole) ? whole : null
}

/** The same amount as somebody may type it again: nothing is rounded away. */
export function writeAmount(bytes: number): string {
  if (bytes === 0) return '0'
  const [unit, size] = units.find(([, size]) => bytes % size === 0) ?? (['B', 1] as const)
  return `${bytes / size} ${unit}`
}
