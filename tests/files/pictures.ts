// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures made by the tests, harmless ones and ones made to hurt, and an antivirus that finds nothing.
import { crc32, deflateSync } from 'node:zlib'
import type { Scanner } from '../../src/files'

export const alwaysClean: Scanner = { present: true, scan: async () => ({ state: 'clean' }) }

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

interface Png {
  width: number
  height: number
  /** Rows that are really in it; fewer than it promises is a broken picture, and enough to be a large one. */
  rows?: number
}

/** One colour, eight bits for each of red, green and blue (RFC 2083). */
export function png({ width, height, rows = height }: Png): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const body = deflateSync(Buffer.alloc((width * 3 + 1) * rows, 0), { level: 9 })
  const parts = [chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]))
}

/** The same picture in one of the formats that browsers show. */
export async function picture(width: number, height: number, format: 'png' | 'jpeg' | 'webp' = 'png'): Promise<Uint8Array<ArrayBuffer>> {
  const plain = png({ width, height })
  return format === 'png' ? plain : new Uint8Array(await new Bun.Image(plain)[format]().bytes())
}

/** GIF89a with one white frame: two colours, one code table (the specification's own example, of another size). */
export function gif(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64'))
}
