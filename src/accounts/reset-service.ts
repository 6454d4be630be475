// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, expecting, newToken, type PhraseName, Refusal, sha256, UnmetExpectation } from '../core'
import type { Changes } from './changes'
import { atTheConsole, type Person } from './model'
import { foldUsername } from './names'
import type { Judge } from './password-policy'
import type { PeopleStore } from './people-store'
import { personOf } from './sessions-service'
import type { SessionsStore } from './sessions-store'
import type { UserRow } from './tables'

interface Deps {
  people: PeopleStore
  store: SessionsStore
  changes: Changes
  judge: Judge
  clock: Clock
}

const minutes = 15

export type Resets = ReturnType<typeof createResets>

/** A way back in for whoever sits at the machine. Links are made at the console and nowhere else, and stored as hashes. */
export function createResets({ people, store, changes, judge, clock }: Deps) {
  /** For an administrator, the first one when none is named. Ends that person's sessions and earlier links. */
  async function make(username: string | null): Promise<{ person: Person; token: string; minutes: number }> {
    const user = username === null ? await people.firstAdministrator() : await people.byUsername(foldUsername(username))
    if (!user) throw new Refusal('missing', 'accounts.noSuchPerson')
    if (user.role !== 'administrator' || user.disabled_at !== null) throw new Refusal('conflict', 'accounts.notAdministrator')
    const token = newToken()
    const now = clock.now()
    await changes.change(store.addResetLink({ id: sha256(token), user_id: user.id, created_at: now, expires_at: now + minutes * 60_000 }), {
      what: 'accounts.reset-link-made',
      target: user,
      by: atTheConsole,
      before: [store.dropResetLinks(user.id)],
      ends: 'ended',
    })
    return { person: personOf(user), token, minutes }
  }

  /** Whose link it is; used, expired and invented ones are all `missing`. */
  async function read(token: string): Promise<Person> {
    const link = token.length > 100 ? undefined : await store.resetLink(sha256(token))
    const now = clock.now()
    // A clock that was set back must not make an old link young again.
    if (!link || now < link.created_at - clockTolerance || now >= link.expires_at) throw new Refusal('missing', 'accounts.resetLinkGone')
    return { id: link.user_id, username: link.username, name: link.name, role: link.role }
  }

  /** Sets the password and answers the account. Of two at once one wins; the other finds it `missing`. */
  async function follow(token: string, { nueva, repite }: { nueva: string; repite: string }, from: string): Promise<UserRow> {
    const person = await read(token)
    judge(nueva, person.username, 'nueva')
    const differs: PhraseName = 'accounts.repeatDiffers'
    if (nueva !== repite) throw new Refusal('invalid', differs, { fields: { repite: differs } })
    try {
      await changes.replacePassword(await changes.find(person.id), nueva, {
        what: 'accounts.reset-link-used',
        by: { who: person, from },
        mustChange: false,
        before: [expecting(store.useResetLink(sha256(token)))],
      })
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('missing', 'accounts.resetLinkGone')
      throw error
    }
    return changes.find(person.id)
  }

  return { make, read, follow }
}

/** Two processes read the same clock a moment apart. */
const clockTolerance = 1_000
