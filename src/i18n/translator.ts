// SPDX-License-Identifier: GPL-3.0-or-later
import { type Bytes, type Html, html, type PhraseName, trusted } from '../core'
import { en } from './en'
import { es } from './es'
import { type Format, formatter } from './format'
import { choose, type Phrase, type PlacesOf, type Values } from './phrase'

export const locales = ['es', 'en'] as const
export type Locale = (typeof locales)[number]

type Dictionary = typeof es
export type PhraseKey = { [S in keyof Dictionary & string]: `${S}.${keyof Dictionary[S] & string}` }[keyof Dictionary & string]
type PhraseAt<Key extends PhraseKey> = Key extends `${infer S extends keyof Dictionary & string}.${infer K}`
  ? K extends keyof Dictionary[S]
    ? Dictionary[S][K] extends infer P extends Phrase
      ? P
      : never
    : never
  : never
type Filled<Key extends PhraseKey, Value> = [PlacesOf<PhraseAt<Key>>] extends [never] ? [] : [Record<PlacesOf<PhraseAt<Key>>, Value>]

declare module '../core/errors' {
  interface Phrases {
    names: PhraseKey
  }
}

export interface T {
  /** The phrase in this language, its places filled: `t('rooms.online', { n: 3 })`. */
  <Key extends PhraseKey>(key: Key, ...values: Filled<Key, string | number>): string
  /** The same with markup in its places; texts in them are escaped. */
  rich<Key extends PhraseKey>(key: Key, ...values: Filled<Key, Html | string | number>): Html
  /** For refusals, whose phrase is only known when they happen. */
  say(key: PhraseName, values?: Record<string, string | number | Bytes>): string
  readonly locale: Locale
  readonly format: Format
}

const dictionaries: Record<Locale, Record<string, Record<string, Phrase>>> = { es, en }

function createTranslator(locale: Locale): T {
  const format = formatter(locale)

  function find(key: string, values: Values): string {
    const dot = key.indexOf('.')
    const phrase = dictionaries[locale][key.slice(0, dot)]?.[key.slice(dot + 1)]
    return phrase === undefined ? key : choose(phrase, values)
  }

  function say(key: string, values: Record<string, string | number | Bytes> = {}): string {
    return find(key, { n: Number(values.n ?? 0) }).replace(/\{(\w+)\}/g, (place, name: string) => {
      const value = values[name]
      if (value === undefined) return place
      if (typeof value === 'object') return format.size(value.bytes)
      return typeof value === 'number' ? format.number(value) : String(value)
    })
  }

  function rich(key: string, values: Values = {}): Html {
    const pieces = find(key, values).split(/\{(\w+)\}/)
    return html`${pieces.map((piece, i) => (i % 2 === 0 ? piece : (values[piece] ?? trusted(''))))}`
  }

  return Object.assign((key: string, values?: Record<string, string | number>) => say(key, values), { rich, say, locale, format }) as T
}

const translators: Record<Locale, T> = { es: createTranslator('es'), en: createTranslator('en') }

export function translator(locale: Locale): T {
  return translators[locale]
}

/** The first language of `Accept-Language` (RFC 9110 §12.5.4) that PiChat speaks; Spanish when there is none. */
export function negotiateLocale(header: string | null): Locale {
  if (!header || header.length > 200) return 'es'
  const wished = header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const q = Number(
        parameters
          .find((p) => p.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      )
      return { language: tag.slice(0, 2).toLowerCase(), q: Number.isFinite(q) ? q : 0 }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
  return wished.map(({ language }) => locales.find((locale) => locale === language)).find(Boolean) ?? 'es'
}
