// SPDX-License-Identifier: GPL-3.0-or-later
//
// On a card that something else has filled to the last byte even a deletion needs room: SQLite writes it down before it does it, and wants a
// log before it opens a file at all. So some room is kept back, for what makes room and for nothing else.
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Bytes: some fifty sign-ins and deletions. */
const reserved = 2 * 1024 * 1024
/** Bytes written at once, and not only announced: a file with holes keeps nothing back. */
const piece = 64 * 1024
/** As SQLite, and the system below it, say that there is no room. */
const fullCodes = /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/

export interface Reserve {
  /** Makes it again where it was used. False: there is no room even for it, and only what makes room may be written. */
  keep(): boolean
  /** Lets its room go. False: it was gone before. */
  use(): boolean
}

/** The reserve of the database at `path`. It lies beside it, and every process that opens the database for writing knows it. */
export function reserveOf(path: string): Reserve {
  const file = `${path}-reserve`
  let lying = false

  function make(): boolean {
    try {
      if (statSync(file, { throwIfNoEntry: false })?.size === reserved) return true
      const { bavail, bsize } = statfsSync(dirname(file))
      if (bavail * bsize < reserved) return false
      const descriptor = openSync(file, 'w', 0o600)
      try {
        const zeros = new Uint8Array(piece)
        for (let written = 0; written < reserved; ) written += writeSync(descriptor, zeros, 0, Math.min(piece, reserved - written))
      } finally {
        closeSync(descriptor)
      }
      return true
    } catch (error) {
      rmSync(file, { force: true })
      // Whatever else is wrong with the folder is for SQLite to say.
      return !isDiskFull(error)
    }
  }

  return {
    keep() {
      lying ||= make()
      return lying
    },
    use() {
      lying = false
      const there = statSync(file, { throwIfNoEntry: false }) !== undefined
      rmSync(file, { force: true })
      return there
    },
  }
}

/** Whether this error, or what crossed from the writer of it, says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && fullCodes.test(String(error.code))
}
