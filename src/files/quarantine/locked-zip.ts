// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'
import { archiveEnd, largestMember, lockBytes, memberHeader, type ZipMember } from '../downloads/zip'
import { disposition } from '../names'

/** Everybody's word for such archives: it keeps mail filters and a double click away, not people. */
export const analysisPassword = 'infected'

/** Bytes that are locked in one turn of the loop: about a millisecond on a Pi. */
const chunkBytes = 64 * 1024

/**
 * A file inside a zip under the traditional lock (APPNOTE 6.3.10 §6.1), which every tool opens: for whoever examines it elsewhere. Streamed
 * and stored; memory: one chunk. Refuses with `too-large` what a zip without zip64 cannot hold.
 */
export async function lockedZip({ name, size, path }: { name: string; size: number; path: string }): Promise<Response> {
  if (size > largestMember) throw new Refusal('too-large', 'files.tooLargeUnknown', { values: { max: { bytes: largestMember } } })
  let crc = 0
  for await (const chunk of Bun.file(path).stream()) crc = Bun.hash.crc32(chunk, crc)
  const member: ZipMember = { name: new TextEncoder().encode(name), crc, size, stored: size + lockBytes, locked: true }
  const start = memberHeader(member)
  const end = archiveEnd(member)
  return new Response(toStream(archive()), {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(start.length + member.stored + end.length),
      'content-disposition': disposition('attachment', `${name}.zip`),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cache-control': 'private, no-store',
    },
  })

  async function* archive(): AsyncGenerator<Uint8Array> {
    const lock = createLock(analysisPassword)
    yield start
    const head = crypto.getRandomValues(new Uint8Array(lockBytes))
    // With it a tool notices a wrong password at once.
    head[lockBytes - 1] = crc >>> 24
    yield lock(head)
    for await (const chunk of Bun.file(path).stream()) {
      for (let at = 0; at < chunk.length; at += chunkBytes) yield lock(chunk.slice(at, at + chunkBytes))
    }
    yield end
  }
}

/** §6.1.5–6.1.7: three keys that every byte moves on. Changes the bytes it is given. */
function createLock(password: string): (bytes: Uint8Array) => Uint8Array {
  let [key0, key1, key2] = [0x12345678, 0x23456789, 0x34567890]

  function moveOn(byte: number): void {
    key0 = step(key0, byte)
    key1 = (Math.imul((key1 + (key0 & 0xff)) | 0, 134_775_813) + 1) | 0
    key2 = step(key2, key1 >>> 24)
  }

  for (const letter of new TextEncoder().encode(password)) moveOn(letter)
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      const plain = bytes[i] ?? 0
      const mixed = (key2 & 0xffff) | 2
      bytes[i] = plain ^ ((Math.imul(mixed, mixed ^ 1) >>> 8) & 0xff)
      moveOn(plain)
    }
    return bytes
  }
}

const steps = Int32Array.from({ length: 256 }, (_, value) => {
  let rest = value
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})

/** One byte of CRC-32, without the inversions around it. */
function step(crc: number, byte: number): number {
  return (crc >>> 8) ^ (steps[(crc ^ byte) & 0xff] ?? 0)
}

function toStream(source: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await source.return(undefined)
    },
  })
}
