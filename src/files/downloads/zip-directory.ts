// SPDX-License-Identifier: GPL-3.0-or-later

/** What the directory of a zip says of one member (APPNOTE 6.3.10 §4.3.12). */
export interface ZipEntry {
  name: string
  /** Where its header stands, from the beginning of the bytes that were read. */
  at: number
  /** Bytes it takes in the archive, and says it has when unpacked. */
  packed: number
  size: number
  /** 0: stored, 8: deflated. */
  method: number
  locked: boolean
}

/** Bytes from `from` to `to`; fewer at the end. */
export type ReadBytes = (from: number, to: number) => Promise<Buffer>

const endBytes = 22
/** The end may be followed by a comment of this length (§4.3.16). */
const longestComment = 0xffff
/** A directory larger than this names some 80,000 members: nobody scans those. */
const longestDirectory = 8 * 1024 * 1024
const entryBytes = 46
const inZip64 = 0xffff_ffff

/** The members as the directory at the end names them; null for what is no zip, `unbelievable` for what says nothing that could be believed. */
export async function directoryOf(read: ReadBytes, size: number): Promise<ZipEntry[] | null | 'unbelievable'> {
  const tail = await read(Math.max(0, size - endBytes - longestComment), size)
  const end = tail.lastIndexOf('PK\x05\x06', tail.length - endBytes, 'latin1')
  if (end < 0) return null
  const length = tail.readUInt32LE(end + 12)
  const endAt = size - tail.length + end
  // Where it stands is reckoned from its end: what was put before an archive moves it, and tools find it all the same.
  if (length > longestDirectory || length > endAt) return 'unbelievable'
  const shift = endAt - length - tail.readUInt32LE(end + 16)
  return shift < 0 ? 'unbelievable' : entriesOf(await read(endAt - length, endAt), shift)
}

function entriesOf(directory: Buffer, shift: number): ZipEntry[] | 'unbelievable' {
  const entries: ZipEntry[] = []
  for (let at = 0; at < directory.length; ) {
    if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== 0x02014b50) return 'unbelievable'
    const [packed, size, offset] = [20, 24, 42].map((field) => directory.readUInt32LE(at + field)) as [number, number, number]
    if (packed === inZip64 || size === inZip64 || offset === inZip64) return 'unbelievable'
    const nameEnd = at + entryBytes + directory.readUInt16LE(at + 28)
    entries.push({
      ...{ at: shift + offset, packed, size },
      name: directory.toString('latin1', at + entryBytes, nameEnd),
      method: directory.readUInt16LE(at + 10),
      locked: (directory.readUInt16LE(at + 8) & 1) === 1,
    })
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/** Bytes of a header and a name, at least: what a member takes beside its content. */
const headerBytes = 30

/** Whether members lie over one another: no tool writes that, and it makes gigabytes of kilobytes (David Fifield, 2019). */
export function overlap(entries: readonly ZipEntry[]): boolean {
  const inOrder = [...entries].sort((a, b) => a.at - b.at)
  return inOrder.some((entry, i) => {
    const before = inOrder[i - 1]
    return before !== undefined && before.at + headerBytes + before.name.length + before.packed > entry.at
  })
}
