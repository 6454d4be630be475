// SPDX-License-Identifier: GPL-3.0-or-later

import type { Kind } from './kinds'
import type { FileRoom } from './shelf/sight'

/**
 * What a file can be, stored exactly so. A file arrives, waits, is looked at, and is given out or locked; nothing but an administrator's
 * decision leads out of `rejected`, and out of `deleted` as long as the bytes lie in the trash.
 */
export const fileStates = [
  'receiving',
  'quarantined',
  'scanning',
  'clean',
  'infected',
  'unscannable',
  'unscanned',
  'released',
  'rejected',
  'deleted',
] as const
export type FileState = (typeof fileStates)[number]

/** Where each state may lead. The store refuses everything else, whoever asks. */
export const transitions: Record<FileState, readonly FileState[]> = {
  receiving: ['quarantined', 'unscanned', 'deleted'],
  // What is scanned once more and finds no scanner is what it was before.
  quarantined: ['scanning', 'clean', 'infected', 'unscannable', 'unscanned', 'released', 'rejected', 'deleted'],
  scanning: ['clean', 'infected', 'unscannable', 'quarantined', 'unscanned', 'released', 'rejected', 'deleted'],
  clean: ['quarantined', 'released', 'rejected', 'deleted'],
  infected: ['quarantined', 'rejected', 'deleted'],
  unscannable: ['quarantined', 'released', 'rejected', 'deleted'],
  unscanned: ['quarantined', 'released', 'rejected', 'deleted'],
  released: ['quarantined', 'infected', 'rejected', 'deleted'],
  rejected: ['quarantined', 'released', 'deleted'],
  deleted: ['quarantined', 'clean', 'infected', 'unscannable', 'unscanned', 'released', 'rejected'],
}

/** How states are gathered in the list: one chip each. */
export const stateGroups = {
  revision: ['receiving', 'quarantined', 'scanning'],
  'sin-analizar': ['unscanned'],
  limpio: ['clean'],
  liberado: ['released'],
  bloqueados: ['infected', 'unscannable', 'rejected'],
} as const satisfies Record<string, readonly FileState[]>
export type StateGroup = keyof typeof stateGroups
export const groupNames = Object.keys(stateGroups) as StateGroup[]

/** What is given out without anybody's word: `automatic` what is clean, and without a scanner everything; `clean` never the unscanned; `hand` nothing. */
export const releasePolicies = ['automatic', 'clean', 'hand'] as const
export type ReleasePolicy = (typeof releasePolicies)[number]

const locked: ReadonlySet<FileState> = new Set(['receiving', 'infected', 'unscannable', 'rejected', 'deleted'])

/**
 * Whether the bytes may be given out: they were opened by the release policy or by a person, and nothing bad was found since. A file that
 * was open stays so while it is scanned again.
 */
export function isReadable({ state, missing, open }: Pick<StoredFile, 'state' | 'missing' | 'open'>): boolean {
  return !missing && open && !locked.has(state)
}

/** A verdict or a person says that it is harmless: what nobody has looked at is not decoded here. */
export function mayBeDrawn(file: Pick<StoredFile, 'state' | 'missing' | 'open'>): boolean {
  return isReadable(file) && (file.state === 'clean' || file.state === 'released')
}

/** What the review page gathers: what waits for a person, what is under way, what a person decided, what can still be brought back. */
export const reviewGroups = ['espera', 'camino', 'decididos', 'papelera'] as const
export type ReviewGroup = (typeof reviewGroups)[number]

/** A file as everybody who may see it sees it. */
export interface StoredFile {
  id: string
  /** For people: never part of a path on this machine. */
  name: string
  /** Bytes. */
  size: number
  /** Hex, computed while the bytes arrived. */
  sha256: string
  /** The media type that its first bytes show, whatever the name says. */
  type: string
  state: FileState
  /** What a scanner or an administrator said about the state: the name of a virus, a reason. */
  reason: string | null
  /** Who brought it, with the name of that day. */
  owner: { id: string; name: string }
  /** Epoch ms. */
  at: number
  downloads: number
  /** Given out by the release policy or by a person; see `isReadable`. */
  open: boolean
  /** The row is there and the bytes are not: found at start. */
  missing: boolean
  /** The room it was brought to, whose members alone see it; null: the general drop. */
  room: string | null
  /** The folder it lies in. */
  folder: string | null
  /** Epoch ms at which it goes to the trash, as expected when that was decided; null: it stays. */
  endsAt: number | null
}

