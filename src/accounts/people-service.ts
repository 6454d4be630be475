// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, newId, Refusal, UniqueViolation } from '../core'
import type { Changes } from './changes'
import type { Account, Actor, Person, Role } from './model'
import { foldUsername, readName, readUsername } from './names'
import { type Judge, temporaryPassword } from './password-policy'
import type { Passwords } from './passwords'
import type { PeopleStore } from './people-store'
import { personOf } from './sessions-service'
import type { UserRow } from './tables'

interface Deps {
  people: PeopleStore
  changes: Changes
  passwords: Passwords
  judge: Judge
  clock: Clock
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
export function createPeople({ people, changes, passwords, judge, clock }: Deps) {
  const { change, guarded, replacePassword, find } = changes

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
    const detail = { from: user.role, to: role }
    return guarded(people.changeRole(id, role), { what: 'accounts.role-changed', target: user, by, detail })
  }

  /** A paused account: its sessions end, and it lets nobody in. Refuses with `conflict` where nobody would be left to run the house. */
  async function setDisabled(id: string, disabled: boolean, by: Actor): Promise<Person> {
    const target = await find(id)
    return disabled
      ? guarded(people.disable(id, clock.now()), { what: 'accounts.paused', target, by, ends: 'disabled' })
      : guarded(people.enable(id), { what: 'accounts.reactivated', target, by })
  }

  /** A password to hand over in person, shown once, to be changed at the next sign-in. All sessions of that person end. */
  async function resetPassword(id: string, by: Actor): Promise<{ person: Person; password: string }> {
    const password = temporaryPassword()
    const person = await replacePassword(await find(id), password, { by, mustChange: true, what: 'accounts.password-reset' })
    return { person, password }
  }

  async function endSessions(id: string, by: Actor): Promise<Person> {
    const target = await find(id)
    await change(null, { what: 'accounts.sessions-ended', target, by, ends: 'ended' })
    return personOf(target)
  }

  async function newUser(given: { username: string; name: string; role: Role; password: string; mustChange: boolean }): Promise<UserRow> {
    const { username, name, role, mustChange } = given
    const password = await passwords.hash(given.password)
    const rest = { disabled_at: null, locale: null, created_at: clock.now(), last_seen_at: null }
    return { id: newId(), username, name, role, password, must_change: mustChange ? 1 : 0, ...rest }
  }

  async function findByUsername(typed: string): Promise<Person> {
    const user = await people.byUsername(foldUsername(typed))
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    return personOf(user)
  }

  return {
    list,
    /** One of the list; undefined for nobody. */
    account: async (id: string): Promise<Account | undefined> => (await people.page({ search: '', limit: 1, offset: 0, id }))[0],
    find: async (id: string): Promise<Person> => personOf(await find(id)),
    /** Those of these who exist. */
    findAll: async (ids: readonly string[]): Promise<Person[]> => (await people.byIds(ids)).map(personOf),
    isActive: async (id: string): Promise<boolean> => (await people.byId(id))?.disabled_at === null,
    /** Whether what this person shared still counts: an active account that may bring files. */
    async mayShare(id: string): Promise<boolean> {
      const user = await people.byId(id)
      return user !== undefined && user.disabled_at === null && user.role !== 'usuario'
    },
    findByUsername,
    create,
    setRole,
    setDisabled,
    resetPassword,
    endSessions,
    /** A row as it would be stored, its password not judged: the demo's are public. */
    newUser,
  }
}
