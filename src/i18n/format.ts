// SPDX-License-Identifier: GPL-3.0-or-later
import { once } from '../core'

export interface Format {
  number(n: number): string
  /** `4,2 MB`, `312 KB`: decimal units, as phones and file managers show them. */
  size(bytes: number): string
  /** `9:14` */
  time(ms: number): string
  /** `lunes 23 de noviembre` */
  day(ms: number): string
  /** `23 nov 2026` */
  date(ms: number): string
  /** `hoy, 9:14`, `viernes, 16:33` within the last week, `18 nov, 11:02` before. */
  moment(ms: number, now: number): string
  /** `9:14` today, `viernes` within the last week, `18 nov` before: for lists. */
  short(ms: number, now: number): string
  /** `3 min`, `2 h`, `5 días` */
  duration(ms: number): string
  /** Whether two moments fall on the same day in the place's time zone. */
  sameDay(a: number, b: number): boolean
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
const dayMs = 86_400_000

/**
 * What every message says of its moment is spelled here: `Intl` would take 5 MB from the first message on, for a clock and two lists of names.
 */
const days = {
  es: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
}
const months = {
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
}

function weekdayOf(locale: 'es' | 'en', date: Date): string {
  return days[locale][date.getDay()] as string
}

function dayOf(locale: 'es' | 'en', date: Date): string {
  const month = months[locale][date.getMonth()]
  return `${weekdayOf(locale, date)} ${date.getDate()} ${locale === 'es' ? 'de ' : ''}${month}`
}

function hour(ms: number): string {
  const date = new Date(ms)
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`
}

export function formatter(locale: 'es' | 'en'): Format {
  // Made when first asked for: each costs memory, and few boxes speak both languages.
  // Regional forms: a point for decimals only in English, 24 hours in both, as clocks on these walls show them.
  const tag = locale === 'es' ? 'es-ES' : 'en-GB'
  const date = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric' }))
  const dayMonth = once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short' }))
  const whole = once(() => new Intl.NumberFormat(tag, { maximumFractionDigits: 0 }))
  const oneDigit = once(() => new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }))
  const today = locale === 'es' ? 'hoy' : 'today'

  const sameDay = (a: number, b: number) => new Date(a).toDateString() === new Date(b).toDateString()
  const nearDay = (ms: number, now: number) =>
    sameDay(ms, now) ? today : now - ms < 6 * dayMs && ms <= now ? weekdayOf(locale, new Date(ms)) : dayMonth().format(ms)

  function size(bytes: number): string {
    let unit = 0
    let amount = bytes
    while (amount >= 999.5 && unit < units.length - 1) {
      amount /= 1000
      unit++
    }
    return `${(unit < 2 || amount >= 99.95 ? whole : oneDigit)().format(amount)} ${units[unit]}`
  }

  function duration(ms: number): string {
    const minutes = Math.round(ms / 60_000)
    if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} s`
    if (minutes < 60) return `${minutes} min`
    const hours = Math.round(minutes / 60)
    if (hours < 48) return `${hours} h`
    return `${Math.round(hours / 24)} ${locale === 'es' ? 'días' : 'days'}`
  }

  return {
    number: (n) => oneDigit().format(n),
    size,
    time: hour,
    day: (ms) => dayOf(locale, new Date(ms)),
    date: (ms) => date().format(ms),
    moment: (ms, now) => `${nearDay(ms, now)}, ${hour(ms)}`,
    short: (ms, now) => (sameDay(ms, now) ? hour(ms) : nearDay(ms, now)),
    duration,
    sameDay,
  }
}
