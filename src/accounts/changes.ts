// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Compilable, type Database, expecting, type Guarded, Refusal, UnmetExpectation } from '../core'
import type { Actor, EndReason, Person } from './model'
import type { Passwords } from './passwords'
import type { PeopleStore } from './people-store'
import { personOf, type Sessions } from './sessions-service'
import type { SessionsStore } from './sessions-store'
import type { AccountsTables, UserRow } from './tables'

interface Deps {
  database: Database<AccountsTables>
  store: SessionsStore
  people: PeopleStore
  sessions: Sessions
  passwords: Passwords
  audit: Audit
}

export interface Change {
  /** For the audit log. */
  what: string
  target: { id: string; name: string }
  by: Actor
  detail?: Record<string, string>
  /** Why all sessions of that person end, if they do. */
  ends?: EndReason
  /** The session that stays. */
  keep?: string
  /** Stands first in the transaction. */
  before?: readonly (Compilable | Guarded)[]
}

export type Changes = ReturnType<typeof createChanges>

/** How anything about a person changes: one transaction with its line in the audit log, then memory and open sockets hear of it. */
export function createChanges({ database, store, people, sessions, passwords, audit }: Deps) {
  const underWay = new Set<Promise<unknown>>()

  /** What is changed, the sessions it ends, its line in the audit log, and the sign for other processes: all or nothing. */
  async function change(statement: Compilable | Guarded | null, about: Change): Promise<number> {
    const work = commit(statement, about)
    underWay.add(work)
    try {
      return await work
    } finally {
      underWay.delete(work)
    }
  }

  async function commit(
    statement: Compilable | Guarded | null,
    { what, target, by, detail, ends, keep, before = [] }: Change,
  ): Promise<number> {
    const written = await database.writeAll([
      ...before,
      ...(statement ? [statement] : []),
      store.changed(),
      audit.statement({ who: by.who, what, target, from: by.from, ...(detail ? { detail } : {}) }),
      // Last, so that its rows are the last result; without a reason it ends nobody's.
      store.endAll(ends ? target.id : '', keep),
    ])
    const ended = written.at(-1) as unknown as { id: string; user_id: string }[]
    if (ends) sessions.drop(ended, ends)
    return ended.length
  }

  /** The statement itself refuses to take the last administrator away, so that no two of them can do it to each other at once. */
  async function guarded(statement: Compilable, about: Change): Promise<Person> {
    try {
      await change(expecting(statement), about)
    } catch (error) {
      if (!(error instanceof UnmetExpectation)) throw error
      await find(about.target.id)
      throw new Refusal('conflict', 'accounts.lastAdministrator')
    }
    return adopt(about.target.id)
  }

  async function replacePassword(
    user: UserRow,
    password: string,
    { mustChange, ...about }: Omit<Change, 'target' | 'ends'> & { mustChange: boolean },
  ): Promise<Person> {
    const hashed = await passwords.hash(password)
    await change(people.setPassword(user.id, hashed, mustChange), { ...about, target: user, ends: 'password' })
    return adopt(user.id)
  }

  /** By its owner, who was asked for the one of this row: false when that is another by now. */
  async function exchangePassword(user: UserRow, password: string, about: Omit<Change, 'target' | 'ends'>): Promise<boolean> {
    const hashed = await passwords.hash(password)
    try {
      const statement = expecting(people.exchangePassword(user.id, user.password, hashed))
      await change(statement, { ...about, target: user, ends: 'password' })
    } catch (error) {
      if (error instanceof UnmetExpectation) return false
      throw error
    }
    await adopt(user.id)
    return true
  }

  /** Who they are now, for everything that holds a session of theirs. */
  async function adopt(id: string): Promise<Person> {
    const user = await find(id)
    sessions.adopt(user)
    return personOf(user)
  }

  async function find(id: string): Promise<UserRow> {
    const user = await people.byId(id)
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    return user
  }

  /** Until what this process is changing has been heard of here: it knows better why a session ended than whoever finds it gone. */
  async function settled(): Promise<void> {
    await Promise.allSettled([...underWay])
  }

  return { change, guarded, replacePassword, exchangePassword, adopt, find, settled }
}
