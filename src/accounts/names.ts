// SPDX-License-Identifier: GPL-3.0-or-later
import { once, type PhraseName, Refusal } from '../core'

const graphemes = once(() => new Intl.Segmenter('und', { granularity: 'grapheme' }))
const usernameGraphemes = 32
const usernameBytes = 128
const nameGraphemes = 64
/** A letter under ten thousand accents is one grapheme too: the bytes bound it. */
const nameBytes = 512

/**
 * The form under which a user name is unique and looked up: full-width letters, ligatures and capitals are the plain letter. It judges
 * nothing: at sign-in any text may be folded.
 */
export function foldUsername(typed: string): string {
  // By way of capitals, as case folding does it: ß is ss and ı is i. Then once more, because that can bring forth what NFKC composes
  // (Unicode §3.13, toNFKC_Casefold).
  return typed.slice(0, 256).trim().normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}

/** The form under which two names are the same to whoever reads them in a conversation. */
export function foldName(name: string): string {
  return foldUsername(name).replace(/\s+/g, ' ')
}

/**
 * A new user name, folded. Letters of one script, digits, dot and dash: nobody can look like somebody else.
 * Refuses with `invalid` beside the field `usuario`.
 */
export function readUsername(typed: string): string {
  const username = foldUsername(typed)
  if (username === '') throw refused('usuario', 'accounts.usernameMissing')
  if (typed.length > 256 || Buffer.byteLength(username) > usernameBytes || countGraphemes(username) > usernameGraphemes)
    throw refused('usuario', 'accounts.usernameTooLong')
  if (typed !== typed.trim() || !isPlain(username) || isMixed(username) || isImitation(username))
    throw refused('usuario', 'accounts.usernameForm')
  return username
}

/** The name others see: any script, but visible, and without signs that turn or hide the text around it. */
export function readName(typed: string, field = 'nombre'): string {
  const name = typed.slice(0, 4_096).normalize('NFC').trim().replace(/ +/g, ' ')
  if (typed.length > 4_096 || Buffer.byteLength(name) > nameBytes || countGraphemes(name) > nameGraphemes)
    throw refused(field, 'accounts.nameTooLong')
  if (name === '') throw refused(field, 'accounts.nameMissing')
  // Judged as typed: trimming takes line ends at the rim away, and nobody types those into a name.
  if (
    invisible.test(typed.replace(afterPictures, '')) ||
    !/[\p{L}\p{N}\p{S}\p{P}]/u.test(name) ||
    name.split(' ').some(isTwoFaced) ||
    /\p{M}{5}/u.test(name.normalize('NFD'))
  )
    throw refused(field, 'accounts.nameForm')
  return name
}

function isPlain(username: string): boolean {
  if (!/^[\p{Ll}\p{Lo}\p{Nd}][\p{Ll}\p{Lo}\p{M}\p{Nd}.-]*$/u.test(username) || invisible.test(username)) return false
  // Marks on marks are drawn to be mistaken (Unicode TR39 §5.4); a dot on an i is what İ becomes, and nobody sees it.
  return !/\p{M}{3}/u.test(username.normalize('NFD')) && !/[ij]\u0307/.test(username)
}

/** Controls, format signs (bidi overrides among them), and letters that are drawn as nothing. */
const invisible = /\p{C}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}|\u2800/u

/** Families are joined, and hearts made red, by signs that are invisible by themselves: after a picture they may stand. */
const afterPictures = /(?<=\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})(\u200D(?=\p{Extended_Pictographic})|\uFE0F)/gu

const scripts = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Devanagari', 'Thai', 'Georgian', 'Hangul'] as const
const eastAsian = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}'
const ofScript = [...scripts.map((script) => `\\p{Script=${script}}`), `[${eastAsian}]`].map((one) => new RegExp(one, 'u'))
const ofAnyScript = new RegExp(
  `^[${scripts.map((script) => `\\p{Script=${script}}`).join('')}${eastAsian}\\p{Script=Inherited}\\p{Script=Common}]+$`,
  'u',
)

/** Letters of more than one script, or of one whose tricks we do not know (Unicode TR39 §5.1). */
function isMixed(text: string): boolean {
  return !ofAnyScript.test(text) || ofScript.filter((script) => script.test(text)).length > 1
}

/** Names may mix scripts, a word of them may not where the letters look alike: Cyrillic а among Latin letters. */
function isTwoFaced(word: string): boolean {
  return ofScript.slice(0, 3).filter((script) => script.test(word)).length > 1
}

/** Not a Latin letter in it, and every one looks like one (Unicode TR39 §4.1, whole-script confusables). */
function isImitation(username: string): boolean {
  return /^[авсеһіјкмнорԛѕтухԁԝӏοανικρτυωχγ0-9.-]+$/.test(username) && /[^0-9.-]/.test(username)
}

/** How names are searched: without case and accents. */
export function foldForSearch(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}|\p{C}/gu, '')
    .toLowerCase()
}

function countGraphemes(text: string): number {
  let count = 0
  for (const _ of graphemes().segment(text)) if (++count > nameGraphemes) break
  return count
}

function refused(field: string, phrase: PhraseName): Refusal {
  return new Refusal('invalid', phrase, { fields: { [field]: phrase } })
}
