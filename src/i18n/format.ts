// SPDX-License-Identifier: GPL-3.0-or-later
import { onTheWall } from '../core'

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

/** Numbers and moments are spelled here: `Intl` would take 5 MB from the first message on, for two lists of names and three signs. */
const days = {
  es: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
}
const months = {
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
}

const decimalSign = { es: ',', en: '.' }

/** At most that many decimals, no zeros behind the last; groups of three from 1,000 on in English, from 10.000 on in Spanish (CLDR). */
function decimalOf(locale: 'es' | 'en', n: number, decimals: 0 | 1): string {
  const [whole = '', part] = n.toFixed(decimals).replace(/\.0$/, '').split('.')
  const grouped = whole.length > (locale === 'es' ? 4 : 3) ? whole.replace(/\B(?=(\d{3})+$)/g, locale === 'es' ? '.' : ',') : whole
  return part === undefined ? grouped : `${grouped}${decimalSign[locale]}${part}`
}

function weekdayOf(locale: 'es' | 'en', date: Date): string {
  return days[locale][date.getUTCDay()] as string
}

function dayOf(locale: 'es' | 'en', date: Date): string {
  const month = months[locale][date.getUTCMonth()]
  return `${weekdayOf(locale, date)} ${date.getUTCDate()} ${locale === 'es' ? 'de ' : ''}${month}`
}

/** `18 nov`; both languages shorten September to four letters. */
function dayMonthOf(locale: 'es' | 'en', date: Date): string {
  const month = months[locale][date.getUTCMonth()] as string
  return `${date.getUTCDate()} ${month.slice(0, date.getUTCMonth() === 8 ? 4 : 3)}`
}

/** Days since 1970 as calendars here count them. */
function dayNumber(ms: number): number {
  return Math.floor(onTheWall(ms).getTime() / dayMs)
}

function hour(ms: number): string {
  const date = onTheWall(ms)
  return `${date.getUTCHours()}:${String(date.getUTCMinutes()).padStart(2, '0')}`
}

export function formatter(locale: 'es' | 'en'): Format {
  const today = locale === 'es' ? 'hoy' : 'today'

  const sameDay = (a: number, b: number) => dayNumber(a) === dayNumber(b)
  const nearDay = (ms: number, now: number) =>
    sameDay(ms, now) ? today : now - ms < 6 * dayMs && ms <= now ? weekdayOf(locale, onTheWall(ms)) : dayMonthOf(locale, onTheWall(ms))

  function size(bytes: number): string {
    let unit = 0
    let amount = bytes
    while (amount >= 999.5 && unit < units.length - 1) {
      amount /= 1000
      unit++
    }
    return `${decimalOf(locale, amount, unit < 2 || amount >= 99.95 ? 0 : 1)} ${units[unit]}`
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
    number: (n) => decimalOf(locale, n, 1),
    size,
    time: hour,
    day: (ms) => dayOf(locale, onTheWall(ms)),
    date: (ms) => `${dayMonthOf(locale, onTheWall(ms))} ${onTheWall(ms).getUTCFullYear()}`,
    moment: (ms, now) => `${nearDay(ms, now)}, ${hour(ms)}`,
    short: (ms, now) => (sameDay(ms, now) ? hour(ms) : nearDay(ms, now)),
    duration,
    sameDay,
  }
}
