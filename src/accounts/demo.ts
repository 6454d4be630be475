// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Database, expecting } from '../core'
import type { Claims } from './claim-service'
import type { Person, Role } from './model'
import type { People } from './people-service'
import type { PeopleStore } from './people-store'
import { personOf } from './sessions-service'
import type { SessionsStore } from './sessions-store'
import type { AccountsTables, UserRow } from './tables'

interface Deps {
  database: Database<AccountsTables>
  store: SessionsStore
  people: PeopleStore
  newUser: People['newUser']
  audit: Audit
  clock: Clock
  claims: Claims
}

/** The three accounts of the original. Their passwords are public: that is why they exist in a demo only. */
export const demoAccounts: readonly { username: string; password: string; name: string; role: Role }[] = [
  { username: 'admin', password: 'admin123', name: 'Ana Torres', role: 'administrator' },
  { username: 'cliente', password: 'cliente123', name: 'Beto Molina', role: 'cliente' },
  { username: 'usuario', password: 'usuario123', name: 'Carla Ríos', role: 'usuario' },
]

const demoPlace = 'Estudio Jacaranda'

/** On empty data: the three accounts, an owner, and the mark that makes `pichat serve` refuse the folder. On a demo's data: nothing. */
export async function seedDemoAccounts({ database, store, people, newUser, audit, clock, claims }: Deps): Promise<Person[]> {
  if (!claims.isClaimed) {
    const users: UserRow[] = []
    // One after the other: a setting may allow a single hash at once and no queue.
    for (const account of demoAccounts) users.push(await newUser({ ...account, mustChange: false }))
    await database.writeAll([
      expecting(store.claim(clock.now())),
      ...users.map((user) => people.add(user)),
      store.keepSetting('place', demoPlace),
      store.keepSetting('demo', '1'),
      audit.statement({ what: 'accounts.demo-seeded' }),
    ])
    claims.noticeOwner(demoPlace)
  }
  const seeded = await Promise.all(demoAccounts.map(({ username }) => people.byUsername(username)))
  return seeded.flatMap((user) => (user ? [personOf(user)] : []))
}
