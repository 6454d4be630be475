// SPDX-License-Identifier: GPL-3.0-or-later

const longest = 32

/** Asks a colour of signs that are drawn as text otherwise: ❤ and ❤️ are one. */
const inColour = '\ufe0f'

/** One emoji as Unicode recommends them for interchange (UTS #51, RGI), at most 32 bytes; null for everything else. */
export function readEmoji(text: string): string | null {
  const written = text.normalize('NFC')
  for (const emoji of [written, written + inColour]) {
    if (Buffer.byteLength(emoji) <= longest && /^\p{RGI_Emoji}$/v.test(emoji)) return emoji
  }
  return null
}
