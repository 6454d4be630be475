// SPDX-License-Identifier: GPL-3.0-or-later

/** Why a file could not be looked into. */
export const unscannableReasons = [
  'encrypted',
  'too-large',
  'too-deep',
  'too-many',
  'too-long',
  /** Its members lie over one another: a bomb. */
  'overlapping',
  /** The antivirus would not say whether it looked at all of it. */
  'limits-unreported',
  /** Every try with this file failed, while the antivirus was well. */
  'gave-up',
] as const
export type Unscannable = (typeof unscannableReasons)[number]

export type Verdict =
  | { state: 'clean' }
  /** What was found. */
  | { state: 'infected'; reason: string }
  | { state: 'unscannable'; reason: Unscannable | (string & {}) }

export interface ScannedFile {
  size: number
  /** As its first bytes show. */
  type: string
}

/** How the antivirus is, for those who run the house. */
export interface ScannerReport {
  /** `lax`: it answers, and does not say what it could not look through; `missingLines` of its configuration would change that. */
  is: 'none' | 'starting' | 'ok' | 'lax' | 'silent'
  silence?: string
  /** Epoch ms since which it has been so; null for the usual. */
  since: number | null
  missingLines: readonly string[]
  version: string | null
  signatures: string | null
}

/** The port for an antivirus. A scan that throws says nothing about the file: it waits and is tried again. */
export interface Scanner {
  /** False for the scanner that is none: files then are `unscanned` and nobody waits. */
  readonly present: boolean
  scan(path: string, file: ScannedFile): Promise<Verdict>
  /** Rejects while it cannot give a verdict on anything: then no file is to blame for a scan that fails. */
  check?(): Promise<void>
  report?(): ScannerReport
  /** Ends a scan under way: it rejects. */
  stop?(): void
}

export function noScanner(): Scanner {
  return { present: false, scan: () => Promise.reject(new Error('there is no scanner')), report: () => noReport }
}

const noReport: ScannerReport = { is: 'none', since: null, missingLines: [], version: null, signatures: null }
