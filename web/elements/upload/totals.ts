// SPDX-License-Identifier: GPL-3.0-or-later
import type { UploadPhrases } from '../../../src/files'
import { size, span } from '../../lib/size'
import { type Entry, fill, isUnderWay } from './entry'
import { createPace, type Pace } from './pace'

/** How far the whole queue is: bytes, speed, time left. */
export function createTotals() {
  let pace: Pace | null = null
  let moved = 0

  return {
    /** So many bytes more have left this device. */
    moved(bytes: number): void {
      pace ??= createPace()
      moved += Math.max(0, bytes)
      pace.reached(moved)
    },
    /** What failed, or another page has, counts for nothing. */
    percent(entries: readonly Entry[]): number {
      const { sent, all } = sums(entries)
      return all === 0 ? 0 : (sent / all) * 100
    },
    /** `4,2 MB de 30 MB · 5 MB/s · faltan 5 s`; empty while nothing is under way. */
    line(entries: readonly Entry[], phrases: UploadPhrases): string {
      if (!entries.some(isUnderWay)) {
        pace = null
        moved = 0
        return ''
      }
      const { sent, all } = sums(entries)
      const left = entries.filter(isUnderWay).reduce((bytes, entry) => bytes + entry.file.size - entry.bytes, 0)
      const guess = entries.some(({ state, offline }) => state === 'sending' && !offline) ? pace?.guess(moved + left) : null
      return [
        fill(phrases.amountOf, { a: size(sent), b: size(all) }),
        ...(guess ? [`${size(guess.speed)}/s`, fill(phrases.timeLeft, { t: span(guess.left) })] : []),
      ].join(' · ')
    },
  }
}

function sums(entries: readonly Entry[]): { sent: number; all: number } {
  const counted = entries.filter((entry) => isUnderWay(entry) || entry.state === 'done' || entry.state === 'paused')
  return {
    sent: counted.reduce((bytes, entry) => bytes + entry.bytes, 0),
    all: counted.reduce((bytes, { file }) => bytes + file.size, 0),
  }
}
