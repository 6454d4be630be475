// SPDX-License-Identifier: GPL-3.0-or-later
import {
  type Audit,
  type Clock,
  type Compilable,
  type Database,
  expecting,
  newId,
  newToken,
  Refusal,
  sha256,
  UniqueViolation,
  UnmetExpectation,
} from '../core'
import type { Account, AccountLimits, Actor, EndReason, Person, Role } from './model'
import { readName, readUsername } from './names'
import { judgePassword, temporaryPassword } from './password-policy'
import type { Passwords } from './passwords'
import type { PeopleStore } from './people-store'
import { personOf, type Sessions } from './sessions-service'
import type { SessionsStore } from './sessions-store'
import type { AccountsTables, UsersTable } from './tables'

interface Deps {
  database: Database<AccountsTables>
  store: SessionsStore
  people: PeopleStore
  sessions: Sessions
  passwords: Passwords
  audit: Audit
  clock: Clock
  limits: Pick<AccountLimits, 'passwordMinimum' | 'passwordMaximum'>
}

export interface NewPerson {
  usuario: string
  nombre: string
  role: Role
  /** Chosen by whoever makes the account, judged like any; left out, one is made up that has to be changed at once. */
  clave?: string
}

export type People = ReturnType<typeof createPeople>

/** What those who run the house do with accounts, in a browser or at the console. Each leaves its line in the audit log, or nothing at all. */
export function createPeople({ database, store, people, sessions, passwords, audit, clock, limits }: Deps) {
  async function list({ search = '', limit = 100, offset = 0 } = {}): Promise<{ people: Account[]; total: number }> {
    const wanted = search.trim().slice(0, 100)
    return { people: await people.page({ search: wanted, limit, offset }), total: await people.count(wanted) }
  }

  /** Refuses with `invalid`, and with `conflict` when the user name is taken. The password is shown once and kept nowhere. */
  async function create({ usuario, nombre, role, clave }: NewPerson, by: Actor): Promise<{ person: Person; password: string | null }> {
    const username = readUsername(usuario)
    const name = readName(nombre)
    if (clave !== undefined) judge(clave, username)
    const password = clave ?? temporaryPassword()
    const user = await newUser({ username, name, role, password, mustChange: clave === undefined })
    try {
      await change(people.add(user), { what: 'accounts.created', target: user, by, detail: { role } })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      throw new Refusal('conflict', 'accounts.usernameTaken', { fields: { usuario: 'accounts.usernameTaken' } })
    }
    return { person: personOf(user), password: clave === undefined ? password : null }
  }

  /** Refuses with `conflict` where nobody would be left to run the house. */
  async function setRole(id: string, role: Role, by: Actor): Promise<Person> {
    const user = await find(id)
    await guarded(people.changeRole(id, role), { what: 'accounts.role-changed', target: user, by, detail: { from: user.role, to: role } })
    return adopt(id)
  }

  /** A paused account: its sessions end, and it lets nobody in. Refuses with `conflict` where nobody would be left to run the house. */
  async function setDisabled(id: string, disabled: boolean, by: Actor): Promise<Person> {
    const user = await find(id)
    const target = { target: user, by }
    if (disabled) await guarded(people.disable(id, clock.now()), { what: 'accounts.paused', ...target, ends: 'disabled' })
    else await guarded(people.enable(id), { what: 'accounts.reactivated', ...target })
    return adopt(id)
  }

  /** A password to hand over in person, shown once, to be changed at the next sign-in. All sessions of that person end. */
  async function resetPassword(id: string, by: Actor): Promise<{ person: Person; password: string }> {
    const password = temporaryPassword()
    return { person: await replacePassword(await find(id), password, { by, mustChange: true, what: 'accounts.password-reset' }), password }
  }

  /** A password typed at the console. Refuses with `invalid` what nobody should have. */
  async function setPassword(id: string, password: string, by: Actor): Promise<Person> {
    const user = await find(id)
    judge(password, user.username)
    return replacePassword(user, password, { by, mustChange: false, what: 'accounts.password-set' })
  }

  async function endSessions(id: string, by: Actor): Promise<Person> {
    const user = await find(id)
    await change(null, { what: 'accounts.sessions-ended', target: user, by, ends: 'ended' })
    return personOf(user)
  }

  /** Own name. */
  async function rename(id: string, typed: string, by: Actor): Promise<Person> {
    const name = readName(typed)
    const user = await find(id)
    if (name === user.name) return personOf(user)
    await guarded(people.rename(id, name), { what: 'accounts.renamed', target: user, by })
    return adopt(id)
  }

  async function setLocale(id: string, locale: 'es' | 'en'): Promise<void> {
    await database.write(people.setLocale(id, locale))
    await adopt(id)
  }

  /** Own password, already confirmed: every other session ends. */
  async function changePassword(
    id: string,
    { password, keep, field }: { password: string; keep: string; field: string },
    by: Actor,
  ): Promise<void> {
    const user = await find(id)
    judge(password, user.username, field)
    await replacePassword(user, password, { by, mustChange: false, what: 'accounts.password-changed', keep })
  }

  /** A way back in for whoever sits at the machine: a link that works once, for a quarter of an hour. That person's sessions end. */
  async function makeResetLink(username: string | null): Promise<{ person: Person; token: string; minutes: number }> {
    const user = username === null ? await people.firstAdministrator() : await people.byUsername(readUsername(username))
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    if (user.role !== 'administrator' || user.disabled_at !== null) throw new Refusal('conflict', 'accounts.notAdministrator')
    const token = newToken()
    const link = { id: sha256(token), user_id: user.id, created_at: clock.now(), expires_at: clock.now() + resetMinutes * 60_000 }
    await change(store.addResetLink(link), {
      before: [store.dropResetLinks(user.id)],
      what: 'accounts.reset-link-made',
      target: user,
      by: { who: null, from: null },
      ends: 'ended',
    })
    return { person: personOf(user), token, minutes: resetMinutes }
  }

  /** Whose link it is, or `missing`. */
  async function readResetLink(token: string): Promise<Person> {
    const link = token.length > 100 ? undefined : await store.resetLink(sha256(token))
    const now = clock.now()
    // A clock that was set back must not make an old link young again.
    if (!link || now < link.created_at - 1_000 || now >= link.expires_at) throw new Refusal('missing', 'accounts.resetLinkGone')
    return { id: link.user_id, username: link.username, name: link.name, role: link.role }
  }

  /** Sets the password the link was made for. Of two at once one wins; the other finds it `missing`. */
  async function followResetLink(token: string, password: string, from: string): Promise<UsersTable> {
    const { id, username } = await readResetLink(token)
    judge(password, username, 'nueva')
    const user = await find(id)
    try {
      await replacePassword(user, password, {
        by: { who: user, from },
        mustChange: false,
        what: 'accounts.reset-link-used',
        before: [expecting(store.useResetLink(sha256(token)))],
      })
    } catch (error) {
      if (error instanceof UnmetExpectation && error.index === 0) throw new Refusal('missing', 'accounts.resetLinkGone')
      throw error
    }
    return find(id)
  }

  interface Change {
    what: string
    target: { id: string; name: string }
    by: Actor
    detail?: Record<string, string>
    /** Why all sessions of that person end, if they do. */
    ends?: EndReason
    /** The session that stays. */
    keep?: string
    before?: readonly (Compilable | ReturnType<typeof expecting>)[]
  }

  /** One transaction: what is changed, the sessions it ends, its line in the audit log, and the sign for other processes. */
  async function change(
    statement: Compilable | ReturnType<typeof expecting> | null,
    { what, target, by, detail, ends, keep, before = [] }: Change,
  ) {
    const line = audit.statement({ who: by.who, what, target, from: by.from, ...(detail ? { detail } : {}) })
    const written = await database.writeAll([
      ...before,
      ...(statement ? [statement] : []),
      store.changed(),
      line,
      ...(ends ? [store.endAll(target.id, keep)] : []),
    ])
    const ended = ends ? (written.at(-1) as unknown as { id: string; user_id: string }[]) : []
    if (ends) sessions.drop(ended, ends)
    return ended
  }

  /** The statement itself refuses to take the last administrator away, so that no two of them can do it to each other at once. */
  async function guarded(statement: Compilable, about: Change): Promise<void> {
    try {
      await change(expecting(statement), about)
    } catch (error) {
      if (!(error instanceof UnmetExpectation)) throw error
      await find(about.target.id)
      throw new Refusal('conflict', 'accounts.lastAdministrator')
    }
  }

  async function replacePassword(
    user: UsersTable,
    password: string,
    { mustChange, ...about }: Omit<Change, 'target'> & { mustChange: boolean },
  ): Promise<Person> {
    const hashed = await passwords.hash(password)
    await change(people.setPassword(user.id, hashed, mustChange), { ...about, target: user, ends: 'password' })
    return adopt(user.id)
  }

  async function adopt(id: string): Promise<Person> {
    const user = await find(id)
    sessions.adopt(user)
    return personOf(user)
  }

  async function newUser(given: {
    username: string
    name: string
    role: Role
    password: string
    mustChange: boolean
  }): Promise<UsersTable> {
    const { username, name, role, mustChange } = given
    const password = await passwords.hash(given.password)
    const rest = { disabled_at: null, locale: null, created_at: clock.now(), last_seen_at: null }
    return { id: newId(), username, name, role, password, must_change: mustChange ? 1 : 0, ...rest }
  }

  function judge(password: string, username: string, field?: string): void {
    judgePassword({ password, username, minimum: limits.passwordMinimum, maximum: limits.passwordMaximum, ...(field ? { field } : {}) })
  }

  async function find(id: string): Promise<UsersTable> {
    const user = await people.byId(id)
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    return user
  }

  async function findByUsername(username: string): Promise<Person> {
    const user = await people.byUsername(username.trim().toLowerCase())
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    return personOf(user)
  }

  return {
    list,
    find: async (id: string): Promise<Person> => personOf(await find(id)),
    findByUsername,
    create,
    setRole,
    setDisabled,
    resetPassword,
    setPassword,
    endSessions,
    rename,
    setLocale,
    changePassword,
    makeResetLink,
    readResetLink,
    followResetLink,
    newUser,
    findRow: find,
  }
}

const resetMinutes = 15
