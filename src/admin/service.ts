// SPDX-License-Identifier: GPL-3.0-or-later
import type { Account, Accounts, Actor, Person, Role } from '../accounts'
import { type AuditTables, type Clock, type Database, Refusal } from '../core'
import { type Files, readAmount } from '../files'
import type { Rooms } from '../rooms'
import { createAuditLog } from './audit-log'
import type { Machine, Metrics, Overview, PersonQuota, PersonRow, Warning } from './model'

export type Admin = ReturnType<typeof createAdmin>

interface Options {
  accounts: Accounts
  rooms: Rooms
  files: Files
  /** How the machine is; the appliance knows. */
  machine(): Promise<Omit<Machine, 'now' | 'clockTrusted' | 'sockets' | 'people' | 'warnings' | 'scanner' | 'pending' | 'foreign'>>
  database: Database<AuditTables>
  clock: Clock
}

const latestRecords = 8
/** A house with more people searches. */
const longestList = 200

/** What those who run the house see and do. It owns no rules: each question goes to the feature that does. */
export function createAdmin({ accounts, rooms, files, machine: lookAtMachine, database, clock }: Options) {
  function warningsOf({ disk, foreign }: Pick<Machine, 'disk' | 'foreign'>): Warning[] {
    const { is } = files.scannerReport()
    return [
      ...(disk.free < disk.reserve ? (['disk'] as const) : []),
      ...(is === 'silent' || is === 'lax' ? (['scanner'] as const) : []),
      ...(foreign > 0 ? (['foreign'] as const) : []),
      ...(clock.trusted() ? [] : (['clock'] as const)),
    ]
  }

  async function people(search = ''): Promise<{ people: PersonRow[]; total: number }> {
    const [{ people: found, total }, bytes] = await Promise.all([
      accounts.people.list({ search, limit: longestList }),
      files.bytesByPerson(),
    ])
    return { people: found.map((account) => rowOf(account, bytes)), total }
  }

  function rowOf({ disabled, lastSeenAt, ...account }: Account, bytes: ReadonlyMap<string, number>): PersonRow {
    const online = rooms.isConnected(account.id)
    return {
      ...account,
      paused: disabled,
      lastSeen: lastSeenAt,
      online,
      space: bytes.get(account.id) ?? null,
      quota: files.quotas.limitOf(account),
    }
  }

  const log = createAuditLog(database, clock)

  const actor = ({ id, name }: Person, from: string): Actor => ({ who: { id, name }, from })

  return {
    people,
    log,
    /** What may be done about rooms without being in them. */
    rooms: rooms.administration,

    /** One row, after something was done to it. */
    async person({ id }: Person): Promise<PersonRow | undefined> {
      const [account, bytes] = await Promise.all([accounts.people.account(id), files.bytesByPerson()])
      return account && rowOf(account, bytes)
    },

    create: (by: Person, account: { usuario: string; nombre: string; role: Role }, from: string) =>
      accounts.people.create(account, actor(by, from)),
    setRole: (by: Person, id: string, role: Role, from: string) => accounts.people.setRole(id, role, actor(by, from)),
    setPaused: (by: Person, id: string, paused: boolean, from: string) => accounts.people.setDisabled(id, paused, actor(by, from)),
    resetPassword: (by: Person, id: string, from: string) => accounts.people.resetPassword(id, actor(by, from)),
    endSessions: (by: Person, id: string, from: string) => accounts.people.endSessions(id, actor(by, from)),

    async quotaOf(id: string): Promise<PersonQuota> {
      const person = await accounts.people.find(id)
      const { quotas } = files
      const [limit, own, ofRole] = [quotas.limitOf(person), quotas.ownOf(id), quotas.ofRole(person.role)]
      return { person, used: await quotas.usedBy(id), limit, own, ofRole }
    },

    /** Nothing typed: that of the role. Refuses with `invalid` what is no amount. */
    async setQuota(by: Person, id: string, typed: string, from: string): Promise<Person> {
      const { name, ...person } = await accounts.people.find(id)
      const bytes = typed.trim() === '' ? null : readAmount(typed)
      if (bytes === null && typed.trim() !== '') {
        throw new Refusal('invalid', 'admin.quotaUnreadable', { fields: { cuota: 'admin.quotaUnreadable' } })
      }
      await files.quotas.set({ id, name }, bytes, actor(by, from))
      return { ...person, name }
    },

    async overview(by: Person): Promise<Overview> {
      const [all, { files: count, bytes }, { disk }, foreign] = await Promise.all([
        rooms.all(),
        files.totals(),
        lookAtMachine(),
        files.foreign(),
      ])
      return {
        // Whoever looks is here, also without an open room.
        online: rooms.counts.people + (rooms.isConnected(by.id) ? 0 : 1),
        rooms: all.length,
        ephemeralRooms: all.filter(({ room }) => !room.kept).length,
        files: count,
        fileBytes: bytes,
        disk,
        foreign,
        latest: await log.latest(latestRecords),
        warnings: warningsOf({ disk, foreign }),
        scanner: files.scannerReport(),
        pending: await files.review.pending(),
      }
    },

    machine,

    async metrics(): Promise<Metrics> {
      const [now, all, { bytes, states }] = await Promise.all([machine(), rooms.all(), files.totals()])
      const kept = all.filter(({ room }) => room.kept).length
      return { machine: now, rooms: { kept, ephemeral: all.length - kept }, files: { bytes, states }, writesWaiting: database.waiting }
    },
  }

  async function machine(): Promise<Machine> {
    const [now, foreign] = await Promise.all([lookAtMachine(), files.foreign()])
    const { sockets, people: connected } = rooms.counts
    return {
      ...now,
      now: clock.now(),
      scanner: files.scannerReport(),
      pending: await files.review.pending(),
      clockTrusted: clock.trusted(),
      sockets,
      people: connected,
      foreign,
      warnings: warningsOf({ ...now, foreign }),
    }
  }
}
