// SPDX-License-Identifier: GPL-3.0-or-later
import type { Person, Role } from '../accounts'
import type { AuditTable, AuditTables, Clock, Database } from '../core'
import type { Machine, Overview, PersonRow, Warning } from './model'

/** What administration asks of the house. It owns no rules: each question goes to the feature that does. */
export interface House {
  people: {
    list(search: string): Promise<readonly Omit<PersonRow, 'online' | 'space'>[]>
    create(by: Person, account: { username: string; name: string; role: Role }, from: string): Promise<{ person: Person; password: string }>
    setRole(by: Person, id: string, role: Role, from: string): Promise<Person>
    setPaused(by: Person, id: string, paused: boolean, from: string): Promise<Person>
    resetPassword(by: Person, id: string, from: string): Promise<{ person: Person; password: string }>
    endSessions(by: Person, id: string, from: string): Promise<Person>
  }
  online(): { people: ReadonlySet<string>; sockets: number }
  rooms(): Promise<{ total: number; ephemeral: number }>
  files(): Promise<{ total: number; bytes: number; byPerson: ReadonlyMap<string, number> }>
  machine(): Promise<Omit<Machine, 'now' | 'clockTrusted' | 'sockets' | 'people' | 'warnings'>>
}

export type Admin = ReturnType<typeof createAdmin>

interface Options {
  house: House
  database: Database<AuditTables>
  clock: Clock
}

const latestRecords = 8

export function createAdmin({ house, database, clock }: Options) {
  function warningsOf({ disk }: Pick<Machine, 'disk'>): Warning[] {
    return [...(disk.free < disk.reserve ? (['disk'] as const) : []), ...(clock.trusted() ? [] : (['clock'] as const))]
  }

  async function people(search = ''): Promise<PersonRow[]> {
    const [accounts, { byPerson }] = await Promise.all([house.people.list(search), house.files()])
    const { people: online } = house.online()
    return accounts.map((account) => ({ ...account, online: online.has(account.id), space: byPerson.get(account.id) ?? null }))
  }

  return {
    people,

    /** One row, after something was done to it. */
    async person(id: string): Promise<PersonRow | undefined> {
      return (await people()).find((row) => row.id === id)
    },

    accounts: house.people,

    async overview(): Promise<Overview> {
      const [rooms, files, machine] = await Promise.all([house.rooms(), house.files(), house.machine()])
      return {
        online: house.online().people.size,
        rooms: rooms.total,
        ephemeralRooms: rooms.ephemeral,
        files: files.total,
        fileBytes: files.bytes,
        latest: await latest(),
        warnings: warningsOf(machine),
      }
    },

    async machine(): Promise<Machine> {
      const machine = await house.machine()
      const online = house.online()
      return {
        ...machine,
        now: clock.now(),
        clockTrusted: clock.trusted(),
        sockets: online.sockets,
        people: online.people.size,
        warnings: warningsOf(machine),
      }
    },
  }

  function latest(): Promise<AuditTable[]> {
    return database.read.selectFrom('audit').selectAll().orderBy('n', 'desc').limit(latestRecords).execute() as Promise<AuditTable[]>
  }
}
