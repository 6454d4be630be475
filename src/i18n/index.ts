// SPDX-License-Identifier: GPL-3.0-or-later
export type { Format } from './format'
export type { Phrase } from './phrase'
export { type Locale, locales, negotiateLocale, type PhraseKey, type T, translator } from './translator'
