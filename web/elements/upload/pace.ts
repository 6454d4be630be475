// SPDX-License-Identifier: GPL-3.0-or-later

/** Seconds over which the speed is smoothed: Wi-Fi comes in bursts, and a time that jumps helps nobody. */
const smoothing = 4
/** Seconds before a first guess is worth showing. */
const firstGuess = 1.5

/** Speed and time left of one transfer, of which `from` bytes were there before. */
export function createPace(from = 0, now: () => number = () => performance.now()) {
  const startedAt = now()
  let at = startedAt
  let bytes = from
  let speed = 0

  return {
    /** So many bytes have been sent by now. */
    reached(total: number): void {
      const time = now()
      const seconds = (time - at) / 1000
      if (seconds <= 0) return
      const current = (total - bytes) / seconds
      const weight = speed === 0 ? 1 : 1 - Math.exp(-seconds / smoothing)
      speed += (current - speed) * weight
      bytes = total
      at = time
    },
    /** Bytes per second and seconds left; null while it is too early to say. */
    guess(size: number): { speed: number; left: number } | null {
      if ((now() - startedAt) / 1000 < firstGuess || speed <= 0) return null
      return { speed, left: (size - bytes) / speed }
    },
  }
}

export type Pace = ReturnType<typeof createPace>
