// SPDX-License-Identifier: GPL-3.0-or-later
import { type Log, Refusal, randomBytes } from '../core'
import { hashing } from './hashing'
import { createTurns } from './turns'

interface Options {
  log: Log
  /** Computations at once: each holds a thread of its own. */
  atOnce: number
  /** Computations that may wait; beyond it `busy` at once, because a queue without end is an outage. */
  waiting: number
  cost?: Cost
}

export interface Cost {
  /** KiB. */
  memoryCost: number
  timeCost: number
  parallelism: number
}

export interface Passwords {
  /** The PHC string to store. Refuses with `busy` (503) when too many are waiting. */
  hash(password: string): Promise<string>
  /**
   * Whether it is the password. Without a stored hash the same work is done for nothing, so that nobody can tell by the clock which
   * names exist. A stored text that is no hash of ours matches nothing.
   */
  matches(password: string, stored: string | null): Promise<boolean>
}

/** OWASP Password Storage Cheat Sheet, Argon2id, second row; 22 ms on the machine this was measured on. */
const ownCost: Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Dearer than anything this program ever wrote: somebody who can write to the database could take the memory of the whole box. */
const dearest: Cost = { memoryCost: 65_536, timeCost: 10, parallelism: 4 }

const busySeconds = 2

/**
 * How many computations may run beside one another. One processor stays free for conversations: a computation gives way to them at once, but
 * leaves them a cache full of its own. On a single one, one after the other is also faster: two of 19 MiB drive each other out of that cache.
 */
export function computationsAtOnce(wanted: number, processors: number): number {
  return Math.max(1, Math.min(wanted, processors - 1))
}

export function createPasswords({ log, atOnce, waiting, cost = ownCost }: Options): Passwords {
  // The next one lies ready at its thread: the scheduler owes time to a thread that has slept, and takes it from whoever talks.
  const handedOut = Math.min(2 * atOnce, atOnce + waiting)
  const turns = createTurns({
    atOnce: handedOut,
    waiting: atOnce + waiting - handedOut,
    refuse: () => new Refusal('busy', 'errors.busy', { retryAfter: busySeconds }),
  })
  const nobodys = unmatchable(cost)

  return {
    hash(typed) {
      const password = typed.normalize('NFC')
      return turns.take(() => hashing.compute({ kind: 'hash', password, options: { ...cost, algorithm: argon2id } }, atOnce))
    },
    async matches(typed, stored) {
      const password = typed.normalize('NFC')
      if (stored !== null && !isOurs(stored)) log.error({}, 'password.unreadable')
      const known = stored !== null && isOurs(stored)
      const right = await turns.take(() => hashing.compute({ kind: 'verify', password, stored: known ? stored : nobodys }, atOnce))
      return known && right
    },
  }
}

/** `Algorithm.Argon2id`: the package exports it as a const enum, which isolated modules cannot read. */
const argon2id = 2

const form = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/

function isOurs(stored: string): boolean {
  const [, memory, time, lanes] = form.exec(stored) ?? []
  if (!memory) return false
  const { memoryCost, timeCost, parallelism } = dearest
  return Number(memory) <= memoryCost && Number(time) >= 1 && Number(time) <= timeCost && Number(lanes) >= 1 && Number(lanes) <= parallelism
}

/** A hash that costs as much as a real one to compare with and that no password has. */
function unmatchable({ memoryCost, timeCost, parallelism }: Cost): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`
}
