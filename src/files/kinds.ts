// SPDX-License-Identifier: GPL-3.0-or-later
import { encodingOf, textOf } from './encoding'

/** Bytes from the start of a file that are looked at. */
export const headBytes = 4096

/** Shown in the browser when asked for: types that cannot carry script. Never pdf, svg, html or xml. */
const inlineTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'audio/mpeg',
  'video/mp4',
  'video/webm',
])

export function isInline(type: string): boolean {
  return inlineTypes.has(type)
}

/** Pictures that can be made smaller here. */
const pictures: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

export function isPicture(type: string): boolean {
  return pictures.has(type)
}

/** What a person calls it: the key of its phrase. */
export const kindNames = ['pdf', 'image', 'audio', 'video', 'archive', 'document', 'text', 'web', 'program', 'other'] as const
export type Kind = (typeof kindNames)[number]

const kinds: Record<string, Kind> = {
  'application/pdf': 'pdf',
  'application/zip': 'archive',
  'application/gzip': 'archive',
  'application/x-7z-compressed': 'archive',
  'application/vnd.rar': 'archive',
  'application/x-xz': 'archive',
  'application/x-office': 'document',
  'text/plain': 'text',
  'text/html': 'web',
  'image/svg+xml': 'web',
  'application/xml': 'web',
  'application/x-program': 'program',
}

/** The media types of a kind, and the beginnings of further ones: what a list of one kind asks the database for. */
export function typesOf(kind: Kind): { types: readonly string[]; family: string | null } {
  const types = Object.entries(kinds).flatMap(([type, of]) => (of === kind ? [type] : []))
  return { types, family: kind === 'image' || kind === 'audio' || kind === 'video' ? `${kind}/` : null }
}

/** Everything that some other kind claims: the rest is `other`. */
export const knownTypes: readonly string[] = Object.keys(kinds)

export function kindOf(type: string): Kind {
  const known = kinds[type]
  if (known) return known
  const family = type.slice(0, type.indexOf('/'))
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'other'
}

/** What a name promises by its end; null when it promises nothing that is known here. */
export function promisedKind(name: string): Kind | null {
  const end = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return kindNames.find((kind) => promises[kind].includes(end)) ?? null
}

const promises: Record<Kind, readonly string[]> = {
  pdf: ['pdf'],
  image: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'tif', 'tiff', 'heic', 'avif'],
  audio: ['mp3', 'm4a', 'ogg', 'flac', 'wav'],
  video: ['mp4', 'm4v', 'mov', 'webm', 'mkv'],
  archive: ['zip', '7z', 'rar', 'gz', 'tgz', 'xz'],
  document: ['docx', 'xlsx', 'pptx', 'doc', 'xls', 'ppt', 'odt', 'ods', 'odp'],
  text: ['txt', 'csv', 'md', 'log', 'json'],
  web: ['html', 'htm', 'svg', 'xml', 'xhtml'],
  program: ['exe', 'dll', 'msi', 'sh', 'com', 'scr'],
  other: [],
}

interface Magic {
  type: string
  at?: number
  bytes: string
}

/** First bytes as Latin-1 text, most telling first. */
const magics: readonly Magic[] = [
  { type: 'image/png', bytes: '\x89PNG\r\n\x1a\n' },
  { type: 'image/jpeg', bytes: '\xff\xd8\xff' },
  { type: 'image/gif', bytes: 'GIF87a' },
  { type: 'image/gif', bytes: 'GIF89a' },
  { type: 'image/tiff', bytes: 'II*\0' },
  { type: 'image/tiff', bytes: 'MM\0*' },
  { type: 'application/pdf', bytes: '%PDF-' },
  { type: 'audio/mpeg', bytes: 'ID3' },
  { type: 'audio/flac', bytes: 'fLaC' },
  { type: 'audio/ogg', bytes: 'OggS' },
  { type: 'application/gzip', bytes: '\x1f\x8b' },
  { type: 'application/x-7z-compressed', bytes: "7z\xbc\xaf'\x1c" },
  { type: 'application/vnd.rar', bytes: 'Rar!\x1a\x07' },
  { type: 'application/x-xz', bytes: '\xfd7zXZ\0' },
  { type: 'application/x-office', bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
  { type: 'application/x-program', bytes: '\x7fELF' },
  { type: 'application/x-program', bytes: 'MZ' },
  { type: 'application/x-program', bytes: '#!' },
]

/** The media type that the bytes show; names and claimed types are not asked. `application/octet-stream` when they show nothing. */
export function detectType(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, headBytes)).toString('latin1')
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'image/webp'
  if (text.startsWith('RIFF') && text.startsWith('WAVE', 8)) return 'audio/wav'
  if (text.startsWith('ftyp', 4)) return mpegBrand(text)
  if (text.startsWith('\x1aE\xdf\xa3')) return text.slice(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska'
  if (text.startsWith('PK\x03\x04')) return isOffice(text) ? 'application/x-office' : 'application/zip'
  const magic = magics.find(({ bytes, at = 0 }) => text.startsWith(bytes, at))
  if (magic) return magic.type
  if (isMpegAudio(head)) return 'audio/mpeg'
  const start = head.subarray(0, headBytes)
  return encodingOf(start) === null ? 'application/octet-stream' : markup(textOf(start))
}

/** ISO 14496-12 §4.3: the major brand. HEIC and AVIF share the box; browsers here may not show them. */
function mpegBrand(text: string): string {
  const brand = text.slice(8, 12)
  if (/^(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash|f4v )$/.test(brand)) return 'video/mp4'
  if (brand === 'M4A ' || brand === 'M4B ') return 'audio/mp4'
  if (brand === 'qt  ') return 'video/quicktime'
  return /^(hei|hev|mif1|avif)/.test(brand) ? 'image/heif' : 'application/octet-stream'
}

function isOffice(text: string): boolean {
  return text.includes('[Content_Types].xml') || text.includes('mimetypeapplication/vnd.oasis.opendocument')
}

/** Frame sync, layer III, and neither a forbidden bit rate nor sample rate (ISO 11172-3 §2.4.1.3). */
function isMpegAudio(head: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0] = head
  return a === 0xff && (b & 0xe6) === 0xe2 && c >> 4 !== 15 && ((c >> 2) & 3) !== 3
}

function markup(text: string): string {
  const start = text.slice(0, 1024).toLowerCase()
  if (start.includes('<svg')) return 'image/svg+xml'
  if (/<(!doctype html|html|head|body|script|iframe)[\s>]/.test(start)) return 'text/html'
  return start.trimStart().startsWith('<?xml') ? 'application/xml' : 'text/plain'
}