/** Where a file that comes in will belong. */
export interface Belonging {
  room: string | null
  folder: string | null
}

export const nowhere: Belonging = { room: null, folder: null }

/** A folder of the general drop. */
export interface Folder {
  id: string
  name: string
  maker: { id: string; name: string }
  files: number
}

/** One step of a file's way, for its page. */
export interface FileStep {
  state: FileState
  at: number
  who: string | null
  note: string | null
}

/** A direct link as it is listed; its token is shown once and never again. */
export interface FileLink {
  id: string
  maker: { id: string; name: string }
  at: number
  /** Epoch ms as expected when it was made; the house's own line decides. */
  expiresAt: number
  living: boolean
  ended: LinkEnd | null
  endedAt: number | null
  /** Completed downloads; see link-uses.ts. */
  uses: number
  /** How many it was made for; null: as many as anybody likes. */
  most: number | null
  /** Whether it asks for a password. */
  guarded: boolean
  /** What its maker wrote down about it; empty when nothing. */
  note: string
}

export type LinkEnd = 'revoked' | 'expired' | 'deleted' | 'maker' | 'used'

export const sortNames = ['recientes', 'nombre', 'tamano', 'descargas', 'estado'] as const
export type Sort = (typeof sortNames)[number]

export interface ListQuery {
  /** Words of the name or of who brought it; accents and capitals do not count. */
  q: string
  sort: Sort
  group: StateGroup | null
  /** What the first bytes show. */
  kind: Kind | null
  /** The id of a folder. */
  folder: string | null
  /** The code of a room: its own files and those that its messages carry. */
  room: string | null
  /** The code of a room for whose conversation a file is chosen: the general drop and the room's own. */
  choosing: string | null
  /** How many are shown, from the first. */
  shown: number
}

export interface Listing {
  query: ListQuery
  files: StoredFile[]
  /** How many match. */
  total: number
  /** How many of those somebody may see there are, by state. */
  counts: Record<FileState, number>
  /** See `Files.lastStep`; read before the list. */
  step: number
  folders: readonly Folder[]
  /** The rooms of the files in the list, by their ids. */
  rooms: ReadonlyMap<string, FileRoom>
  /** The room of `query.room` or of `query.choosing`. */
  place: (FileRoom & { member: boolean }) | null
}

export interface Space {
  /** Bytes of the disk, free and altogether. */
  free: number
  total: number
  /** Uploads stop when less than this is free. */
  reserve: number
  /** Bytes of files that can be read, of those that wait or are locked, and of the database and its copies. */
  files: number
  quarantine: number
  records: number
}

/** Every number of this feature; the settings say each one's reason. */
export interface FilesLimits {
  maxFileBytes: number
  reservePercent: number
  reserveBytes: number
  uploadsPerPerson: number
  uploadStall: number
  /** Milliseconds without a byte after which an upload that could go on is given up. */
  uploadLife: number
  unfinishedUploads: number
  /** Bytes; 0: no bound. */
  quotaAdministrator: number
  quotaCliente: number
  quotaTotal: number
  linkDays: number
  linkDaysMaximum: number
  linksPerFile: number
  linkUsesMaximum: number
  /** Milliseconds. */
  linkResume: number
  linkGuesses: number
  zipFiles: number
  zipsPerPerson: number
  release: ReleasePolicy
  trashDays: number
  /** Days after which a file goes to the trash when nobody chose otherwise; 0: never. */
  fileDays: number
  fileFolders: number
  /** Bytes of a text that its page shows. */
  previewBytes: number
  thumbnailPixels: number
  /** Bytes of a picture that is still made smaller. */
  thumbnailSource: number
  /** Milliseconds for one. */
  thumbnailTime: number
  /** Bytes of all thumbnails. */
  thumbnailCache: number
  /** Milliseconds; see clamd-wire.ts and scan-queue.ts. */
  scanConnect: number
  scanStall: number
  scanTotal: number
  scanTries: number
  scanWait: number
}

/** What the house hears after the commit. */
export interface FileEvents {
  'file.added': { file: StoredFile }
  'file.changed': { file: StoredFile; from: FileState }
  'file.deleted': { file: StoredFile; by: { id: string; name: string } | null }
}
