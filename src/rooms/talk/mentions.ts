// SPDX-License-Identifier: GPL-3.0-or-later
import type { Mention } from '../model'

/** Somebody who can be called: by user name, by the whole name, or by the first name where only one has it. */
export interface Callable {
  id: string
  name: string
  username?: string
}

/** Calls that are looked at in one message. */
const mostCalls = 30
const fence = '```'

export function callsSomebody(text: string): boolean {
  return text.includes('@')
}

/** Who is called by `@` in a text, outside of code. Each place is looked at once; the longest name wins. */
export function findMentions(text: string, people: readonly Callable[]): Mention[] {
  const spoken = withoutCode(text)
  const folded = fold(spoken)
  const names = namesOf(people)
  const found = new Map<string, Mention>()
  let calls = 0
  for (let at = spoken.indexOf('@'); at >= 0 && calls < mostCalls; at = spoken.indexOf('@', at + 1)) {
    calls++
    if (isWord(spoken, at - 1)) continue
    const mention = callAt(spoken, folded, at, names)
    if (mention) found.set(`${mention.id} ${mention.as}`, mention)
  }
  return [...found.values()]
}

/** The mention that begins at `at` in a text, longest first. */
export function mentionAt(text: string, at: number, mentions: readonly Mention[]): Mention | undefined {
  if (isWord(text, at - 1)) return undefined
  let longest: Mention | undefined
  for (const mention of mentions) {
    if (mention.as.length > (longest?.as.length ?? 0) && text.startsWith(mention.as, at) && !isWord(text, at + mention.as.length))
      longest = mention
  }
  return longest
}

interface Name {
  id: string
  /** As names are compared. */
  key: string
}

/** By their first sign, longest first: a room of 500 costs a message no more than a room of five. */
function namesOf(people: readonly Callable[]): Map<string, Name[]> {
  const firsts = new Map<string, number>()
  for (const { name } of people) {
    const first = fold(firstOf(name))
    firsts.set(first, (firsts.get(first) ?? 0) + 1)
  }
  const names = new Map<string, Name[]>()
  const add = (id: string, name: string) => {
    if (name === '') return
    const key = fold(name)
    const same = names.get(key[0] as string)
    const entry = { id, key }
    if (same) same.push(entry)
    else names.set(key[0] as string, [entry])
  }
  for (const { id, name, username } of people) {
    if (username) add(id, username)
    add(id, name)
    if (firsts.get(fold(firstOf(name))) === 1) add(id, firstOf(name))
  }
  for (const same of names.values()) same.sort((a, b) => b.key.length - a.key.length)
  return names
}

function callAt(text: string, folded: string, at: number, names: Map<string, Name[]>): Mention | null {
  for (const { id, key } of names.get(folded[at + 1] ?? '') ?? []) {
    const end = at + 1 + key.length
    if (folded.startsWith(key, at + 1) && !isWord(text, end)) return { id, as: text.slice(at, end) }
  }
  return null
}

function firstOf(name: string): string {
  return name.split(' ', 1)[0] ?? ''
}

/** Without capitals, every sign in its place. */
function fold(text: string): string {
  const low = text.toLowerCase()
  if (low.length === text.length) return low
  return Array.from({ length: text.length }, (_, i) => {
    const sign = (text[i] as string).toLowerCase()
    return sign.length === 1 ? sign : text[i]
  }).join('')
}

function isWord(text: string, at: number): boolean {
  const code = at < 0 ? undefined : text.codePointAt(at)
  return code !== undefined && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(code))
}

/** Code keeps its place and loses its signs. */
function withoutCode(text: string): string {
  if (!text.includes('`')) return text
  let spoken = ''
  let from = 0
  while (from < text.length) {
    const open = text.indexOf('`', from)
    if (open < 0) break
    const mark = text.startsWith(fence, open) ? fence : '`'
    const close = text.indexOf(mark, open + mark.length)
    const line = mark === '`' ? text.indexOf('\n', open) : -1
    spoken += text.slice(from, open)
    if (close < 0 && mark === fence) {
      from = open
      break
    }
    if (close < 0 || (line >= 0 && line < close)) {
      spoken += mark
      from = open + mark.length
    } else {
      spoken += ' '
      from = close + mark.length
    }
  }
  return spoken + text.slice(from)
}
