// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zip archives of many stored members, made while they are sent (PKWARE's APPNOTE 6.3.10): what a member weighs is known before, its CRC-32
// only after, so it stands in a descriptor behind the bytes (§4.3.9). Members and archives beyond 4 GiB get the fields of zip64 (§4.5.3).

export interface Member {
  /** As it shall be called in the archive; see `memberNames`. */
  name: string
  /** Bytes. */
  size: number
  /** Epoch ms. */
  at: number
  /** Its bytes, asked for when it is its turn. */
  content(): AsyncIterable<Uint8Array>
}

/** What the directory at the end says of a member. */
interface Entry {
  name: Uint8Array
  size: number
  at: number
  crc: number
  offset: number
}

/** The first number that the fields of a plain zip cannot hold: there it means "look into zip64". */
const beyond = 0xffff_ffff
const manyMembers = 0xffff
const plainVersion = 20
const zip64Version = 45
/** Sizes and CRC come behind the bytes; names are UTF-8. */
const flags = (1 << 3) | (1 << 11)
/** "Made by": the fields of Unix, where 0100644 is an ordinary file that its owner writes and everybody reads. */
const madeBy = 3 << 8
const ordinaryFile = 0o100644

/** The archive, chunk by chunk; memory: a chunk, and about a hundred bytes for each member. Throws when a member is not as long as it said. */
export async function* zipArchive(members: readonly Member[]): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = []
  let offset = 0
  function* sent(...chunks: Uint8Array[]): Generator<Uint8Array> {
    for (const chunk of chunks) {
      offset += chunk.length
      yield chunk
    }
  }

  for (const { name, size, at, content } of members) {
    const entry: Entry = { name: new TextEncoder().encode(name), size, at, crc: 0, offset }
    yield* sent(localHeader(entry))
    let seen = 0
    for await (const chunk of content()) {
      entry.crc = Bun.hash.crc32(chunk, entry.crc)
      seen += chunk.length
      offset += chunk.length
      yield chunk
    }
    if (seen !== size) throw new Error('a file is not as long as its row says')
    yield* sent(descriptor(entry))
    entries.push(entry)
  }
  const directoryAt = offset
  for (const entry of entries) yield* sent(directoryEntry(entry))
  yield archiveEnd({ count: entries.length, at: directoryAt, length: offset - directoryAt })
}

/** Names in the same order, each once: what differs in capitals alone is the same name where many will unpack it. */
export function memberNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let n = 2; taken.has(keyOf(free)); n++) free = numbered(name, n)
    taken.add(keyOf(free))
    return free
  })
}

const keyOf = (name: string) => name.normalize('NFC').toLowerCase()
const longestName = 255

/** `acta.pdf` → `acta (2).pdf`. */
function numbered(name: string, n: number): string {
  const extension = /(?<=.)\.[^.\s]{1,16}$/u.exec(name)?.[0] ?? ''
  const end = ` (${n})${extension}`
  const stem = [...name.slice(0, name.length - extension.length)]
  while (Buffer.byteLength(stem.join('') + end) > longestName) stem.pop()
  return stem.join('') + end
}

function localHeader({ name, size, at }: Entry): Uint8Array {
  const large = size >= beyond
  const extra = [time(at), ...(large ? [zip64([0, 0])] : [])]
  const { bytes, view } = block(30, name, ...extra)
  view.setUint32(0, 0x04034b50, true)
  shared(view, 4, { large, at, name, extra })
  if (large) for (const field of [18, 22]) view.setUint32(field, beyond, true)
  return bytes
}

function descriptor({ size, crc }: Entry): Uint8Array {
  const large = size >= beyond
  const { bytes, view } = block(large ? 24 : 16)
  view.setUint32(0, 0x08074b50, true)
  view.setUint32(4, crc, true)
  for (const field of [0, 1]) {
    if (large) view.setBigUint64(8 + field * 8, BigInt(size), true)
    else view.setUint32(8 + field * 4, size, true)
  }
  return bytes
}

