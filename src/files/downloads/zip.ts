// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zip archives of one stored member (PKWARE's APPNOTE 6.3.10, §4.3), as far as PiChat makes them itself: the samples that a scanner is
// tried with, and a file handed out for analysis under lock.

/** One member at the start of its archive; sizes below 4 GiB. */
export interface ZipMember {
  name: Uint8Array
  crc: number
  /** Bytes of the content, and of what is stored for it: the lock adds a header of its own. */
  size: number
  stored: number
  locked: boolean
}

/** The largest member: beyond it a zip needs the fields of zip64. */
export const largestMember = 0xffff_ffff - 1024

/** Bytes that stand before the content of a locked member (§6.1.3). */
export const lockBytes = 12

export function memberHeader(member: ZipMember): Uint8Array {
  const bytes = new Uint8Array(30 + member.name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x04034b50, true)
  writeFields(view, 4, member)
  bytes.set(member.name, 30)
  return bytes
}

/** What stands after the content: the directory of this one member. */
export function archiveEnd(member: ZipMember): Uint8Array {
  const { name } = member
  const length = 46 + name.length
  const bytes = new Uint8Array(length + 22)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x02014b50, true)
  view.setUint16(4, neededVersion, true)
  writeFields(view, 6, member)
  bytes.set(name, 46)
  view.setUint32(length, 0x06054b50, true)
  view.setUint16(length + 8, 1, true)
  view.setUint16(length + 10, 1, true)
  view.setUint32(length + 12, length, true)
  view.setUint32(length + 16, 30 + name.length + member.stored, true)
  return bytes
}

const neededVersion = 20
const utf8Name = 1 << 11
/** 1 January 1980, the first day a zip knows: an archive for analysis tells nothing about our clock. */
const firstDay = 0x21

/** The fields that both headers share, in the same order. */
function writeFields(view: DataView, at: number, { name, crc, size, stored, locked }: ZipMember): void {
  view.setUint16(at, neededVersion, true)
  view.setUint16(at + 2, utf8Name | (locked ? 1 : 0), true)
  view.setUint16(at + 8, firstDay, true)
  view.setUint32(at + 10, crc, true)
  view.setUint32(at + 14, stored, true)
  view.setUint32(at + 18, size, true)
  view.setUint16(at + 22, name.length, true)
}
