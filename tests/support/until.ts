// SPDX-License-Identifier: GPL-3.0-or-later

/** How often a condition is looked at. Short beside everything people notice, long beside what looking costs. */
const glance = 10

interface Patience {
  /** Milliseconds after which waiting is a failure. Generous: it is spent only by a test that fails. */
  within?: number
}

/**
 * Waits until `look` answers something truthy, and answers it. Fails after the deadline with the sentence `what` and the last thing that
 * went wrong while looking. The only place of the tests with a timer: nobody else sleeps.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { within = 10_000 }: Patience = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + within
  let trouble: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen) return seen as Exclude<T, false | null | undefined | 0 | ''>
    } catch (error) {
      if (error instanceof Hopeless) throw error
      trouble = error
    }
    if (performance.now() > deadline) {
      throw new Error(
        `Waited ${within} ms in vain: ${what}${trouble ? ` (last: ${trouble instanceof Error ? trouble.message : trouble})` : ''}`,
      )
    }
    await nextGlance(glance)
  }
}

/** Thrown by a `look` that knows that waiting on is pointless. */
export class Hopeless extends Error {}

/** A promise that fails with the sentence `what` when `event` has not come before the deadline. */
export async function soon<T>(what: string, event: Promise<T>, { within = 10_000 }: Patience = {}): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`Waited ${within} ms in vain: ${what}`)), within)
  })
  try {
    return await Promise.race([event, late])
  } finally {
    clearTimeout(timer)
  }
}

/** For what is slow on purpose (a dripping client): does `step` every `ms` until it answers false. */
export async function paced(ms: number, step: () => boolean | Promise<boolean>): Promise<void> {
  while (await step()) await nextGlance(ms)
}

function nextGlance(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
