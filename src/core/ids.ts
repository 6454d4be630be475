// SPDX-License-Identifier: GPL-3.0-or-later
//
// The platform's own randomness and hashes: node:crypto would load Node's streams with it, 3 ms of every start.

const idAlphabet = '0123456789abcdefghijklmnopqrstuv'

/** A name for a row: 16 characters of [0-9a-v], 80 random bits. Not a secret. */
export function newId(): string {
  return draw(idAlphabet, 16)
}

/** What tells one request from another in the journal: 8 characters, 40 random bits. */
export function newReference(): string {
  return draw(idAlphabet, 8)
}

/** A secret for a session, a link or a token: base64url of `bytes` random bytes (32 = 256 bits). */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** 32 signs that cannot be taken for one another when read aloud or from paper: no 0, 1, I or O. */
const codeAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const codeLength = 8

/** A code that people read to each other: 8 signs, 40 random bits. Shown as `XXXX-XXXX`. */
export function newCode(): string {
  return draw(codeAlphabet, codeLength)
}

/** `R3VN8TWB` → `R3VN-8TWB`; a chosen code of another length stays as it is. */
export function showCode(code: string): string {
  return code.length === codeLength ? `${code.slice(0, 4)}-${code.slice(4)}` : code
}

/** What a person typed → the code as stored, or null when it cannot be one. Case, spaces and dashes do not count. */
export function readCode(typed: string): string | null {
  if (typed.length > 64) return null
  const code = typed.replace(/[\s-]/g, '').toUpperCase()
  return /^[0-9A-Z]{4,16}$/.test(code) ? code : null
}

/** As many random bytes, 65,536 at most; of each bit nobody can tell anything. */
export function randomBytes(count: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(count)).buffer)
}

/** One of the whole numbers from 0 to below `end`, each as likely as any other. */
export function randomBelow(end: number): number {
  const numbers = new Uint32Array(1)
  const fair = 2 ** 32 - (2 ** 32 % end)
  do crypto.getRandomValues(numbers)
  while ((numbers[0] as number) >= fair)
  return (numbers[0] as number) % end
}

/** Hex SHA-256 of a text; how tokens and codes are stored. */
export function sha256(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}

/** Random bytes drawn ahead, each used once: every request takes a name, and asking the system costs more than everything else about it. */
let drawn = randomBytes(0)
let used = 0

/** Both alphabets have 32 signs: five bits of each byte choose one without bias. */
function draw(alphabet: string, length: number): string {
  if (used + length > drawn.length) {
    drawn = randomBytes(4096)
    used = 0
  }
  let text = ''
  for (const end = used + length; used < end; used++) text += alphabet[(drawn[used] as number) & 31]
  return text
}
