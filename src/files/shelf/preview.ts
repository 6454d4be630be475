// SPDX-License-Identifier: GPL-3.0-or-later
import { textOf } from '../encoding'
import { isInline } from '../kinds'
import type { StoredFile } from '../model'

/** What the page of a file shows of it. A text comes along; everything else the browser fetches from the file's own address. */
export type Preview = { is: 'text'; text: string; more: boolean } | { is: 'image' } | { is: 'audio' } | { is: 'video' }

/** Shown as text, markup included: the page escapes it. */
const texts: ReadonlySet<string> = new Set(['text/plain', 'text/html', 'image/svg+xml', 'application/xml'])

/** By the detected type alone, whatever the name promises; null for what is not shown. `most`: bytes of a text that are read. */
export async function previewOf({ type, size }: StoredFile, path: string, most: number): Promise<Preview | null> {
  if (texts.has(type)) {
    const bytes = await Bun.file(path).slice(0, most).bytes()
    const text = textOf(bytes)
    return text.trim() === '' ? null : { is: 'text', text, more: size > most }
  }
  if (!isInline(type)) return null
  const family = type.slice(0, type.indexOf('/'))
  return family === 'image' || family === 'audio' || family === 'video' ? { is: family } : null
}
