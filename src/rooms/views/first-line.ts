// SPDX-License-Identifier: GPL-3.0-or-later
import type { T } from '../../i18n'
import type { Quote, Said } from '../model'

const longestLine = 160

/** The beginning of a message, on one line. Of a block of code, what is in it: the fence and the name of its language are no words. */
export function firstLine(text: string): string {
  const beginning = text.slice(0, longestLine * 2)
  const lines = beginning.replace(/^```[\w+#.-]{0,20}[^\S\n]*\n/, '').split('\n')
  const line = lines.map((one) => one.replaceAll('```', '').trim()).find((one) => one !== '') ?? beginning
  const signs = [...line]
  return signs.length > longestLine ? `${signs.slice(0, longestLine).join('')}…` : line
}

/** What stands where a message was. Never what it said. */
export function tombstone(t: T, { author, removedBy, removedName }: Pick<Said, 'author' | 'removedBy' | 'removedName'>): string {
  return removedBy === 'administrator' ? t('rooms.removedByAdmin') : t('rooms.removedBy', { name: removedName ?? author.name })
}

/** A message in half a sentence: for the lobby, and for those who answer it. */
export function lineOf(t: T, said: Pick<Quote, 'author' | 'text' | 'removedBy' | 'removedName' | 'fileId'>): string {
  if (said.removedBy) return tombstone(t, said)
  return said.text === '' && said.fileId !== null ? t('rooms.sharedFile') : firstLine(said.text)
}
