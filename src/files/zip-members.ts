// SPDX-License-Identifier: GPL-3.0-or-later
import { type FileHandle, open } from 'node:fs/promises'

const endBytes = 22
/** The end may be followed by a comment of this length (APPNOTE 6.3.10 §4.3.16). */
const longestComment = 0xffff
/** A directory larger than this names some 80,000 members: nobody scans those. */
const longestDirectory = 8 * 1024 * 1024

/**
 * Bytes that the largest member of a zip says it has when unpacked; 0 for what is no zip, `Infinity` for a directory that says nothing
 * that could be believed. Nothing is unpacked: only the directory at the end is read.
 */
export async function largestMemberOf(path: string): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const tail = await read(handle, Math.max(0, size - endBytes - longestComment), size)
    const end = tail.lastIndexOf('PK\x05\x06', tail.length - endBytes, 'latin1')
    if (end < 0) return 0
    const length = tail.readUInt32LE(end + 12)
    const endAt = size - tail.length + end
    // Where it stands is reckoned from its end: what was put before an archive moves it, and tools find it all the same.
    if (length > longestDirectory || length > endAt) return Number.POSITIVE_INFINITY
    return largestIn(await read(handle, endAt - length, endAt))
  } finally {
    await handle.close()
  }
}

const entryBytes = 46
const inZip64 = 0xffff_ffff

function largestIn(directory: Buffer): number {
  let largest = 0
  for (let at = 0; at < directory.length; ) {
    if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== 0x02014b50) return Number.POSITIVE_INFINITY
    const size = directory.readUInt32LE(at + 24)
    if (size === inZip64) return Number.POSITIVE_INFINITY
    largest = Math.max(largest, size)
    at += entryBytes + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return largest
}

async function read(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}
