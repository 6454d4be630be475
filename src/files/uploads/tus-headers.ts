// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'

/** tus.io, resumable upload protocol 1.0. */
export const tusVersion = '1.0.0'
export const tusExtensions = 'creation,creation-with-upload,termination,expiration,checksum'
export const checksumAlgorithms = ['sha1', 'sha256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]
export const bodyType = 'application/offset+octet-stream'

/** Bytes of the metadata header; a name takes 340, and some programs add a path and a type. */
const longestMetadata = 4096
const mostPairs = 32

/** Refusals whose status only this protocol knows. */
export class TusRefusal extends Refusal {
  constructor(
    readonly special: 412 | 460,
    ...rest: ConstructorParameters<typeof Refusal>
  ) {
    super(...rest)
  }
  override get status(): number {
    return this.special
  }
}

export interface Checksum {
  algorithm: ChecksumAlgorithm
  /** Base64, as it was sent. */
  digest: string
}

/** Whether client and server speak the same protocol; 412 tells which one is spoken here. */
export function checkVersion(headers: Headers): void {
  if (headers.get('tus-resumable') !== tusVersion) throw new TusRefusal(412, 'unreadable', 'errors.unreadable')
}

/** A number of bytes in a header, or `unreadable`: no sign, no fraction, no exponent, and exact in a double. */
export function readBytes(value: string | null): number {
  const bytes = /^\d{1,16}$/.test(value ?? '') ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(bytes)) throw unreadable()
  return bytes
}

/**
 * `filename d29ybGQ=,is_confidential` → a map. Refuses with `unreadable` what is not written as the protocol says: a name that was
 * guessed wrong would stay wrong for ever.
 */
export function readMetadata(header: string | null): Map<string, string> {
  const found = new Map<string, string>()
  if (header === null || header.trim() === '') return found
  if (header.length > longestMetadata) throw unreadable()
  const pairs = header.split(',')
  if (pairs.length > mostPairs) throw unreadable()
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^ *([!-+\--~]{1,100})(?: +([A-Za-z0-9+/]*={0,2}))? *$/.exec(pair) ?? []
    if (key === '' || found.has(key) || value.length % 4 !== 0) throw unreadable()
    found.set(key, Buffer.from(value, 'base64').toString('utf8'))
  }
  return found
}

/** `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`; null when none was sent. */
export function readChecksum(header: string | null): Checksum | null {
  if (header === null) return null
  const [, name, digest = ''] = /^(\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(header.trim()) ?? []
  const algorithm = checksumAlgorithms.find((known) => known === name)
  if (!algorithm || Buffer.from(digest, 'base64').byteLength !== (algorithm === 'sha1' ? 20 : 32)) throw unreadable()
  return { algorithm, digest }
}

function unreadable(): Refusal {
  return new Refusal('unreadable', 'errors.unreadable')
}
