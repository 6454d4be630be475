// SPDX-License-Identifier: GPL-3.0-or-later
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { once } from '../../core'
import type { Unscannable } from '../quarantine/scanner'
import { directoryOf, overlap, type ReadBytes, type ZipEntry } from './zip-directory'

/** Loaded with the first archive: it brings Node's streams along, 3 ms of every start. */
const zlib = once(() => import('node:zlib'))

/** Deflate makes at most so much of one byte: what is smaller than a limit by more cannot hide anything above it. */
const largestRatio = 1032
/** Bytes of a member in which its kind shows; unpacked they are 300 KiB at most. */
const peekBytes = 300
/** Bytes at the end of an archive inside an archive that are kept: its directory, of some 10,000 members. */
const tailBytes = 1024 * 1024
/** Sizes of members that are looked through altogether: the same as clamd's limits have it, MaxScanSize beside MaxFileSize. */
const wholeOverMember = 4
const archiveName = /\.(zip|jar|war|apk|epub|docx|xlsx|pptx|docm|xlsm|pptm|odt|ods|odp|cbz|whl)$/i

/**
 * What clamd says OK to without having seen it, of a zip and of the zips in it; null when there is nothing. Of a packed member beyond its
 * MaxFileSize it reads the beginning and not a word is said about the rest, and of members that lie over one another it counts one.
 * Nothing is kept of what is unpacked but the directory at its end: memory holds a megabyte.
 */
export async function doubtsAbout(path: string, memberBytes: number): Promise<Unscannable | null> {
  const handle = await open(path, 'r')
  try {
    const read = reader(handle)
    const entries = await directoryOf(read, (await handle.stat()).size)
    if (entries === null) return null
    const doubt = judge(entries, memberBytes)
    if (doubt || entries === 'unbelievable') return doubt
    let whole = 0
    for (const entry of entries) {
      if (entry.locked || entry.size * largestRatio <= memberBytes) continue
      const from = await contentOf(read, entry)
      if (from === null) return 'too-large'
      if (!(await isZip(read, entry, from))) continue
      whole += entry.size
      if (whole > wholeOverMember * memberBytes) return 'too-large'
      const inside = await insideOf(path, entry, from)
      const doubt = judge(inside, memberBytes)
      if (doubt) return doubt
      if (inside !== 'unbelievable' && inside.some(({ name, size }) => archiveName.test(name) && size * largestRatio > memberBytes))
        return 'too-deep'
    }
    return null
  } finally {
    await handle.close()
  }
}

function judge(entries: readonly ZipEntry[] | 'unbelievable', memberBytes: number): Unscannable | null {
  if (entries === 'unbelievable' || entries.some(({ size }) => size > memberBytes)) return 'too-large'
  return overlap(entries) ? 'overlapping' : null
}

/** Where the content of a member begins; null when there is no member. */
async function contentOf(read: ReadBytes, { at }: ZipEntry): Promise<number | null> {
  const header = await read(at, at + 30)
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) return null
  return at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
}

async function isZip(read: ReadBytes, { method, packed }: ZipEntry, from: number): Promise<boolean> {
  const start = await read(from, from + Math.min(packed, peekBytes))
  const { constants, inflateRawSync } = await zlib()
  try {
    const bytes = method === 8 ? inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start
    return bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50
  } catch {
    // Broken: no tool gets anything out of it.
    return false
  }
}

/** The directory of a zip that is a member: it is unpacked to its end, in the threads of the platform, and only the end is kept. */
async function insideOf(path: string, { method, packed, size }: ZipEntry, from: number): Promise<ZipEntry[] | 'unbelievable'> {
  const { createInflateRaw } = await zlib()
  // Nothing is awaited between here and its reader: until then nobody would hear that it failed.
  const packedBytes = createReadStream(path, { start: from, end: from + Math.max(0, packed - 1) })
  const bytes: AsyncIterable<Buffer> = method === 8 ? packedBytes.pipe(createInflateRaw()) : packedBytes
  let tail: Buffer = Buffer.alloc(0)
  let seen = 0
  try {
    for await (const chunk of bytes) {
      seen += chunk.length
      if (seen > size) return 'unbelievable'
      const both = Buffer.concat([tail, chunk])
      tail = both.length > 2 * tailBytes ? Buffer.from(both.subarray(-tailBytes)) : both
    }
  } catch {
    return 'unbelievable'
  } finally {
    packedBytes.destroy()
  }
  const before = seen - tail.length
  const read: ReadBytes = async (start, end) => (start < before ? Buffer.alloc(0) : tail.subarray(start - before, end - before))
  return (await directoryOf(read, seen)) ?? 'unbelievable'
}

function reader(handle: FileHandle): ReadBytes {
  return async (from, to) => {
    const bytes = Buffer.alloc(Math.max(0, to - from))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
    return bytes.subarray(0, bytesRead)
  }
}
