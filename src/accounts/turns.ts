// SPDX-License-Identifier: GPL-3.0-or-later

export interface Turns {
  /** Runs `work` when it is its turn, first come first served; throws what `refuse` makes when too many wait already. */
  take<T>(work: () => Promise<T>): Promise<T>
}

interface Options {
  atOnce: number
  waiting: number
  refuse: () => Error
}

export function createTurns({ atOnce, waiting, refuse }: Options): Turns {
  let running = 0
  const queue: (() => void)[] = []

  async function take<T>(work: () => Promise<T>): Promise<T> {
    if (running < atOnce) running++
    else if (queue.length >= waiting) throw refuse()
    // Whoever leaves hands the place over: `running` stays the same.
    else await new Promise<void>((next) => queue.push(next))
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running--
    }
  }

  return { take }
}
