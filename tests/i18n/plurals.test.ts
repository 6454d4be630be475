// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { type Locale, translator } from '../../src/i18n'
import { en } from '../../src/i18n/en'
import { es } from '../../src/i18n/es'

test.each([
  ['es', es],
  ['en', en],
] as const)('nothing in %s waits for many of one second', (locale: Locale, sections) => {
  const t = translator(locale)
  const keys = Object.entries(sections).flatMap(([section, phrases]) => Object.keys(phrases).map((name) => `${section}.${name}`))
  const said = keys.map((key) => t.say(key as 'rooms.tooFast', { n: 1 }))
  expect(said.filter((text) => /(?<![\d.,/])1 (segundos|seconds)\b/.test(text))).toEqual([])
})
