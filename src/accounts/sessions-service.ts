// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, type Compilable, type Database, type Events, expecting, newToken, Refusal, sha256, UnmetExpectation } from '../core'
import { isPhone } from './devices'
import type { AccountEvents, AccountLimits, EndReason, OpenSession, Person, Session } from './model'
import type { PeopleStore } from './people-store'
import type { SessionsStore } from './sessions-store'
import type { AccountsTables, UserRow } from './tables'
import type { Purpose } from './tokens'

interface Deps {
  database: Database<AccountsTables>
  store: SessionsStore
  people: PeopleStore
  tokens: Purpose
  clock: Clock
  events: Events<AccountEvents>
  limits: Pick<AccountLimits, 'sessionsPerPerson' | 'sessionDays'>
}

interface Start {
  user: Pick<UserRow, 'id' | 'password' | 'role'>
  device: string
  ip: string
  shared: boolean
  /** The session this browser had before: it ends, so that nobody can plant one. */
  replacing: string | null
  /** Stands in the same transaction. */
  alongside: readonly Compilable[]
}

export type Sessions = ReturnType<typeof createSessions>

/** What is known of a living session, so that a request costs no query. */
interface Known {
  token: string
  session: Session
  ip: string
  /** On the line that never jumps: a living session ages by it and not by the wall. */
  seenAt: number
  writtenAt: number
}

const day = 86_400_000

