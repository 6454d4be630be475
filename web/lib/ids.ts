// SPDX-License-Identifier: GPL-3.0-or-later

const alphabet = '0123456789abcdefghijklmnopqrstuv'

/**
 * 16 characters of [0-9a-v], 80 random bits: names what this browser sends, so that sending twice counts once. Plain http has
 * no crypto.randomUUID; getRandomValues is everywhere.
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('')
}
