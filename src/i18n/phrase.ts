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

/**
 * The form of a phrase for the number in `{n}`. Spanish and English both say `one` of exactly 1 (CLDR, as far as they have two forms);
 * `Intl.PluralRules` would take 2.4 MB to say the same.
 */
export function choose(phrase: Phrase, values: Values): string {
  if (typeof phrase === 'string') return phrase
  return Number(values.n ?? 0) === 1 ? phrase.one : phrase.other
}
