// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'
import type { RoomLimits } from '../model'

/** What somebody wrote, as it is kept. Refuses `invalid`: nothing, or too much. */
export function readWords(text: string, { messageCharacters }: Pick<RoomLimits, 'messageCharacters'>, { optional = false } = {}): string {
  const words = tidy(text)
  if (words === '' && !optional) throw new Refusal('invalid', 'rooms.empty', { fields: { texto: 'rooms.empty' } })
  const over = codePoints(words) - messageCharacters
  if (over > 0) throw new Refusal('invalid', 'rooms.tooLong', { values: { n: over }, fields: { texto: 'rooms.tooLong' } })
  return words
}

/** The number of a message, from its id; `missing` when it can be none. */
export function readNumber(id: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new Refusal('missing', 'errors.missing')
  return Number(id)
}

/** Line ends as one sign, no signs that steer terminals or end strings; line breaks and tabs stay. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff]/g, '')
    .toWellFormed()
    .trim()
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