function directoryEntry({ name, size, at, crc, offset }: Entry): Uint8Array {
  const wide = [...(size >= beyond ? [size, size] : []), ...(offset >= beyond ? [offset] : [])]
  const extra = [time(at), ...(wide.length > 0 ? [zip64(wide)] : [])]
  const { bytes, view } = block(46, name, ...extra)
  view.setUint32(0, 0x02014b50, true)
  view.setUint16(4, madeBy | zip64Version, true)
  shared(view, 6, { large: wide.length > 0, at, name, extra })
  view.setUint32(16, crc, true)
  view.setUint32(20, Math.min(size, beyond), true)
  view.setUint32(24, Math.min(size, beyond), true)
  view.setUint32(38, ordinaryFile * 0x1_0000, true)
  view.setUint32(42, Math.min(offset, beyond), true)
  return bytes
}

function archiveEnd({ count, at, length }: { count: number; at: number; length: number }): Uint8Array {
  const large = count >= manyMembers || at >= beyond || length >= beyond
  const { bytes, view } = block(22 + (large ? 76 : 0))
  let end = 0
  if (large) {
    view.setUint32(0, 0x06064b50, true)
    // What follows in this record.
    view.setBigUint64(4, 44n, true)
    view.setUint16(12, madeBy | zip64Version, true)
    view.setUint16(14, zip64Version, true)
    view.setBigUint64(24, BigInt(count), true)
    view.setBigUint64(32, BigInt(count), true)
    view.setBigUint64(40, BigInt(length), true)
    view.setBigUint64(48, BigInt(at), true)
    // And where that record stands.
    view.setUint32(56, 0x07064b50, true)
    view.setBigUint64(64, BigInt(at + length), true)
    view.setUint32(72, 1, true)
    end = 76
  }
  view.setUint32(end, 0x06054b50, true)
  view.setUint16(end + 8, Math.min(count, manyMembers), true)
  view.setUint16(end + 10, Math.min(count, manyMembers), true)
  view.setUint32(end + 12, Math.min(length, beyond), true)
  view.setUint32(end + 16, Math.min(at, beyond), true)
  return bytes
}

interface Shared {
  large: boolean
  at: number
  name: Uint8Array
  extra: readonly Uint8Array[]
}

/** The fields that both headers share, in the same order; CRC and sizes stay zero. */
function shared(view: DataView, from: number, { large, at, name, extra }: Shared): void {
  view.setUint16(from, large ? zip64Version : plainVersion, true)
  view.setUint16(from + 2, flags, true)
  const date = new Date(at)
  const year = Math.min(2107, Math.max(1980, date.getFullYear()))
  view.setUint16(from + 6, (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1), true)
  view.setUint16(from + 8, ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate(), true)
  view.setUint16(from + 22, name.length, true)
  view.setUint16(
    from + 24,
    extra.reduce((sum, part) => sum + part.length, 0),
    true,
  )
}

/** Info-ZIP's extended timestamp: the time as the whole world counts it; the fields of old know no zone. */
function time(at: number): Uint8Array {
  const { bytes, view } = block(9)
  view.setUint16(0, 0x5455, true)
  view.setUint16(2, 5, true)
  view.setUint8(4, 1)
  view.setInt32(5, Math.min(0x7fff_ffff, Math.floor(at / 1000)), true)
  return bytes
}

function zip64(numbers: readonly number[]): Uint8Array {
  const { bytes, view } = block(4 + 8 * numbers.length)
  view.setUint16(0, 1, true)
  view.setUint16(2, 8 * numbers.length, true)
  for (const [index, number] of numbers.entries()) view.setBigUint64(4 + 8 * index, BigInt(number), true)
  return bytes
}

/** Zeros of that length, and what follows them. */
function block(length: number, ...parts: Uint8Array[]): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length + parts.reduce((sum, part) => sum + part.length, 0))
  let at = length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { bytes, view: new DataView(bytes.buffer) }
}
