// SPDX-License-Identifier: GPL-3.0-or-later
import type { Selectable } from 'kysely'
import {
  type Audit,
  type Clock,
  type Compilable,
  type Database,
  expecting,
  newId,
  newToken,
  Refusal,
  sha256,
  UnmetExpectation,
} from '../../core'
import type { Tally } from '../downloads/tally'
import type { FileLink, FilesLimits, LinkEnd, StoredFile } from '../model'
import type { FilesTables } from '../tables'
import type { LinkTime } from './link-time'

/** 144 random bits, 24 signs: short enough for a small QR. */
const tokenBytes = 18
const tokenPattern = /^[\w-]{24}$/

const hour = 3_600_000
const day = 24 * hour
const longestNote = 200
const mostListed = 500

/** What the form offers: value → ms. */
export const linkLives = { '1h': hour, '1d': day, '7d': 7 * day, '30d': 30 * day } as const
export type LinkLife = keyof typeof linkLives
export const linkLifeNames = Object.keys(linkLives) as LinkLife[]

export type LinkRow = Selectable<FilesTables['file_links']>

interface Person {
  id: string
  name: string
  role: string
}

/** What a link is made to be. */
export interface LinkWish {
  life: LinkLife
  /** Completed downloads; null: as many as anybody likes. */
  most: number | null
  /** Hashed; null: none. */
  password: string | null
  note: string
}

interface Options {
  database: Database<FilesTables>
  audit: Audit
  clock: Clock
  time: LinkTime
  tally: Tally
  limits: FilesLimits
  /** Whether the account may still share: it exists, is not disabled, and its role allows it. */
  mayShare(person: string): Promise<boolean>
  /** Counts what is through by now; see sendings.ts. */
  settle(): Promise<void>
}

export type Links = ReturnType<typeof createLinks>

