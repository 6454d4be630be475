// SPDX-License-Identifier: GPL-3.0-or-later
import { personSign } from '../talk/tables-messages'

/** Words of a search that count; the rest of a long text does not. */
const mostTerms = 8
const longestTerm = 64
/** Prefixes of one sign match half of everything; they are looked for as words. */
const shortestPrefix = 2

/**
 * The words somebody looks for, as the index knows them: letters and digits, without accents and capitals. Whatever else was typed
 * (quotes, operators, columns) is a gap between words, so there is no syntax to get wrong.
 */
export function readTerms(typed: string): string[] {
  const words = fold(typed.slice(0, 1_000)).match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words.map((word) => word.slice(0, longestTerm)))].slice(0, mostTerms)
}

/** Too short for the beginning of a word. */
export function isWholeWord(term: string): boolean {
  return term.length < shortestPrefix
}

/** What FTS5 is asked: every word, each as the beginning of one. `author`: said by this person. */
export function matchOf(terms: readonly string[], author?: string): string {
  const words = terms.map((term) => (isWholeWord(term) ? `"${term}"` : `"${term}"*`))
  return [...words, ...(author === undefined ? [] : [`"${personSign}${author}"`])].join(' ')
}

/** A piece of text, and whether it was looked for. */
export interface Piece {
  text: string
  hit: boolean
}

/** Signs shown before the first hit, and altogether. */
const before = 60
const shown = 240

/** A stretch of the text around the first hit, with every hit in it told apart. */
export function excerpt(text: string, terms: readonly string[]): Piece[] {
  const words = [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].filter(([word]) => isHit(word, terms))
  const first = words[0]?.index ?? 0
  const from = first <= before ? 0 : afterGap(text, first - before, first)
  const to = Math.min(text.length, from + shown)
  const pieces: Piece[] = from > 0 ? [{ text: '…', hit: false }] : []
  let at = from
  for (const { 0: word, index } of words) {
    if (index + word.length > to) break
    pieces.push({ text: text.slice(at, index), hit: false }, { text: word, hit: true })
    at = index + word.length
  }
  pieces.push({ text: text.slice(at, to), hit: false })
  if (to < text.length) pieces.push({ text: '…', hit: false })
  return pieces.filter((piece) => piece.text !== '').map(({ text: piece, hit }) => ({ text: piece.toWellFormed(), hit }))
}

function isHit(word: string, terms: readonly string[]): boolean {
  const folded = fold(word)
  return terms.some((term) => (isWholeWord(term) ? folded === term : folded.startsWith(term)))
}

/** Words are not cut in two where there is a gap nearby. */
function afterGap(text: string, from: number, before: number): number {
  const gap = text.indexOf(' ', from)
  return gap >= 0 && gap < before ? gap + 1 : from
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFC')
}
