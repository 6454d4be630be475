// SPDX-License-Identifier: GPL-3.0-or-later
import type { Person, Role } from '../accounts'
import type { AuditTable } from '../core'
import type { FileState, ScannerReport } from '../files'

/** A person as the administrator's table shows her. */
export interface PersonRow {
  id: string
  username: string
  name: string
  role: Role
  paused: boolean
  mustChange: boolean
  lastSeen: number | null
  sessions: number
  online: boolean
  /** Bytes of the files she brought; null when there are none. */
  space: number | null
  /** Bytes she may keep; 0: no bound. */
  quota: number
}

/** How much a person keeps here and may keep. */
export interface PersonQuota {
  person: Person
  /** Bytes of files and of uploads under way. */
  used: number
  /** Bytes; 0: no bound. */
  limit: number
  /** Set for this person alone; null: that of the role. */
  own: number | null
  ofRole: number
}

/** What an administrator sees at a glance. */
export interface Overview {
  online: number
  rooms: number
  ephemeralRooms: number
  files: number
  fileBytes: number
  disk: { total: number; free: number }
  latest: readonly AuditRow[]
  warnings: readonly Warning[]
  /** Things in the folder of the files that PiChat did not put there. */
  foreign: number
  /** Files that wait for a decision. */
  pending: number
  scanner: ScannerReport
}

export type Warning = 'clock' | 'disk' | 'scanner' | 'foreign'

/** How the machine is. Bytes, milliseconds. */
export interface Machine {
  version: string
  model: string | null
  addresses: readonly string[]
  disk: { total: number; free: number; reserve: number }
  memory: { total: number; available: number; ofPichat: number }
  temperature: number | null
  now: number
  clockTrusted: boolean
  scanner: ScannerReport & { opensUnscanned: boolean }
  pending: number
  sockets: number
  people: number
  uptime: number
  loopLag: number
  warnings: readonly Warning[]
  foreign: number
}

/** What a program that watches over houses wants to know. Counts alone. */
export interface Metrics {
  machine: Machine
  rooms: { kept: number; ephemeral: number }
  files: { bytes: number; states: Record<FileState, number> }
  /** Database writes that are not durable yet. */
  writesWaiting: number
}

/** A record with its place in the log. */
export type AuditRow = AuditTable & { n: number }

export const auditKinds = ['entrances', 'files', 'quarantine', 'rooms', 'people'] as const
export const auditPeriods = ['today', 'week', 'month', 'all'] as const

/** Which part of the log. */
export interface AuditAsked {
  /** The id of whoever did it or had it done to them. */
  person?: string | undefined
  kind?: (typeof auditKinds)[number] | undefined
  period: (typeof auditPeriods)[number]
  /** Only what was written before this record. */
  before?: number | undefined
}

export interface AuditPage {
  /** The latest first. */
  rows: readonly AuditRow[]
  /** How many match in all. */
  total: number
  more: boolean
  /** When the record above this page happened; null at the top. */
  lastAt: number | null
}