/** Direct links: whoever has one fetches one file without an account. Only a hash of the token is kept. */
export function createLinks({ database, audit, clock, time, tally, limits, mayShare, settle }: Options) {
  const { read } = database

  function toLink(row: LinkRow): FileLink {
    const ended = row.ended ?? (time.now() >= row.ends_on_line ? 'expired' : null)
    return {
      id: row.id,
      maker: { id: row.maker, name: row.maker_name },
      at: row.created_at,
      expiresAt: row.expires_at,
      living: ended === null,
      ended,
      endedAt: row.ended_at,
      uses: row.uses + tally.of(row.id),
      most: row.most,
      guarded: row.password !== null,
      note: row.note,
    }
  }

  function ending(why: LinkEnd) {
    return read.updateTable('file_links').set({ ended: why, ended_at: clock.now() }).where('ended', 'is', null)
  }

  const list = async (file: string): Promise<FileLink[]> => {
    await settle()
    const rows = await read.selectFrom('file_links').selectAll().where('file', '=', file).orderBy('n', 'desc').limit(100).execute()
    return rows.map(toLink)
  }

  /** Behind its insertion: of many at once only so many are made. */
  function within({ id, file }: Pick<LinkRow, 'id' | 'file'>) {
    return read
      .selectFrom('file_links')
      .select('id')
      .where('id', '=', id)
      .where(
        ({ selectFrom, fn }) =>
          selectFrom('file_links as living')
            .select(fn.countAll<number>().as('n'))
            .where('living.file', '=', file)
            .where('living.ended', 'is', null)
            .where('living.ends_on_line', '>', time.now()),
        '<=',
        limits.linksPerFile,
      )
  }

  return {
    /** The lives on offer, no longer than the settings allow. */
    lives: () => linkLifeNames.filter((name) => linkLives[name] <= limits.linkDaysMaximum * day),
    usualLife: () => linkLifeNames.findLast((name) => linkLives[name] <= Math.min(limits.linkDays, limits.linkDaysMaximum) * day) ?? '1h',
    usesMaximum: limits.linkUsesMaximum,

    list,

    /** What lives now, the newest first: everybody's for administrators, for others their own. At most 500. */
    async living(person: Person): Promise<{ link: FileLink; file: { id: string; name: string } }[]> {
      await settle()
      const rows = read
        .selectFrom('file_links')
        .innerJoin('files', 'files.id', 'file_links.file')
        .selectAll('file_links')
        .select('files.name as file_name')
        .where('file_links.ended', 'is', null)
        .where('ends_on_line', '>', time.now())
        .orderBy('file_links.n', 'desc')
        .limit(mostListed)
      const theirs = person.role === 'administrator' ? rows : rows.where('maker', '=', person.id)
      return (await theirs.execute()).map((row) => ({ link: toLink(row), file: { id: row.file, name: row.file_name } }))
    },

    /** The token is in the answer and nowhere else. Refuses with `conflict` beyond the number of living links of one file. */
    async make(maker: Person, file: StoredFile, wish: LinkWish, from: string | null): Promise<{ link: FileLink; token: string }> {
      const lasts = Math.min(linkLives[wish.life], limits.linkDaysMaximum * day)
      const token = newToken(tokenBytes)
      const row = {
        id: newId(),
        file: file.id,
        token_hash: sha256(token),
        maker: maker.id,
        maker_name: maker.name,
        created_at: clock.now(),
        expires_at: clock.now() + lasts,
        ends_on_line: time.now() + lasts,
        ended_at: null,
        ended: null,
        most: wish.most,
        password: wish.password,
        note: wish.note.trim().replace(/\s+/g, ' ').slice(0, longestNote),
      }
      const target = { id: file.id, name: file.name }
      const detail = {
        link: row.id,
        hours: lasts / hour,
        ...(wish.most === null ? {} : { most: wish.most }),
        guarded: wish.password !== null,
      }
      const told = audit.statement({ who: maker, what: 'files.link-made', target, from, detail })
      try {
        await database.writeAll([read.insertInto('file_links').values(row), expecting(within(row)), time.mark(), told])
      } catch (error) {
        if (!(error instanceof UnmetExpectation)) throw error
        throw new Refusal('conflict', 'files.tooManyLinks', { values: { n: limits.linksPerFile } })
      }
      return { link: toLink({ ...row, n: 0, uses: 0 }), token }
    },

    /** Makers end their own, administrators all. */
    async revoke(person: Person, file: StoredFile, id: string, from: string | null): Promise<FileLink> {
      const row = await read.selectFrom('file_links').selectAll().where('id', '=', id).where('file', '=', file.id).executeTakeFirst()
      if (!row || (row.maker !== person.id && person.role !== 'administrator')) throw new Refusal('missing', 'errors.missing')
      const target = { id: file.id, name: file.name }
      const told = audit.statement({ who: person, what: 'files.link-revoked', target, from, detail: { link: id } })
      try {
        await database.writeAll([expecting(ending('revoked').where('id', '=', id)), told])
      } catch (error) {
        if (!(error instanceof UnmetExpectation)) throw error
      }
      return toLink({ ...row, ended: row.ended ?? 'revoked', ended_at: row.ended_at ?? clock.now() })
    },

    /**
     * Who has the token may read: the link, or null. Every reason for a no looks the same. One that is used up is still found: whoever
     * has nearly all of the file may finish (link-uses.ts).
     */
    async find(token: string): Promise<LinkRow | null> {
      const hash = sha256(token)
      const row = await read.selectFrom('file_links').selectAll().where('token_hash', '=', hash).executeTakeFirst()
      if (!row || !tokenPattern.test(token)) return null
      if (row.ended !== null && row.ended !== 'used') return null
      if (time.now() >= row.ends_on_line) {
        if (row.ended === null) await database.write(ending('expired').where('id', '=', row.id))
        return null
      }
      if (!(await mayShare(row.maker))) {
        await database.write(ending('maker').where('id', '=', row.id))
        return null
      }
      return row
    },

    /** For the transaction that deletes a file. */
    endingOf: (file: string): Compilable => ending('deleted').where('file', '=', file),

    async endThoseOf(maker: string): Promise<void> {
      await database.write(ending('maker').where('maker', '=', maker))
    },
  }
}
