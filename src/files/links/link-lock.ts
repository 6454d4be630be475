// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, createLimiter, type Limiter, type PhraseName, Refusal, randomBytes } from '../../core'
import type { LinkTime } from './link-time'

/** Accounts' hasher: a bounded queue in front of Argon2. */
export interface Hasher {
  hash(password: string): Promise<string>
  matches(password: string, stored: string | null): Promise<boolean>
}

/** Signs and reads what says that somebody knew a link's password. */
export interface Passes {
  sign(text: string): Promise<string>
  read(token: string): Promise<string | null>
}

interface Options {
  hasher: Hasher
  passes: Passes
  clock: Clock
  time: LinkTime
  limits: { linkGuesses: number; linkResume: number }
}

interface Locked {
  id: string
  password: string
}

/** Whoever guesses has the link already; four signs under throttle keep out the colleague it was forwarded to. */
const shortest = 4
const longest = 128
const window = 15 * 60
/** From all addresses together, in an hour: so many times what one has in its quarter of an hour. */
const everywhere = 20
/** A client in many parts shows its password with each: it is compared once. */
const mostKnown = 1_000

export type LinkLock = ReturnType<typeof createLinkLock>

/** The optional password of a direct link. */
export function createLinkLock({ hasher, passes, clock, time, limits }: Options) {
  const { linkGuesses: guesses } = limits
  const addresses = createLimiter({ clock, burst: guesses, perSecond: guesses / window })
  const links = createLimiter({ clock, burst: guesses * everywhere, perSecond: (guesses * everywhere) / 3600 })
  /** Passwords that were right, under a key that never leaves this process. */
  const key = randomBytes(32)
  const known = new Map<string, number>()
  const fastHash = (link: string, password: string) =>
    new Bun.CryptoHasher('sha256', key).update(`${link} ${password.normalize('NFC')}`).digest('base64')

  function remember(hash: string): void {
    known.delete(hash)
    known.set(hash, time.now() + limits.linkResume)
    if (known.size > mostKnown) known.delete(known.keys().next().value as string)
  }

  return {
    /** What is stored for a new link; null for none. Refuses with `invalid`, and with `busy` when too many are being hashed. */
    async hash(typed: string): Promise<string | null> {
      if (typed === '') return null
      const length = [...typed].length
      if (length < shortest || length > longest) throw invalid('files.linkPasswordLength', { min: shortest, max: longest })
      return hasher.hash(typed)
    },

    /** Refuses with `throttled` after too many wrong ones; the same for this link from everywhere. */
    async opens({ id, password }: Locked, typed: string, ip: string): Promise<boolean> {
      const hash = fastHash(id, typed)
      if ((known.get(hash) ?? 0) > time.now()) return true
      // Counted before it is compared: a hundred at once are a hundred guesses.
      const spent: [Limiter, string][] = [
        [addresses, `${id} ${ip}`],
        [links, id],
      ]
      for (const [limiter, who] of spent) {
        const taken = limiter.peek(who)
        if (!taken.ok) throw new Refusal('throttled', 'files.linkThrottled', { retryAfter: taken.retryAfter })
      }
      for (const [limiter, who] of spent) limiter.take(who)
      const right = await hasher.matches(typed.slice(0, longest * 2), password).catch((error) => {
        // It never came to a comparison.
        for (const [limiter, who] of spent) limiter.refund(who)
        throw error
      })
      if (!right) return false
      for (const [limiter, who] of spent) limiter.refund(who)
      remember(hash)
      return true
    },

    /** For the address to which the form leads: good for this link, as long as a download may go on. */
    pass: ({ id }: Locked) => passes.sign(`${id}.${time.now() + limits.linkResume}`),

    async admits({ id }: Locked, pass: string): Promise<boolean> {
      const [link, until] = (await passes.read(pass))?.split('.') ?? []
      return link === id && Number(until) > time.now()
    },
  }
}

function invalid(phrase: PhraseName, values: Record<string, number>): Refusal {
  return new Refusal('invalid', phrase, { values, fields: { 'clave-enlace': phrase } })
}

/** The password of `Authorization: Basic` (RFC 7617), whatever the name before it; null when there is none. */
export function basicPassword(header: string | null): string | null {
  const sent = /^Basic +([A-Za-z0-9+/=_-]{1,1024})$/i.exec(header ?? '')?.[1]
  if (!sent) return null
  const text = Buffer.from(sent, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? null : text.slice(colon + 1)
}
