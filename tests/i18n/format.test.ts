// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { translator } from '../../src/i18n'

const tags = { es: 'es-ES', en: 'en-GB' } as const
const hour = 3_600_000

describe.each(['es', 'en'] as const)('moments in %s are spelled as Intl spells them', (locale) => {
  const { format } = translator(locale)
  const day = new Intl.DateTimeFormat(tags[locale], { weekday: 'long', day: 'numeric', month: 'long' })
  const time = new Intl.DateTimeFormat(tags[locale], { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
  // Every seventh hour of two years: each day of the week, each month, each hour, and both changes of summer time.
  const moments = Array.from({ length: 2_500 }, (_, i) => Date.UTC(2026, 0, 1, 0, 7) + i * 7 * hour)

  test('days', () => {
    for (const at of moments) expect(format.day(at)).toBe(day.format(at).replace(',', ''))
  })

  test('times', () => {
    for (const at of moments) expect(format.time(at)).toBe(time.format(at).replace(/^0(?=\d:)/, ''))
  })

  test('dates, and days of a month', () => {
    const date = new Intl.DateTimeFormat(tags[locale], { day: 'numeric', month: 'short', year: 'numeric' })
    const dayMonth = new Intl.DateTimeFormat(tags[locale], { day: 'numeric', month: 'short' })
    for (const at of moments) {
      expect(format.date(at)).toBe(date.format(at))
      expect(format.short(at, at + 30 * 24 * hour)).toBe(dayMonth.format(at))
    }
  })

  test('and whether two of them fall on one day', () => {
    for (const at of moments.slice(1)) {
      const before = at - 7 * hour
      expect(format.sameDay(before, at)).toBe(day.format(before) === day.format(at))
    }
  })
})

describe.each(['es', 'en'] as const)('numbers in %s are spelled as Intl spells them', (locale) => {
  const { format } = translator(locale)

  test('with one decimal at most', () => {
    const number = new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 1 })
    const tenths = Array.from({ length: 12_000 }, (_, i) => i / 10)
    const large = [999, 1_000, 9_999, 9_999.9, 10_000, 99_999.96, 123_456, 999_999, 1_000_000, 1_234_567.8, 12_345_678_901, 2 ** 50]
    for (const n of [...tenths, ...large]) expect(format.number(n)).toBe(number.format(n))
  })

  test('and sizes, from a byte to terabytes', () => {
    const [whole, tenth] = [0, 1].map((maximumFractionDigits) => new Intl.NumberFormat(tags[locale], { maximumFractionDigits }))
    expect(format.size(0)).toBe('0 B')
    expect(format.size(999_499)).toBe(`${whole!.format(999)} KB`)
    expect(format.size(4_200_000)).toBe(`${tenth!.format(4.2)} MB`)
    expect(format.size(99_949_999)).toBe(`${tenth!.format(99.9)} MB`)
    expect(format.size(99_950_000)).toBe('100 MB')
    expect(format.size(12_345e12)).toBe(`${whole!.format(12_345)} TB`)
  })
})
