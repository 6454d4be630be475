// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, newToken, type PhraseName, Refusal, sha256 } from '../core'
import { deviceOf } from './devices'
import type { AccountLimits, Person, Session } from './model'
import { foldUsername } from './names'
import type { Passwords } from './passwords'
import type { PeopleStore } from './people-store'
import { personOf, type Sessions } from './sessions-service'
import type { UserRow } from './tables'
import type { Throttle } from './throttle'
import type { Purpose } from './tokens'

interface Deps {
  people: PeopleStore
  sessions: Sessions
  passwords: Passwords
  throttle: Throttle
  devices: Purpose
  audit: Audit
  limits: Pick<AccountLimits, 'passwordMaximum'>
}

/** The browser at the door. */
export interface Browser {
  /** Of the socket, never of a header: those are written by whoever asks. */
  ip: string
  userAgent: string
  /** Its device token, if it says it has been in before. */
  device: string | null
  session: Session | null
}

export interface SignedIn {
  person: Person
  mustChange: boolean
  /** For the cookie. */
  token: string
  /** For the cookie that says this browser has been in before; null on a shared computer. */
  device: string | null
}

export type SignIn = ReturnType<typeof createSignIn>

export function createSignIn({ people, sessions, passwords, throttle, devices, audit, limits }: Deps) {
  /**
   * Refuses with `invalid` (something is missing), `signed-out` (unknown or wrong: nobody learns which), `forbidden` (the account is
   * paused, said only to who knows the password), `throttled` and `busy`.
   */
  async function signIn(given: { usuario: string; clave: string; shared: boolean }, browser: Browser): Promise<SignedIn> {
    refuseEmpty(given)
    const username = foldUsername(given.usuario)
    const user = await people.byUsername(username)
    if (!(await isRight(user, username, given.clave, browser))) throw new Refusal('signed-out', 'accounts.noMatch')
    if (!user) throw new Refusal('signed-out', 'accounts.noMatch')
    if (user.disabled_at !== null) throw await refusePaused(user, browser)
    return enter(user, browser, { shared: given.shared })
  }

  /** Compares a password under the same throttle as at the door; for what a signed-in person has to confirm. */
  async function confirm(user: UserRow, clave: string, browser: Browser): Promise<boolean> {
    return isRight(user, user.username, clave, browser)
  }

  async function isRight(user: UserRow | undefined, username: string, clave: string, browser: Browser): Promise<boolean> {
    const attempt = throttle.admit({ ip: browser.ip, username, device: await knownDevice(browser, user) })
    const right = await compare(user, clave).catch((error: unknown) => {
      attempt.void()
      throw error
    })
    if (right) attempt.right()
    else {
      attempt.wrong()
      await recordWrong(user, browser)
    }
    return right
  }

  async function compare(user: UserRow | undefined, clave: string): Promise<boolean> {
    // Counted as it was when it was chosen: keyboards that compose accents send two signs for one.
    return [...clave.normalize('NFC')].length <= limits.passwordMaximum && (await passwords.matches(clave, user?.password ?? null))
  }

  async function enter(user: UserRow, browser: Browser, { shared = false } = {}): Promise<SignedIn> {
    const { token } = await sessions.start({
      user,
      device: deviceOf(browser.userAgent),
      ip: browser.ip,
      shared,
      replacing: browser.session?.id ?? null,
      alongside: [audit.statement({ who: user, what: 'accounts.signed-in', from: browser.ip, detail: { shared } })],
    })
    const device = shared ? null : await remember(user)
    return { person: personOf(user), mustChange: user.must_change === 1, token, device }
  }

  async function signOut(session: Session, ip: string): Promise<void> {
    await sessions.leave(session, [audit.statement({ who: session.person, what: 'accounts.signed-out', from: ip })])
  }

  /** The name of this browser, when it has been in with this very account and password. */
  async function knownDevice({ device }: Browser, user: UserRow | undefined): Promise<string | null> {
    if (!device || !user) return null
    const said = await devices.read(device)
    return said?.startsWith(`${ownerOf(user)}.`) ? said : null
  }

  function remember(user: UserRow): Promise<string> {
    return devices.sign(`${ownerOf(user)}.${newToken(16)}`)
  }

  /** The same browser with the password its person has just chosen; null when it was not known before. */
  async function rememberAgain(browser: Browser, before: UserRow, after: UserRow): Promise<string | null> {
    return (await knownDevice(browser, before)) === null ? null : remember(after)
  }

  /** Never the name that was typed: people type their password into the wrong field. */
  async function recordWrong(user: UserRow | undefined, { ip }: Browser): Promise<void> {
    await audit.record({ what: 'accounts.sign-in', target: user ? { id: user.id, name: user.name } : null, from: ip, result: 'refused' })
  }

  async function refusePaused(user: UserRow, { ip }: Browser): Promise<Refusal> {
    await audit.record({
      what: 'accounts.sign-in',
      target: { id: user.id, name: user.name },
      from: ip,
      result: 'refused',
      detail: { paused: true },
    })
    return new Refusal('forbidden', 'accounts.paused')
  }

  return { signIn, signOut, enter, confirm, rememberAgain }
}

/** A browser's privilege is of a password: whoever had the old one, and collected cookies with it, guesses the new one like everybody else. */
function ownerOf({ id, password }: UserRow): string {
  return `${id}.${sha256(password).slice(0, 16)}`
}

function refuseEmpty({ usuario, clave }: { usuario: string; clave: string }): void {
  const fields: Record<string, PhraseName> = {}
  if (usuario.trim() === '') fields.usuario = 'accounts.usernameMissing'
  if (clave === '') fields.clave = 'accounts.passwordMissing'
  const [first] = Object.values(fields)
  if (first) throw new Refusal('invalid', first, { fields })
}
