// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, Refusal } from '../core'
import { createWindow } from './window'

interface Options {
  clock: Clock
  limits: {
    signInTries: number
    signInWindow: number
    sprayTries: number
    signInTriesPerHour: number
    signInDelay: number
    signInDelayMaximum: number
  }
}

/** Somebody at the door: an address, the name that was typed, and the browser if it has been in with this account before. */
export interface Knock {
  ip: string
  username: string
  device: string | null
}

export interface Attempt {
  right(): void
  wrong(): void
  /** It never came to a comparison. */
  void(): void
}

export interface Throttle {
  /** Counts the attempt, or refuses with `throttled` and the seconds to wait. Every attempt is ended by one of its three. */
  admit(knock: Knock): Attempt
}

const hour = 3_600_000

/**
 * Slows down whoever guesses, without ever locking the owner out: what an attacker does from one address never keeps another address out,
 * and a browser that has been in before is judged by itself alone. Everything on the clock that never jumps.
 */
export function createThrottle({ clock, limits }: Options): Throttle {
  const { signInTries, signInWindow, sprayTries, signInTriesPerHour } = limits
  const pairs = createWindow({ clock, most: signInTries, ms: signInWindow })
  const addresses = createWindow({ clock, most: sprayTries, ms: signInWindow })
  const devices = createWindow({ clock, most: signInTries, ms: signInWindow })
  const accounts = createWindow({ clock, most: signInTriesPerHour, ms: hour })
  // What is left of the hour's tries: one address has half of them at most, those that failed before three quarters, so that some remain for
  // whoever comes from elsewhere.
  const perAddress = createWindow({ clock, most: Math.ceil(signInTriesPerHour / 2), ms: hour })
  const repeated = createWindow({ clock, most: Math.ceil((signInTriesPerHour * 3) / 4), ms: hour })
  const delays = createDelays({ clock, limits })

  function refuseUnless(wait: number): void {
    if (wait > 0) throw new Refusal('throttled', 'accounts.throttled', { retryAfter: Math.ceil(wait / 1000) })
  }

  function fromKnownBrowser(device: string): Attempt {
    refuseUnless(devices.wait(device))
    const undo = devices.take(device)
    return { right: undo, wrong() {}, void: undo }
  }

  return {
    admit({ ip, username, device }) {
      if (device) return fromKnownBrowser(`${device} ${username}`)
      const pair = `${ip} ${username}`
      const failed = perAddress.has(pair)
      refuseUnless(
        Math.max(
          pairs.wait(pair),
          addresses.wait(ip),
          perAddress.wait(pair),
          failed ? repeated.wait(username) : 0,
          accounts.wait(username),
          delays.wait(username),
        ),
      )
      const undoes = [
        ...[pairs.take(pair), addresses.take(ip), perAddress.take(pair), accounts.take(username)],
        ...(failed ? [repeated.take(username)] : []),
      ]
      const leave = delays.enter(username)
      const undo = () => {
        for (const one of undoes) one()
      }
      return {
        right() {
          undo()
          leave()
        },
        wrong() {
          leave()
          delays.wrong(username, ip)
        },
        void() {
          undo()
          leave()
        },
      }
    },
  }
}

interface Attacked {
  /** Wrong passwords by address. */
  from: Map<string, number>
  /** On the line that never jumps; when the next may come, and when all is forgotten. */
  until: number
  forgottenAt: number
  /** Attempts between `enter` and its end. */
  inside: number
}

/** Addresses remembered per account; an attacker with more is at the longest pause anyway. */
const mostAddresses = 64

/**
 * The pause of an account that is attacked from several addresses: it doubles with every wrong password beyond those of the busiest single
 * address, whose own window holds it already.
 */
function createDelays({ clock, limits: { signInDelay, signInDelayMaximum } }: Options) {
  const attacked = new Map<string, Attacked>()

  function known(username: string): Attacked | undefined {
    const account = attacked.get(username)
    return account && (account.inside > 0 || clock.monotonic() < account.forgottenAt) ? account : undefined
  }

  /** Only of who gets as far as a comparison: whoever is turned away makes nothing be forgotten. */
  function of(username: string): Attacked {
    const account = known(username) ?? { from: new Map<string, number>(), until: 0, forgottenAt: 0, inside: 0 }
    attacked.delete(username)
    attacked.set(username, account)
    if (attacked.size > 10_000) attacked.delete(attacked.keys().next().value as string)
    return account
  }

  function pauseOf({ from }: Attacked): number {
    const counts = [...from.values()]
    const beyond = counts.reduce((sum, n) => sum + n, 0) - Math.max(0, ...counts)
    return beyond === 0 ? 0 : Math.min(signInDelayMaximum, signInDelay * 2 ** Math.min(beyond - 1, 30))
  }

  return {
    wait(username: string): number {
      const account = known(username)
      if (!account) return 0
      // While attempts are being compared nobody knows yet whether they were wrong: those of an attacked account go one by one.
      if (account.inside > 0 && account.from.size > 1) return 1_000
      return Math.max(0, account.until - clock.monotonic())
    },
    enter(username: string): () => void {
      const account = of(username)
      account.inside++
      return () => void account.inside--
    },
    wrong(username: string, ip: string): void {
      const account = of(username)
      if (account.from.size < mostAddresses || account.from.has(ip)) account.from.set(ip, (account.from.get(ip) ?? 0) + 1)
      const now = clock.monotonic()
      account.until = now + pauseOf(account)
      account.forgottenAt = now + hour
    },
  }
}
