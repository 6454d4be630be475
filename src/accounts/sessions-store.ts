// SPDX-License-Identifier: GPL-3.0-or-later
import { sql } from 'kysely'
import { type Database, first, prepared } from '../core'
import type { AccountsTables } from './tables'

export type SessionsStore = ReturnType<typeof createSessionsStore>

interface NewSession {
  id: string
  user_id: string
  created_at: number
  last_seen_at: number
  device: string
  ip: string
  shared: number
}

/** SQL about sessions and what two processes have to agree on. */
export function createSessionsStore({ read }: Database<AccountsTables>) {
  /** Sessions whose person may be in, with what a request needs to know of both. */
  const living = () =>
    read
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .where('users.disabled_at', 'is', null)
      .select(['sessions.id', 'sessions.user_id', 'sessions.last_seen_at', 'sessions.ip'])
      .select(['users.username', 'users.name', 'users.role', 'users.must_change', 'users.locale'])

  const livingOne = prepared(['id'], ({ id }) => living().where('sessions.id', '=', id))

  // What every sign-in does: building it anew costs as much as everything else about it but the password.
  const addition = prepared(
    ['id', 'userId', 'createdAt', 'seenAt', 'device', 'ip', 'shared', 'password'],
    ({ id, userId, createdAt, seenAt, device, ip, shared, password }) =>
      read
        .insertInto('sessions')
        .columns(['id', 'user_id', 'created_at', 'last_seen_at', 'device', 'ip', 'shared'])
        .expression(({ selectFrom, val }) =>
          selectFrom('users')
            .where('id', '=', userId)
            .where('disabled_at', 'is', null)
            .where('password', '=', password)
            .select([
              val<string>(id).as('id'),
              'users.id as user_id',
              val<number>(createdAt).as('created_at'),
              val<number>(seenAt).as('last_seen_at'),
              val<string>(device).as('device'),
              val<string>(ip).as('ip'),
              val<number>(shared).as('shared'),
            ]),
        ),
  )
  const ending = prepared(['id'], ({ id }) => read.deleteFrom('sessions').where('id', '=', id).returning(['id', 'user_id']))
  const endingBeyond = prepared(['userId', 'most'], ({ userId, most }) =>
    read
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('n', 'in', read.selectFrom('sessions').select('n').where('user_id', '=', userId).orderBy('n', 'desc').limit(-1).offset(most))
      .returning(['id', 'user_id']),
  )

  return {
    byId: (id: string) => first(read, livingOne({ id })),
    byIds: (ids: readonly string[]) => living().where('sessions.id', 'in', ids).execute(),
    of: (userId: string) => read.selectFrom('sessions').selectAll().where('user_id', '=', userId).orderBy('n', 'desc').execute(),
    /** Changes nothing when the account is paused, or has another password than the one that was compared. */
    add: ({ id, user_id, created_at, last_seen_at, device, ip, shared }: NewSession, password: string) =>
      addition({ id, userId: user_id, createdAt: created_at, seenAt: last_seen_at, device, ip, shared, password }),
    /** The oldest ones beyond so many. */
    endBeyond: (userId: string, most: number) => endingBeyond({ userId, most }),
    end: (id: string) => ending({ id }),
    endAll: (userId: string, except = '') =>
      read.deleteFrom('sessions').where('user_id', '=', userId).where('id', '<>', except).returning(['id', 'user_id']),
    endUnseenSince: (time: number) =>
      read.deleteFrom('sessions').where('last_seen_at', '>', 0).where('last_seen_at', '<', time).returning(['id', 'user_id']),
    seen: (id: string, at: number, ip: string) => read.updateTable('sessions').set({ last_seen_at: at, ip }).where('id', '=', id),
    state: () => read.selectFrom('accounts_state').select(['claimed_at', 'revision']).executeTakeFirstOrThrow(),
    setting: async (name: string) =>
      (await read.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst())?.value ?? null,
    keepSetting: (name: string, value: string) =>
      read
        .insertInto('settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value })),
    changed: () => read.updateTable('accounts_state').set({ revision: sql<number>`revision + 1` }),
    /** Changes nothing when somebody was quicker. */
    claim: (at: number) =>
      read.updateTable('accounts_state').set({ claimed_at: at, revision: sql<number>`revision + 1` }).where('claimed_at', 'is', null),
    addResetLink: (link: AccountsTables['reset_links']) => read.insertInto('reset_links').values(link),
    resetLink: (id: string) =>
      read
        .selectFrom('reset_links')
        .innerJoin('users', 'users.id', 'reset_links.user_id')
        .where('reset_links.id', '=', id)
        .where('users.disabled_at', 'is', null)
        .select(['reset_links.created_at', 'reset_links.expires_at', 'users.id as user_id', 'users.username', 'users.name', 'users.role'])
        .executeTakeFirst(),
    useResetLink: (id: string) => read.deleteFrom('reset_links').where('id', '=', id),
    dropResetLinks: (userId: string) => read.deleteFrom('reset_links').where('user_id', '=', userId),
  }
}
