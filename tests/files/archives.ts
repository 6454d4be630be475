// SPDX-License-Identifier: GPL-3.0-or-later
//
// Archives as attackers make them: deep, large when unpacked, overlapping. Small here, and made at run time.
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

interface Member {
  name: string
  content: Uint8Array
  /** Left out: deflated. */
  stored?: boolean
  /** As it would be packed: bytes that are there already. */
  packed?: { bytes: Uint8Array; size: number; crc: number }
}

const utf8 = 1 << 11

/** A zip as every tool writes it (APPNOTE 6.3.10). */
export function zip(members: readonly Member[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const member of members) {
    const { header, bytes, entry } = written(member, at)
    parts.push(header, bytes)
    directory.push(entry)
    at += header.length + bytes.length
  }
  return Buffer.concat([...parts, ...directory, endOf(directory, at)])
}

/** Every entry of the directory is the same member: a few kilobytes that say they are gigabytes (David Fifield, 2019). */
export function overlapping(content: Uint8Array, entries: number): Buffer {
  const packed = { bytes: deflateRawSync(content, { level: 9 }), size: content.length, crc: crc32(content) }
  const directory = Array.from({ length: entries }, (_, i) => written({ name: `${i}`, content, packed }, 0).entry)
  const { header, bytes } = written({ name: '0', content, packed }, 0)
  const at = header.length + bytes.length
  return Buffer.concat([header, bytes, ...directory, endOf(directory, at)])
}

/** One inside the other. */
export function nested(levels: number, name: string, inside: Uint8Array, { stored = true } = {}): Uint8Array {
  let content = inside
  for (let level = 0; level < levels; level++) content = zip([{ name: level === 0 ? name : `${level}.zip`, content, stored }])
  return content
}

/** `width` copies of the level below in each level: 16 to the power of 5 of them in 42.zip. */
export function tree(levels: number, width: number, leaf: Uint8Array): Uint8Array {
  let content: Uint8Array = zip(Array.from({ length: width }, (_, i) => ({ name: `${i}.dll`, content: leaf })))
  for (let level = 1; level < levels; level++) {
    const copy = content
    content = zip(Array.from({ length: width }, (_, i) => ({ name: `lib ${i}.zip`, content: copy })))
  }
  return content
}

/** A gzip of so many zeros, in members of 64 MiB: the format allows many. */
export function zeros(bytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 })
  return Buffer.concat(Array(Math.ceil(bytes / (64 * 1024 * 1024))).fill(member))
}

/** A black picture of one bit per point. */
export function blackPng(width: number, height: number): Buffer {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 1
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 9 })
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

/** A document whose text is an entity of entities: three gigabytes for whoever believes it. */
export function laughingDocument(): Buffer {
  const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i} "${i === 0 ? 'lol' : `&l${i - 1};`.repeat(10)}">`)
  const text = `<?xml version="1.0"?><!DOCTYPE d [${entities.join('')}]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:t>&l9;</w:t></w:document>`
  return document(Buffer.from(text))
}

export function document(text: Uint8Array): Buffer {
  const types = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
  return zip([
    { name: '[Content_Types].xml', content: Buffer.from(types) },
    { name: 'word/document.xml', content: text },
  ])
}

function written({ name, content, stored = false, packed }: Member, at: number) {
  const bytes = packed?.bytes ?? (stored ? content : deflateRawSync(content, { level: 9 }))
  const size = packed?.size ?? content.length
  const label = Buffer.from(name)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(utf8, 2)
  fields.writeUInt16LE(stored ? 0 : 8, 4)
  fields.writeUInt16LE(0x21, 8)
  fields.writeUInt32LE(packed?.crc ?? crc32(content), 10)
  fields.writeUInt32LE(bytes.length, 14)
  fields.writeUInt32LE(size, 18)
  fields.writeUInt16LE(label.length, 22)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(at, 10)
  return {
    header: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, label]),
    bytes: Buffer.from(bytes),
    entry: Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, label]),
  }
}

function endOf(directory: readonly Buffer[], at: number): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length & 0xffff, 8)
  end.writeUInt16LE(directory.length & 0xffff, 10)
  end.writeUInt32LE(
    directory.reduce((sum, entry) => sum + entry.length, 0),
    12,
  )
  end.writeUInt32LE(at, 16)
  return end
}
