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

  test('and whether two of them fall on one day', () => {
    for (const at of moments.slice(1)) {
      const before = at - 7 * hour
      expect(format.sameDay(before, at)).toBe(day.format(before) === day.format(at))
    }
  })
})
