// SPDX-License-Identifier: GPL-3.0-or-later

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const

// Regional forms, as the server writes them.
const tag = () => (document.documentElement.lang.startsWith('en') ? 'en-GB' : 'es-ES')

/** `4,2 MB`, `312 KB`: decimal units, as phones and file managers show them and the server writes them. */
export function size(bytes: number): string {
  let unit = 0
  let amount = bytes
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  const digits = unit < 2 || amount >= 99.95 ? 0 : 1
  return `${new Intl.NumberFormat(tag(), { maximumFractionDigits: digits }).format(amount)} ${units[unit]}`
}

/** `40 s`, `1 min 20 s`, `2 h 5 min`: how long something will still take. */
export function span(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
