// SPDX-License-Identifier: GPL-3.0-or-later
import { archiveEnd, memberHeader } from '../downloads/zip'

/**
 * What a scanner is tried with before its "OK" is believed. All of it is made here, at run time: nothing in the program itself looks
 * like a virus.
 */
export function samples(): { known: Uint8Array; deep: Uint8Array; encrypted: Uint8Array } {
  return { known: knownSample(), deep: deepArchive(), encrypted: lockedArchive() }
}

/** The harmless file that every antivirus recognises (eicar.org), put together from pieces. */
function knownSample(): Uint8Array {
  const pieces = ['X5O!P%@AP[4', '\\', 'PZX54(P^)7CC)7}$EICAR', '-STANDARD', '-ANTIVIRUS', '-TEST-FILE!$H+H*']
  return new TextEncoder().encode(pieces.join(''))
}

/** Deeper than any scanner can be told to look: clamd's own maximum of MaxRecursion is 100. */
const depth = 110

function deepArchive(): Uint8Array {
  let inside: Uint8Array = new TextEncoder().encode('the innermost')
  for (let level = 0; level < depth; level++) inside = archiveOf(`${level}.zip`, inside, { locked: false })
  return inside
}

/** What a locked member looks like; nobody has the password, because there is no content. */
function lockedArchive(): Uint8Array {
  return archiveOf('locked.txt', new Uint8Array(40).fill(0x5a), { locked: true })
}

function archiveOf(name: string, content: Uint8Array, { locked }: { locked: boolean }): Uint8Array {
  const crc = Bun.hash.crc32(content)
  const stored = content.length
  const member = { name: new TextEncoder().encode(name), crc, size: locked ? stored - 12 : stored, stored, locked }
  return Buffer.concat([memberHeader(member), content, archiveEnd(member)])
}
