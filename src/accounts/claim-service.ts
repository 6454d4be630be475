// SPDX-License-Identifier: GPL-3.0-or-later
import {
  type Audit,
  type Clock,
  type Compilable,
  type Database,
  type Events,
  expecting,
  newCode,
  newId,
  Refusal,
  readCode,
  sha256,
  UnmetExpectation,
} from '../core'
import { isPrivateAddress } from './addresses'
import type { AccountEvents, AccountLimits, Person } from './model'
import { readName, readUsername } from './names'
import type { Judge } from './password-policy'
import type { Passwords } from './passwords'
import type { PeopleStore } from './people-store'
import { personOf } from './sessions-service'
import type { SessionsStore } from './sessions-store'
import type { AccountsTables, UserRow } from './tables'
import { createTurns } from './turns'

interface Deps {
  database: Database<AccountsTables>
  store: SessionsStore
  people: PeopleStore
  passwords: Passwords
  judge: Judge
  audit: Audit
  clock: Clock
  events: Events<AccountEvents>
  limits: Pick<AccountLimits, 'claimTries' | 'claimPause' | 'setupCode'>
  claimed: boolean
}

export interface ClaimForm {
  codigo: string
  usuario: string
  nombre: string
  clave: string
  /** What the place is called; may stay empty. */
  lugar: string
}

export type Claims = ReturnType<typeof createClaims>

/** Until somebody has shown that the box is at hand, by a code that only its own screen shows, it serves nothing and nobody. */
export function createClaims({ database, store, people, passwords, judge, audit, clock, events, limits, claimed }: Deps) {
  let isClaimed = claimed
  /** In memory only: nobody finds it on the card, and a restart makes another. */
  let code = claimed ? null : (readCode(limits.setupCode) ?? newCode())
  let triesLeft = limits.claimTries
  let pausedUntil = 0
  const listeners = new Set<(code: string) => void>()
  const turns = createTurns({ atOnce: 1, waiting: 1_000, refuse: () => new Refusal('busy', 'errors.busy', { retryAfter: 2 }) })

  /**
   * The first administrator, the place and whatever stands `alongside` (the first room), all or nothing. Refuses with `missing` once there
   * is an owner, `forbidden` (from outside, or a wrong code), `throttled`, `invalid`, and `conflict` when somebody else was quicker.
   */
  async function claim(form: ClaimForm, from: string, alongside: (admin: Person) => readonly Compilable[] = () => []): Promise<UserRow> {
    refuseOutside(from)
    checkCode(form.codigo)
    const wanted = readForm(form)
    return turns.take(async () => {
      if (isClaimed) throw new Refusal('conflict', 'accounts.claimedByOther')
      const admin = await makeAdmin(wanted)
      await write(admin, wanted.lugar, from, alongside(personOf(admin)))
      noticeOwner(wanted.lugar)
      return admin
    })
  }

  /** The page is for whoever is near the box; afterwards it never was. */
  function refuseOutside(from: string): void {
    if (isClaimed) throw new Refusal('missing', 'errors.missing')
    if (!isPrivateAddress(from)) throw new Refusal('forbidden', 'accounts.claimFromOutside')
  }

  function checkCode(typed: string): void {
    const pause = pausedUntil - clock.monotonic()
    if (pause > 0) throw new Refusal('throttled', 'accounts.codeChanged', { retryAfter: Math.ceil(pause / 1000) })
    // Nothing is no guess.
    if (typed.trim() === '') throw new Refusal('invalid', 'accounts.codeMissing', { fields: { codigo: 'accounts.codeMissing' } })
    if (code !== null && sameText(readCode(typed) ?? '', code)) return
    triesLeft--
    if (triesLeft > 0) throw wrongCode('accounts.codeWrong', triesLeft)
    code = newCode()
    triesLeft = limits.claimTries
    pausedUntil = clock.monotonic() + limits.claimPause
    announce()
    throw wrongCode('accounts.codeChanged', Math.ceil(limits.claimPause / 1000))
  }

  function readForm({ usuario, nombre, clave, lugar }: ClaimForm) {
    const username = readUsername(usuario)
    const name = readName(nombre)
    const place = lugar.trim() === '' ? '' : readName(lugar, 'lugar')
    judge(clave, username)
    return { username, name, clave, lugar: place }
  }

  async function makeAdmin({ username, name, clave }: { username: string; name: string; clave: string }): Promise<UserRow> {
    const password = await passwords.hash(clave)
    const now = clock.now()
    const rest = { must_change: 0, disabled_at: null, locale: null, created_at: now, last_seen_at: now }
    return { id: newId(), username, name, role: 'administrator', password, ...rest }
  }

  async function write(admin: UserRow, place: string, from: string, alongside: readonly Compilable[]): Promise<void> {
    try {
      await database.writeAll(
        [
          expecting(store.claim(clock.now())),
          people.add(admin),
          store.keepSetting('place', place),
          ...alongside,
          audit.statement({ who: admin, what: 'accounts.claimed', target: admin, from }),
        ],
        { label: 'claim' },
      )
    } catch (error) {
      if (error instanceof UnmetExpectation && error.index === 0) throw new Refusal('conflict', 'accounts.claimedByOther')
      throw error
    }
  }

  /** It has an owner now; also called when another process made one. */
  function noticeOwner(place: string): void {
    if (isClaimed) return
    isClaimed = true
    code = null
    events.emit('box.claimed', { place })
  }

  function announce(): void {
    if (code !== null) for (const listener of listeners) listener(code)
  }

  return {
    claim,
    refuseOutside,
    noticeOwner,
    get isClaimed() {
      return isClaimed
    },
    /** Calls at once with the present code, and with each that follows it; for the console and the journal alone. */
    onCode(listener: (code: string) => void): void {
      listeners.add(listener)
      if (code !== null) listener(code)
    },
  }
}

function wrongCode(phrase: 'accounts.codeWrong' | 'accounts.codeChanged', n: number): Refusal {
  return new Refusal('forbidden', phrase, { values: { n }, fields: { codigo: phrase } })
}

/** In a time that tells nothing about how much of it was right. */
function sameText(a: string, b: string): boolean {
  return crypto.timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))
}
