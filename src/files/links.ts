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
} from '../core'
import type { LinkTime } from './link-time'
import type { FileLink, FilesLimits, LinkEnd, StoredFile } from './model'
import type { FilesTables } from './tables'
import type { Tally } from './tally'

/** 144 random bits, 24 signs: short enough for a small QR. */
const tokenBytes = 18
const tokenPattern = /^[\w-]{24}$/

const hour = 3_600_000
const day = 24 * hour

/** What the form offers: value → ms. */
export const linkLives = { '1h': hour, '1d': day, '7d': 7 * day, '30d': 30 * day } as const
export type LinkLife = keyof typeof linkLives
export const linkLifeNames = Object.keys(linkLives) as LinkLife[]

type LinkRow = Selectable<FilesTables['file_links']>

interface Person {
  id: string
  name: string
  role: string
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
}

export type Links = ReturnType<typeof createLinks>

/** Direct links: whoever has one fetches one file without an account. Only a hash of the token is kept. */
export function createLinks({ database, audit, clock, time, tally, limits, mayShare }: Options) {
  const { read } = database

  const isOver = (row: LinkRow) => row.ended !== null || time.now() >= row.ends_on_line

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
    }
  }

  function ending(why: LinkEnd) {
    return read.updateTable('file_links').set({ ended: why, ended_at: clock.now() }).where('ended', 'is', null)
  }

  return {
    /** The lives on offer, no longer than the settings allow. */
    lives: () => linkLifeNames.filter((name) => linkLives[name] <= limits.linkDaysMaximum * day),
    usualLife: () => linkLifeNames.findLast((name) => linkLives[name] <= Math.min(limits.linkDays, limits.linkDaysMaximum) * day) ?? '1h',

    async list(file: string): Promise<FileLink[]> {
      const rows = await read.selectFrom('file_links').selectAll().where('file', '=', file).orderBy('n', 'desc').limit(100).execute()
      return rows.map(toLink)
    },

    /** The token is in the answer and nowhere else. Refuses with `conflict` beyond the number of living links of one file. */
    async make(maker: Person, file: StoredFile, life: LinkLife, from: string | null): Promise<{ link: FileLink; token: string }> {
      const lasts = Math.min(linkLives[life], limits.linkDaysMaximum * day)
      const living = (await this.list(file.id)).filter((link) => link.living)
      if (living.length >= limits.linksPerFile) throw new Refusal('conflict', 'files.tooManyLinks', { values: { n: limits.linksPerFile } })
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
      }
      const target = { id: file.id, name: file.name }
      const told = audit.statement({ who: maker, what: 'files.link-made', target, from, detail: { link: row.id, hours: lasts / hour } })
      await database.writeAll([read.insertInto('file_links').values(row), time.mark(), told])
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

    /** Who has the token may read: the link and its file's id, or null. Every reason for a no looks the same. */
    async find(token: string): Promise<{ id: string; file: string; maker: { id: string; name: string } } | null> {
      const hash = sha256(token)
      const row = await read.selectFrom('file_links').selectAll().where('token_hash', '=', hash).executeTakeFirst()
      if (!row || !tokenPattern.test(token)) return null
      if (isOver(row)) {
        if (row.ended === null) await database.write(ending('expired').where('id', '=', row.id))
        return null
      }
      if (!(await mayShare(row.maker))) {
        await database.write(ending('maker').where('id', '=', row.id))
        return null
      }
      return { id: row.id, file: row.file, maker: { id: row.maker, name: row.maker_name } }
    },

    /** For the transaction that deletes a file. */
    endingOf: (file: string): Compilable => ending('deleted').where('file', '=', file),

    async endThoseOf(maker: string): Promise<void> {
      await database.write(ending('maker').where('maker', '=', maker))
    },
  }
}
