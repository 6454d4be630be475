// SPDX-License-Identifier: GPL-3.0-or-later
import { type PhraseName, Refusal, randomBelow } from '../core'
import commonPasswords from './common-passwords.txt' with { type: 'text' }

/** The policy with the limits of this box: password, user name, form field. */
export type Judge = (password: string, username: string, field?: string) => void

export function createJudge({ passwordMinimum, passwordMaximum }: { passwordMinimum: number; passwordMaximum: number }): Judge {
  return (password, username, field = 'clave') =>
    judgePassword({ password, username, minimum: passwordMinimum, maximum: passwordMaximum, field })
}

interface Given {
  password: string
  username: string
  minimum: number
  maximum: number
  /** The form field the sentence belongs to. */
  field: string
}

/**
 * What a new password must be: long enough, not among the most used ones, not made of the account's or the product's name. No rules about
 * kinds of signs (NIST 800-63B rev. 4 §3.1.1.2). Refuses with `invalid`.
 */
function judgePassword({ password, username, minimum, maximum, field }: Given): void {
  const length = [...password.normalize('NFC')].length
  const plain = password.normalize('NFKC').toLowerCase()
  const refuse = (phrase: PhraseName, n = 0) => new Refusal('invalid', phrase, { fields: { [field]: phrase }, values: { n } })
  if (length < minimum) throw refuse('accounts.passwordTooShort', minimum)
  if (length > maximum) throw refuse('accounts.passwordTooLong', maximum)
  if (isCommon(plain)) throw refuse('accounts.passwordCommon')
  if (plain.includes('pichat') || (username.length >= shortestTelling && plain.includes(username))) throw refuse('accounts.passwordNamed')
}

/** A name of two letters is in half of all passwords. */
const shortestTelling = 3

/** One sign over and over, or a run of the keyboard, is in every list even when not in this one. */
function isCommon(plain: string): boolean {
  return new Set(plain).size < 3 || `\n${commonPasswords}`.includes(`\n${plain}\n`)
}

const syllables =
  'ba be bi bo bu ca co cu da de di do du fa fe fi fo ga go gu la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se so su ta te ti to tu va ve vi vo'.split(
    ' ',
  )

/** To be read out and typed once: `bodu-fite-ramo-7493`, 47 random bits. It has to be changed at the first sign-in. */
export function temporaryPassword(): string {
  const word = () => syllables[randomBelow(syllables.length)] + (syllables[randomBelow(syllables.length)] as string)
  return `${word()}-${word()}-${word()}-${1_000 + randomBelow(9_000)}`
}
