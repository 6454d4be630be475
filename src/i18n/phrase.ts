// SPDX-License-Identifier: GPL-3.0-or-later
import type { Content } from '../core'

/** A text with `{places}`, or its two forms by the number in `{n}`. */
export type Phrase = string | { readonly one: string; readonly other: string }
export type Section = Readonly<Record<string, Phrase>>

/** The same keys as the Spanish section: a phrase missing in English does not compile. */
export type Translated<S extends Section> = {
  readonly [Key in keyof S]: S[Key] extends string ? string : { readonly one: string; readonly other: string }
}

type Places<Text extends string> = Text extends `${string}{${infer Place}}${infer Rest}` ? Place | Places<Rest> : never
/** The places a phrase asks to be filled. */
export type PlacesOf<P extends Phrase> = P extends string
  ? Places<P>
  : P extends { other: infer Other extends string }
    ? Places<Other> | 'n'
    : never

export type Values = Record<string, Content>

/** Fills the places of a phrase; the plural form follows `{n}` by the rules of the language. */
export function choose(phrase: Phrase, values: Values, plural: () => Intl.PluralRules): string {
  if (typeof phrase === 'string') return phrase
  return plural().select(Number(values.n ?? 0)) === 'one' ? phrase.one : phrase.other
}
