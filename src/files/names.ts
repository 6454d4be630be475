// SPDX-License-Identifier: GPL-3.0-or-later

/** Bytes of UTF-8; the limit of every file system these names will be saved to. */
const longestName = 255
const nameless = 'archivo'

/** Controls, line separators, and the signs that turn the direction of text: `\u202Egpj.exe` would show as `exe.jpg`. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g

/**
 * A name as it is kept: NFC, one line, without folders in front, at most 255 bytes with its extension. Never refused, whether it comes by
 * PUT, by tus or in a form: losing an upload for the sake of its name helps nobody. It is shown and sent, and is never part of a path.
 */
export function safeName(raw: string): string {
  const name = raw.toWellFormed().normalize('NFC')
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const shown = last.replace(unsafe, '_').trim()
  return cut(/^[.\s_]*$/.test(shown) ? nameless : shown)
}

/** Cuts whole characters before the extension. */
function cut(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name
  const extension = /\.[^.\s]{1,16}$/u.exec(name)?.[0] ?? ''
  let room = longestName - Buffer.byteLength(extension)
  let stem = ''
  for (const sign of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(sign)
    if (room < 0) break
    stem += sign
  }
  return stem.trimEnd() + extension
}

/** `Reunión.PDF` → `reunion.pdf`: what searching compares. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** `PDF`, for the little sheet before the name; at most four signs. */
export function extensionOf(name: string): string {
  const found = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1] ?? ''
  return [...found.toUpperCase()].slice(0, 4).join('')
}

/**
 * RFC 6266: a plain ASCII name for old clients and the real one in UTF-8 (RFC 8187). Headers throw on anything beyond Latin-1 and on line
 * ends, so nothing but these two forms gets in.
 */
export function disposition(kind: 'attachment' | 'inline', name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\%;]/g, '_')
  const exact = encodeURIComponent(name).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`
}
