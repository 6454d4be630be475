// SPDX-License-Identifier: GPL-3.0-or-later
import { plain } from '../../lib/words'
import { findEmoji } from './emoji'

/** A word that is being written and can be completed. */
export interface Query {
  kind: 'person' | 'emoji'
  /** What was typed behind the sign. */
  typed: string
  /** Where it begins in the text, with its sign. */
  from: number
  to: number
}

export interface Mentionable {
  user: string
  name: string
}

export interface Suggestion {
  /** What goes into the text. */
  insert: string
  /** What is shown: a name or a sign, and a word beside it. */
  main: string
  beside: string
}

const word = /(^|[\s([{«“"'¡¿])([@:])([\p{L}\p{N}._+-]{0,32})$/u
const shortest = { '@': 0, ':': 2 } as const

/** What could be completed where one writes; null when there is nothing. */
export function queryAt(text: string, caret: number): Query | null {
  const found = word.exec(text.slice(Math.max(0, caret - 48), caret))
  if (!found) return null
  const sign = found[2] as '@' | ':'
  const typed = found[3] ?? ''
  if (typed.length < shortest[sign]) return null
  return { kind: sign === '@' ? 'person' : 'emoji', typed, from: caret - typed.length - 1, to: caret }
}

const most = 8

export function suggestionsFor({ kind, typed }: Query, people: readonly Mentionable[]): Suggestion[] {
  if (kind === 'emoji') return findEmoji(typed, most).map(({ sign, name }) => ({ insert: `${sign} `, main: sign, beside: `:${name}:` }))
  const wanted = plain(typed)
  const ranked = people.flatMap((person) => {
    const rank = rankOf(person, wanted)
    return rank === null ? [] : [{ ...person, rank }]
  })
  // Written to its end there is nothing to complete, and Enter sends.
  if (ranked.length === 1 && ranked[0]?.user === wanted) return []
  return ranked
    .sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ user, name }) => ({ insert: `@${user} `, main: name, beside: `@${user}` }))
}

/** The beginning of the username, of the name, of a later word of it. */
function rankOf({ user, name }: Mentionable, wanted: string): number | null {
  if (plain(user).startsWith(wanted)) return 0
  const words = plain(name).split(/\s+/)
  if (words[0]?.startsWith(wanted)) return 1
  return words.some((one) => one.startsWith(wanted)) ? 2 : null
}

/** The text with a suggestion in the place of what was typed, and where the caret stands then. */
export function completed(text: string, { from, to }: Query, { insert }: Suggestion): { text: string; caret: number } {
  const rest = text.slice(to)
  const put = /^[\s,.;:!?)\]}»”]/u.test(rest) ? insert.trimEnd() : insert
  const over = rest.startsWith(' ') ? 1 : 0
  return { text: text.slice(0, from) + put + rest, caret: from + put.length + over }
}
