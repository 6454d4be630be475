// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Database, type Gate, Refusal } from '../../core'
import type { FilesLimits } from '../model'
import type { FilesTables } from '../tables'

interface Person {
  id: string
  role: 'administrator' | 'cliente' | 'usuario'
}

/** What one upload may still take of its person's quota and of the whole. */
export interface Share {
  /** Judges the bytes that were not declared as they come. */
  gate(): Gate
  free(): void
}

/** Bytes. */
const ahead = 4 * 1024 * 1024

export type Quotas = Awaited<ReturnType<typeof createQuotas>>

interface Options {
  database: Database<FilesTables>
  audit: Audit
  limits: Pick<FilesLimits, 'quotaAdministrator' | 'quotaCliente' | 'quotaTotal'>
}

/**
 * How much a person and everybody together may keep here. What is being uploaded counts from its first moment: two uploads that fit alone
 * may not fit together. Files in the trash do not count; the disk's own reserve guards against those.
 */
export async function createQuotas({ database, audit, limits }: Options) {
  const { read } = database
  const own = new Map((await read.selectFrom('file_quotas').selectAll().execute()).map(({ person, bytes }) => [person, bytes]))
  const promised = new Map<string, number>()
  let promisedInAll = 0

  /** Bytes; 0 where there is no bound. */
  function limitOf({ id, role }: Person): number {
    return own.get(id) ?? ofRole(role)
  }

  function ofRole(role: Person['role']): number {
    return role === 'administrator' ? limits.quotaAdministrator : limits.quotaCliente
  }

  async function bytesOf(person: string | null): Promise<number> {
    const held = read.selectFrom('files').where('state', '!=', 'deleted')
    const { bytes } = await (person === null ? held : held.where('owner', '=', person))
      .select(({ fn }) => fn.sum<number | null>('size').as('bytes'))
      .executeTakeFirstOrThrow()
    return bytes ?? 0
  }

  /** Bytes of files and of uploads under way. */
  async function usedBy(person: string): Promise<number> {
    return (await bytesOf(person)) + (promised.get(person) ?? 0)
  }

  /** Sums first, then judged and promised without a pause between: two uploads must not be promised the same bytes. */
  async function take(person: Person, size: number, more = size): Promise<void> {
    const [max, whole] = [limitOf(person), limits.quotaTotal]
    const [own, all] = await Promise.all([max > 0 ? bytesOf(person.id) : 0, whole > 0 ? bytesOf(null) : 0])
    const used = own + (promised.get(person.id) ?? 0)
    if (max > 0 && used + more > max) throw ownFull({ max, used, size })
    if (whole > 0 && all + promisedInAll + more > whole) throw totalFull({ max: whole, used: all + promisedInAll, size })
    promise(person.id, more)
  }

  function promise(person: string, bytes: number): void {
    const now = (promised.get(person) ?? 0) + bytes
    if (now > 0) promised.set(person, now)
    else promised.delete(person)
    promisedInAll += bytes
  }

  /** A part of what is promised. */
  function shareOf(person: Person, bytes: number): Share {
    let held = bytes

    async function hold(all: number): Promise<void> {
      while (all > held) held += await takeMore(person, all - held)
    }

    return {
      gate() {
        let seen = 0
        return (bytes) => {
          seen += bytes
          return seen > held ? hold(seen) : undefined
        }
      },
      free() {
        promise(person.id, -held)
        held = 0
      },
    }
  }

  /** For bytes that nobody declared: some ahead, so that not every chunk asks for sums. */
  async function takeMore(person: Person, least: number): Promise<number> {
    try {
      await take(person, 0, least + ahead)
      return least + ahead
    } catch {
      await take(person, 0, least)
      return least
    }
  }

  return {
    limitOf,
    usedBy,
    /** Bytes, 0 for no bound; null where the role decides. */
    ownOf: (person: string): number | null => own.get(person) ?? null,
    ofRole,
    /** Sets aside what an upload declares (null: unknown), or refuses with `full` and the numbers. */
    async reserve(person: Person, declared: number | null): Promise<Share> {
      await take(person, declared ?? 0)
      return shareOf(person, declared ?? 0)
    },
    /** Sets aside what was promised before a restart. */
    reserveAgain(person: string, bytes: number): Share {
      promise(person, bytes)
      return shareOf({ id: person, role: 'cliente' }, bytes)
    },
    /** Another bound for one person; null: that of the role again. */
    async set(
      person: { id: string; name: string },
      bytes: number | null,
      by: { who: { id: string; name: string } | null; from: string | null },
    ) {
      const statement =
        bytes === null
          ? read.deleteFrom('file_quotas').where('person', '=', person.id)
          : read
              .insertInto('file_quotas')
              .values({ person: person.id, bytes })
              .onConflict((conflict) => conflict.column('person').doUpdateSet({ bytes }))
      const told = audit.statement({
        ...by,
        what: 'files.quota-set',
        target: person,
        ...(bytes === null ? {} : { detail: { bytes } }),
      })
      await database.writeAll([statement, told])
      if (bytes === null) own.delete(person.id)
      else own.set(person.id, bytes)
    },
  }
}

interface Numbers {
  max: number
  used: number
  size: number
}

function ownFull({ max, used, size }: Numbers): Refusal {
  return new Refusal('full', size > 0 ? 'files.quotaFull' : 'files.quotaFullUnknown', {
    values: { max: { bytes: max }, used: { bytes: used }, size: { bytes: size } },
  })
}

function totalFull({ max, used, size }: Numbers): Refusal {
  return new Refusal('full', size > 0 ? 'files.quotaTotalFull' : 'files.quotaTotalFullUnknown', {
    values: { max: { bytes: max }, used: { bytes: used }, size: { bytes: size } },
  })
}