export function createSessions({ database, store, people, tokens, clock, events, limits }: Deps) {
  const lifetime = limits.sessionDays * day
  const byToken = new Map<string, Known>()
  const byId = new Map<string, Known>()
  /** Ended for whoever left, and still in the database, because the disk took nothing at that moment. */
  const unwritten = new Set<string>()
  let paused: ReadonlySet<string> = new Set()
  /** Counts what was ended or changed, for those who were reading meanwhile. */
  let turns = 0

  /** The living session of a token, or null. */
  async function identify(token: string): Promise<Session | null> {
    const known = byToken.get(token)
    if (known) return use(known)
    const secret = await tokens.read(token)
    return secret === null ? null : load(sha256(secret), token)
  }

  function use(known: Known): Promise<Session | null> | Session {
    const now = clock.monotonic()
    const { id, person } = known.session
    if (now - known.seenAt > lifetime) return endAnyway({ id, user_id: person.id }, 'expired').then(() => null)
    known.seenAt = now
    return known.session
  }

  async function load(id: string, token: string): Promise<Session | null> {
    for (;;) {
      if (unwritten.has(id)) return null
      const turn = turns
      const row = await store.byId(id)
      // Something ended between the read and now: it may have been this one.
      if (turn !== turns) continue
      if (!row) return null
      if (isOver(row.last_seen_at)) return endAnyway(row, 'expired').then(() => null)
      const known = byId.get(id) ?? { token, session: sessionOf(row), ip: row.ip, seenAt: clock.monotonic(), writtenAt: -1 }
      byToken.set(token, known)
      byId.set(id, known)
      return use(known)
    }
  }

  /** Judged by the wall only where the wall can be believed, now and when it was written. */
  function isOver(lastSeenAt: number): boolean {
    return clock.trusted() && lastSeenAt > 0 && clock.now() - lastSeenAt > lifetime
  }

  /** A new session and its token. Refuses with `signed-out` when the account was paused or its password changed this very moment. */
  async function start({ user, device, ip, shared, replacing, alongside }: Start): Promise<{ id: string; token: string }> {
    const secret = newToken()
    const id = sha256(secret)
    const row = { id, user_id: user.id, created_at: clock.now(), last_seen_at: wall(), device, ip, shared: shared ? 1 : 0 }
    try {
      const [, replaced, beyond] = await database.writeAll(
        [
          expecting(store.add(row, user.password)),
          store.end(replacing ?? ''),
          store.endBeyond(user.id, limits.sessionsPerPerson),
          people.seen(user.id, clock.now()),
          ...alongside,
        ],
        // Whoever can delete must come in, also when the disk takes nothing else.
        { makesRoom: user.role === 'administrator' },
      )
      drop([...replaced, ...beyond], 'replaced')
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('signed-out', 'accounts.noMatch')
      throw error
    }
    return { id, token: await tokens.sign(secret) }
  }

  async function end(id: string, reason: EndReason, alongside: readonly Compilable[] = []): Promise<void> {
    const [ended] = await database.writeAll([store.end(id), ...alongside])
    drop(ended, reason)
  }

  /**
   * Ends it for whoever leaves, whatever the disk says: nobody stays signed in at a shared computer because a card is full. Only a restart
   * before it is written would let the cookie, which the browser no longer has, in again.
   */
  function leave({ id, person }: Session, alongside: readonly Compilable[]): Promise<void> {
    return endAnyway({ id, user_id: person.id }, 'signed-out', alongside)
  }

  /** Ends it also where nothing can be written: that is done by the next sweep, and nobody is kept from signing in anew meanwhile. */
  async function endAnyway({ id, user_id }: { id: string; user_id: string }, reason: EndReason, alongside: readonly Compilable[] = []) {
    try {
      await end(id, reason, alongside)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      unwritten.add(id)
      drop([{ id, user_id }], reason)
    }
  }

  async function writeEnds(): Promise<void> {
    const ids = [...unwritten]
    if (ids.length === 0) return
    await database.writeAll(ids.map((id) => store.end(id)))
    for (const id of ids) unwritten.delete(id)
  }

  /** After the commit: forgets them and tells those who hold their sockets. */
  function drop(ended: readonly { id: string; user_id: string }[], reason: EndReason): void {
    if (ended.length > 0) turns++
    for (const { id, user_id } of ended) {
      const known = byId.get(id)
      // Never used since the start, or dropped already: nobody here holds anything of it.
      if (!known) continue
      byToken.delete(known.token)
      byId.delete(id)
      events.emit('session.ended', { sessionId: id, userId: user_id, reason })
    }
  }

  /** After the commit: who they are now, for the next request and the next frame. */
  function adopt(user: UserRow): void {
    turns++
    const person = personOf(user)
    for (const known of byId.values()) {
      if (known.session.person.id !== user.id) continue
      known.session = { ...known.session, person, mustChange: user.must_change === 1, locale: user.locale }
    }
    events.emit('person.changed', { userId: user.id, person, disabled: user.disabled_at !== null })
  }

  /** Remembers who is paused already: only who is paused from here on has to be told of. */
  async function notePaused(): Promise<void> {
    paused = new Set(await people.paused())
  }

  /** Compares everything known with the database; for changes that another process made. */
  async function recheck(): Promise<void> {
    turns++
    // Whoever is paused may have no session here and still an upload under way with a key, or links that work.
    const now = new Set(await people.paused())
    for (const id of now) {
      const user = paused.has(id) ? null : await people.byId(id)
      if (user) adopt(user)
    }
    paused = now
    for (const ids of inGroups([...byId.keys()])) {
      const rows = new Map((await store.byIds(ids)).map((row) => [row.id, row]))
      const gone = ids.flatMap((id) => {
        const known = byId.get(id)
        return known && !rows.has(id) ? [{ id, user_id: known.session.person.id }] : []
      })
      drop(gone, 'ended')
      const changed = ids.flatMap((id) => {
        const [known, row] = [byId.get(id), rows.get(id)]
        return known && row && !Bun.deepEquals(sessionOf(row), known.session) ? [row.user_id] : []
      })
      for (const userId of new Set(changed)) {
        const user = await people.byId(userId)
        if (user) adopt(user)
      }
    }
  }

  /** Writes when sessions were last used, rarely for the card's sake, and what ended while nothing could be written. */
  async function flush(): Promise<void> {
    await writeEnds()
    const used = [...byId.values()].filter(({ seenAt, writtenAt }) => seenAt > writtenAt)
    for (const group of inGroups(used)) {
      await database.writeAll(
        group.flatMap((known) => {
          const at = wall(known.seenAt)
          const { id, person } = known.session
          return at === 0 ? [] : [store.seen(id, at, known.ip), people.seen(person.id, at)]
        }),
      )
      for (const known of group) known.writtenAt = known.seenAt
    }
  }

  /** Ends what has not been used for too long. */
  async function sweep(): Promise<void> {
    await flush()
    if (clock.trusted()) drop(await database.write(store.endUnseenSince(clock.now() - lifetime)), 'expired')
  }

  /** The wall time of a moment on the other line; 0 where the wall cannot be believed. */
  function wall(monotonic = clock.monotonic()): number {
    return clock.trusted() ? Math.round(clock.now() - (clock.monotonic() - monotonic)) : 0
  }

  async function of(userId: string, currentId: string): Promise<OpenSession[]> {
    const rows = await store.of(userId)
    return rows
      .map(({ id, device, ip, last_seen_at }) => {
        const known = byId.get(id)
        const lastSeenAt = (known && wall(known.seenAt)) || last_seen_at
        return { id, device, phone: isPhone(device), ip: known?.ip ?? ip, lastSeenAt, current: id === currentId }
      })
      .sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt - a.lastSeenAt)
  }

  return {
    identify,
    /** Whether this is the token of a session that was used since the start. */
    isKnown: (token: string) => byToken.has(token),
    start,
    end,
    leave,
    drop,
    adopt,
    notePaused,
    recheck,
    flush,
    sweep,
    of,
    /** A session as it is now, or null when it has ended: for frames of an open socket, which count as use. Known to this process only. */
    current(id: string): Session | null {
      const known = byId.get(id)
      if (known) known.seenAt = clock.monotonic()
      return known?.session ?? null
    },
  }
}

interface SessionRow {
  id: string
  user_id: string
  username: string
  name: string
  role: Person['role']
  must_change: number
  locale: 'es' | 'en' | null
}

function sessionOf({ id, user_id, username, name, role, must_change, locale }: SessionRow): Session {
  return { id, person: { id: user_id, username, name, role }, mustChange: must_change === 1, locale }
}

export function personOf({ id, username, name, role }: Pick<UserRow, 'id' | 'username' | 'name' | 'role'>): Person {
  return { id, username, name, role }
}

const groupSize = 200

function inGroups<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / groupSize) }, (_, i) => all.slice(i * groupSize, (i + 1) * groupSize))
}
