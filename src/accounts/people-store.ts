// SPDX-License-Identifier: GPL-3.0-or-later
import { sql } from 'kysely'
import { type Database, first, prepared } from '../core'
import type { Account, Role } from './model'
import { foldForSearch, foldName } from './names'
import type { AccountsTables, UserRow } from './tables'

export type PeopleStore = ReturnType<typeof createPeopleStore>

interface Page {
  search: string
  limit: number
  offset: number
  /** This one alone. */
  id?: string
}

/** SQL about people. Statements for the service to put together, and reads. */
export function createPeopleStore({ read }: Database<AccountsTables>) {
  /** Somebody else who runs the house: as long as there is one, this one may go. */
  const anotherAdministrator = (id: string) =>
    sql<boolean>`EXISTS (SELECT 1 FROM users AS other WHERE other.role = 'administrator' AND other.disabled_at IS NULL AND other.id <> ${id})`
  const isNoActiveAdministrator = sql<boolean>`(role <> 'administrator' OR disabled_at IS NOT NULL)`

  const named = prepared(['username'], ({ username }) => read.selectFrom('users').selectAll().where('username', '=', username))
  const numbered = prepared(['id'], ({ id }) => read.selectFrom('users').selectAll().where('id', '=', id))
  const seeing = prepared(['id', 'at'], ({ id, at }) => read.updateTable('users').set({ last_seen_at: at }).where('id', '=', id))

  return {
    byUsername: (username: string) => first(read, named({ username })),
    byId: (id: string) => first(read, numbered({ id })),
    byIds: (ids: readonly string[]) => (ids.length === 0 ? [] : read.selectFrom('users').selectAll().where('id', 'in', ids).execute()),
    /** Whether somebody else goes by this name, or signs in with it. There are as many people as one house has. */
    async isTaken(name: string, except: string): Promise<boolean> {
      const wanted = foldName(name)
      const others = await read.selectFrom('users').select(['name', 'username']).where('id', '<>', except).execute()
      return others.some((other) => other.username === wanted || foldName(other.name) === wanted)
    },
    /** Ids of the accounts that are paused. */
    paused: async () => (await read.selectFrom('users').select('id').where('disabled_at', 'is not', null).execute()).map(({ id }) => id),
    firstAdministrator: () =>
      read
        .selectFrom('users')
        .selectAll()
        .where('role', '=', 'administrator')
        .where('disabled_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .executeTakeFirst(),
    async page({ search, limit, offset, id }: Page): Promise<Account[]> {
      const found = matching(search)
      const rows = await (id === undefined ? found : found.where('id', '=', id))
        .select(['id', 'username', 'name', 'role', 'must_change', 'disabled_at', 'created_at', 'last_seen_at'])
        .select(({ selectFrom, fn }) =>
          selectFrom('sessions').whereRef('sessions.user_id', '=', 'users.id').select(fn.countAll<number>().as('n')).as('sessions'),
        )
        .orderBy('name')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        username: row.username,
        name: row.name,
        role: row.role,
        mustChange: row.must_change === 1,
        disabled: row.disabled_at !== null,
        createdAt: row.created_at,
        lastSeenAt: row.last_seen_at,
        sessions: row.sessions ?? 0,
      }))
    },
    async count(search: string): Promise<number> {
      const row = await matching(search)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return row.n
    },
    add: (user: UserRow) => read.insertInto('users').values({ ...user, sought: soughtOf(user) }),
    /** Changes nothing where it would take the last administrator away. */
    changeRole: (id: string, role: Role) =>
      read
        .updateTable('users')
        .set({ role })
        .where('id', '=', id)
        .where(({ or }) => or([sql<boolean>`${role} = 'administrator'`, isNoActiveAdministrator, anotherAdministrator(id)])),
    /** Changes nothing where it would take the last administrator away. */
    disable: (id: string, at: number) =>
      read
        .updateTable('users')
        .set({ disabled_at: at })
        .where('id', '=', id)
        .where(({ or }) => or([isNoActiveAdministrator, anotherAdministrator(id)])),
    enable: (id: string) => read.updateTable('users').set({ disabled_at: null }).where('id', '=', id),
    rename: ({ id, username }: Pick<UserRow, 'id' | 'username'>, name: string) =>
      read
        .updateTable('users')
        .set({ name, sought: soughtOf({ username, name }) })
        .where('id', '=', id),
    setLocale: (id: string, locale: 'es' | 'en' | null) => read.updateTable('users').set({ locale }).where('id', '=', id),
    setPassword: (id: string, password: string, mustChange: boolean) =>
      read
        .updateTable('users')
        .set({ password, must_change: mustChange ? 1 : 0 })
        .where('id', '=', id),
    /** Changes nothing when the password is another by now than the one that was compared. */
    exchangePassword: (id: string, compared: string, password: string) =>
      read.updateTable('users').set({ password, must_change: 0 }).where('id', '=', id).where('password', '=', compared),
    seen: (id: string, at: number) => seeing({ id, at }),
  }

  function matching(search: string) {
    const pattern = `%${foldForSearch(search).replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    return read.selectFrom('users').where(sql<boolean>`sought LIKE ${pattern} ESCAPE '\\'`)
  }
}

function soughtOf({ username, name }: { username: string; name: string }): string {
  return foldForSearch(`${username} ${name}`)
}
