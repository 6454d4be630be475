// SPDX-License-Identifier: GPL-3.0-or-later

interface BackoffOptions {
  /** The ceiling of the first wait, in milliseconds. */
  first?: number
  /** No wait is longer, in milliseconds. */
  longest?: number
  random?: () => number
}

/**
 * Waits between attempts, with full jitter: any time up to a ceiling that doubles. When a box restarts, a whole office must not
 * come back in the same instant. (Marc Brooker, "Exponential Backoff And Jitter")
 */
export function backoff({ first = 500, longest = 30_000, random = Math.random }: BackoffOptions = {}) {
  let attempts = 0
  return {
    /** How long to wait before the next attempt, in whole milliseconds. */
    next(): number {
      const ceiling = Math.min(longest, first * 2 ** attempts)
      attempts++
      return Math.round(random() * ceiling)
    },
    /** After a success the next wait is short again. */
    reset(): void {
      attempts = 0
    },
  }
}
