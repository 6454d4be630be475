// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, createEvents, type Database, type Log } from '../core'
import { tokensIn } from './candidates'
import { createChanges } from './changes'
import { createClaims } from './claim-service'
import { seedDemoAccounts } from './demo'
import type { AccountEvents, AccountLimits, Session } from './model'
import { createOwn } from './own-service'
import { createJudge } from './password-policy'
import { type Cost, computationsAtOnce, createPasswords } from './passwords'
import { createPeople } from './people-service'
import { createPeopleStore } from './people-store'
import { bearerOf, createProgramKeys } from './program-keys'
import { createResets } from './reset-service'
import { createSessions } from './sessions-service'
import { createSessionsStore } from './sessions-store'
import { createSignIn } from './sign-in-service'
import type { AccountsTables } from './tables'
import { createThrottle } from './throttle'
import { createTokens } from './tokens'

interface Options {
  database: Database<AccountsTables>
  clock: Clock
  log: Log
  audit: Audit
  /** Signs the tokens of sessions and known browsers; a key for this purpose alone. */
  secret: string
  /** Eight signs that keep the cookies of two boxes at one address apart. */
  instanceId: string
  limits: AccountLimits
  demo?: boolean
  /** Cheaper passwords, for tests whose subject is another. */
  passwordCost?: Cost
}

export type Accounts = Awaited<ReturnType<typeof createAccounts>>

/** How soon this process notices what the command line did in another: within a second, sockets included. */
const lookEvery = 400
/** How often it is written when people were last seen: the card wears out by writing. */
const flushEvery = 600_000
/** Tokens of one request that are looked into; another service at this address would have to forge them by the dozen to keep anybody out. */
const mostUnknown = 16

export async function createAccounts({ database, clock, log, audit, secret, instanceId, limits, demo = false, passwordCost }: Options) {
  const store = createSessionsStore(database)
  const peopleStore = createPeopleStore(database)
  const state = await store.state()
  const events = createEvents<AccountEvents>(log)
  const tokens = createTokens(secret)
  const hashesAtOnce = computationsAtOnce(limits.hashesAtOnce, navigator.hardwareConcurrency)
  const passwords = createPasswords({
    log,
    atOnce: hashesAtOnce,
    // Whoever would be computed on a larger machine waits: as many are let in on any.
    waiting: limits.hashQueue + limits.hashesAtOnce - hashesAtOnce,
    ...(passwordCost ? { cost: passwordCost } : {}),
  })
  const sessions = createSessions({ database, store, people: peopleStore, tokens: tokens.session, clock, events, limits })
  const throttle = createThrottle({ clock, limits })
  const judge = createJudge(limits)
  const changes = createChanges({ database, store, people: peopleStore, sessions, passwords, audit })
  const people = createPeople({ people: peopleStore, changes, passwords, judge, clock })
  const resets = createResets({ people: peopleStore, store, changes, judge, clock })
  const entrance = createSignIn({ people: peopleStore, sessions, passwords, throttle, devices: tokens.device, audit, limits })
  const own = createOwn({ people: peopleStore, sessions, entrance, changes, judge, audit })
  const keys = createProgramKeys({ database, audit, clock, limits })
  const claimed = state.claimed_at !== null
  const claims = createClaims({ database, store, people: peopleStore, passwords, judge, audit, clock, events, limits, claimed })

  let place = (await store.setting('place')) ?? ''
  events.on('box.claimed', (now) => {
    place = now.place
  })

  let revision = state.revision
  /** One small read; the rest only when somebody changed something. */
  async function look(): Promise<void> {
    const now = await store.state()
    if (now.revision === revision) return
    if (now.claimed_at !== null) claims.noticeOwner((await store.setting('place')) ?? '')
    await changes.settled()
    await sessions.recheck()
    // Only now: what could not be read is read at the next look.
    revision = now.revision
  }

  await sessions.notePaused()

  const logged = (what: string, work: () => Promise<void>) => () => void work().catch((error: unknown) => log.error({ err: error }, what))
  // In real time whatever the clock says: it concerns two processes, and no test should have to pass a month in steps of it.
  const looking = setInterval(logged('accounts.look-failed', look), lookEvery)
  looking.unref()
  const stopSweeping = clock.every(
    flushEvery,
    logged('accounts.sweep-failed', async () => {
      await sessions.sweep()
      await keys.flush()
    }),
  )
  const cookies = { session: `pichat_${instanceId}`, device: `pichat_${instanceId}_d` }

  return {
    people,
    sessions,
    claims,
    entrance,
    own,
    keys,
    resets,
    events,
    cookies,
    demo,
    limits,
    now: clock.now,
    /** Hashes and compares for whoever keeps a password, under the one bound of the house. */
    passwords,
    /** What direct links want: who may share, the hasher, and a signature for whoever knew a link's password. */
    sharers: { mayShare: people.mayShare, hasher: passwords, passes: tokens.link },
    /** What its owner calls the place; empty before it has one. */
    place: () => place,
    /** The living session of a request: for the doorkeeper. */
    async identify(request: Request): Promise<Session | null> {
      // A program says who it is in this one way; whoever sends a key is not also let in by a cookie, which would need its origin checked.
      const secret = bearerOf(request.headers)
      if (secret !== null) return keys.identify(secret)
      const tokens = tokensIn(request.headers.get('cookie'), cookies.session)
      // One that is known costs nothing to find; each of the others a signature.
      const known = tokens.find(sessions.isKnown)
      for (const token of known === undefined ? tokens.slice(0, mostUnknown) : [known]) {
        const session = await sessions.identify(token)
        if (session) return session
      }
      return null
    },
    /** Compares with the database now instead of at the next look. */
    look,
    /** A demo data folder is marked as one, and an ordinary service refuses it. */
    isDemoData: async () => (await store.setting('demo')) === '1',
    seedDemo: () => seedDemoAccounts({ database, store, people: peopleStore, newUser: people.newUser, audit, clock, claims }),
    /** Ends the timers and writes what is only in memory. */
    async close(): Promise<void> {
      clearInterval(looking)
      stopSweeping()
      // Only the times at which people were last seen are at stake: no reason to fail at the end.
      await Promise.all([sessions.flush(), keys.flush()]).catch((error: unknown) => log.error({ err: error }, 'accounts.flush-failed'))
    },
  }
}
