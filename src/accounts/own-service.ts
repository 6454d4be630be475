// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type PhraseName, Refusal } from '../core'
import type { Changes } from './changes'
import type { Actor, OpenSession, Person, Session } from './model'
import { readName } from './names'
import type { Judge } from './password-policy'
import type { PeopleStore } from './people-store'
import { personOf, type Sessions } from './sessions-service'
import type { Browser, SignIn } from './sign-in-service'

interface Deps {
  people: PeopleStore
  sessions: Sessions
  entrance: SignIn
  changes: Changes
  judge: Judge
  audit: Audit
}

export interface PasswordForm {
  actual: string
  nueva: string
  repite: string
}

export type Own = ReturnType<typeof createOwn>

/** What everybody may do with their own account. */
export function createOwn({ people, sessions, entrance, changes, judge, audit }: Deps) {
  async function rename({ person }: Session, typed: string, from: string): Promise<Person> {
    const name = readName(typed)
    const user = await changes.find(person.id)
    if (name === user.name) return personOf(user)
    // Namesakes are for an administrator to make: nobody takes somebody else's name in the middle of a conversation.
    if (await people.isTaken(name, person.id))
      throw new Refusal('conflict', 'accounts.nameTaken', { fields: { nombre: 'accounts.nameTaken' } })
    return changes.guarded(people.rename(user, name), { what: 'accounts.renamed', target: user, by: actor(person, from) })
  }

  async function setLocale({ person }: Session, locale: 'es' | 'en', from: string): Promise<void> {
    const by = actor(person, from)
    await changes.guarded(people.setLocale(person.id, locale), { what: 'accounts.language-chosen', target: person, by, detail: { locale } })
  }

  /**
   * Every other session ends, this one stays. Answers what its browser's device cookie says from now on, null where it has none. Refuses with
   * `invalid`, and like the door with `throttled` and `busy`.
   */
  async function changePassword(session: Session, { actual, nueva, repite }: PasswordForm, browser: Browser): Promise<string | null> {
    const { person } = session
    if (actual === '') throw beside('actual', 'accounts.passwordMissing')
    judge(nueva, person.username, 'nueva')
    if (nueva !== repite) throw beside('repite', 'accounts.repeatDiffers')
    const user = await changes.find(person.id)
    if (!(await entrance.confirm(user, actual, browser))) throw beside('actual', 'accounts.currentWrong')
    if (nueva.normalize('NFC') === actual.normalize('NFC')) throw beside('nueva', 'accounts.passwordSame')
    const about = { what: 'accounts.password-changed', by: actor(person, browser.ip), keep: session.id }
    // While the new one was computed somebody may have been given another: that one holds, whoever knew the old one.
    if (!(await changes.exchangePassword(user, nueva, about))) throw beside('actual', 'accounts.currentWrong')
    return entrance.rememberAgain(browser, user, await changes.find(person.id))
  }

  function openSessions(session: Session): Promise<OpenSession[]> {
    return sessions.of(session.person.id, session.id)
  }

  /** One of one's own; somebody else's is `missing`. */
  async function endSession({ person }: Session, id: string, from: string): Promise<string> {
    const mine = (await sessions.of(person.id, '')).find((session) => session.id === id)
    if (!mine) throw new Refusal('missing', 'errors.missing')
    const { device } = mine
    await sessions.end(id, 'ended', [audit.statement({ who: person, what: 'accounts.session-ended', from, detail: { device } })])
    return device
  }

  function endOtherSessions({ id, person }: Session, from: string): Promise<number> {
    const by = actor(person, from)
    return changes.change(null, { what: 'accounts.sessions-ended', target: person, by, ends: 'ended', keep: id })
  }

  return { rename, setLocale, changePassword, openSessions, endSession, endOtherSessions }
}

function actor(who: Person, from: string): Actor {
  return { who, from }
}

function beside(field: string, phrase: PhraseName): Refusal {
  return new Refusal('invalid', phrase, { fields: { [field]: phrase } })
}
