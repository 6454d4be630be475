// SPDX-License-Identifier: GPL-3.0-or-later

/** How the letters of a text are written: UTF-8, and what offices in the west wrote before it and Windows still does. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Bytes of the beginning that decide. */
const telling = 4096

/** Controls that no text has: all but tab, line ends, form feed, and the escape that colours a journal. */
const controls = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/
/** The older encoding is guessed, so more is asked of it: no escape, and none of the five bytes that it leaves undefined. */
const untypical = /[\0-\x08\x0b\x0e-\x1f\x81\x8d\x8f\x90\x9d]/
/** Letters with accents and signs are at most every third: what has more is another alphabet, or no text. */
const mostForeign = 1 / 3

/** Null: it is no text. Without a mark in front, only UTF-8 is certain; see above for what else is believed. */
export function encodingOf(bytes: Uint8Array): Encoding | null {
  const head = bytes.subarray(0, telling)
  const marked = markOf(head)
  if (marked) return readsAs(marked, head, controls) ? marked : null
  if (readsAs('utf-8', head, controls)) return 'utf-8'
  const foreign = head.reduce((sum, byte) => sum + (byte > 127 ? 1 : 0), 0)
  const latin = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  return foreign <= head.byteLength * mostForeign && !untypical.test(latin) ? 'windows-1252' : null
}

/** The text as people read it; a sign that the end cuts in two is left out. What is no text is read as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes) ?? 'utf-8'
  // A beginning without accents says nothing about what comes after it.
  const late = encoding === 'utf-8' && isPlain(bytes.subarray(0, telling)) && !readsAs('utf-8', bytes, controls)
  return new TextDecoder(late ? 'windows-1252' : encoding).decode(bytes, { stream: true })
}

function markOf([first, second]: Uint8Array): Encoding | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

function readsAs(encoding: Encoding, bytes: Uint8Array, never: RegExp): boolean {
  try {
    // The last sign may be cut by the end of what was looked at.
    return !never.test(new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true }))
  } catch {
    return false
  }
}

const isPlain = (bytes: Uint8Array) => bytes.every((byte) => byte < 128)
