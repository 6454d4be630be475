// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Database, expecting, type Log, Refusal, UnmetExpectation } from '../../core'
import type { LinkTime } from '../links/link-time'
import type { Links } from '../links/links'
import { type FileEvents, type FileState, type FileStep, type ReviewGroup, reviewGroups, type StoredFile, stateGroups } from '../model'
import type { FileExpiry } from '../shelf/expiry'
import { type FileRow, type FilesStore, toFile } from '../store'
import type { FilesTables } from '../tables'
import type { Vault } from '../vault/vault'
import type { Moves } from './moves'
import { excerptOf, isPicture } from './review-look'
import type { Scanner } from './scanner'

/** Who decides, and from where: both stand in the audit log. */
export interface Decider {
  id: string
  name: string
  from: string | null
}

export interface ReviewItem {
  file: StoredFile
  /** The last thing that happened to it, and who did it. */
  last: FileStep | null
  /** The beginning of a text, for whoever decides; null for everything else and for what something was found in. */
  excerpt: string | null
  /** Whether `preview` shows it: a type that cannot carry script, not infected, not too large to look at. */
  picture: boolean
  /** Epoch ms at which its bytes go; null when they stay. */
  endsAt: number | null
  /** Something was found in it, and no later scan took that back. */
  infected: boolean
}

interface Options {
  database: Database<FilesTables>
  store: FilesStore
  moves: Moves
  vault: Vault
  audit: Audit
  clock: Clock
  log: Log
  time: LinkTime
  links: Pick<Links, 'endingOf'>
  scanner: Scanner
  expiry: Pick<FileExpiry, 'over' | 'isOver'>
  /** When what goes to the trash now leaves it, on the house's own line. */
  trashEnds(): number
  emit<Name extends keyof FileEvents>(name: Name, event: FileEvents[Name]): void
  scan(ids: Iterable<string>): void
  hurry(): void
}

const sweepEvery = 3_600_000
const longestReason = 300
/** Erased together: their rows go into one transaction. */
const erasedTogether = 100

export type Review = ReturnType<typeof createReview>

/** What administrators decide about files, and the trash. Whether somebody is an administrator is asked at the door. */
export function createReview({
  database,
  store,
  moves,
  vault,
  audit,
  clock,
  log,
  time,
  links,
  scanner,
  expiry,
  trashEnds,
  emit,
  scan,
  hurry,
}: Options) {
  const cancelSweep = clock.every(sweepEvery, () => void sweep())

  async function find(id: string): Promise<FileRow> {
    const row = await store.byId(id)
    if (!row) throw new Refusal('missing', 'errors.missing')
    return row
  }

  /** Not what lies in the trash: that is brought back first. */
  async function living(id: string): Promise<FileRow> {
    const row = await find(id)
    if (row.state === 'deleted') throw new Refusal('missing', 'errors.missing')
    return row
  }

  /** Nobody says yes to bytes that are not there, and nobody waits for them to be scanned. */
  async function here({ id, missing }: FileRow): Promise<void> {
    if (missing === 1 || (await vault.printOf(id)) === null) throw new Refusal('missing', 'files.bytesMissing')
  }

  const isInfected = async ({ id, state }: FileRow) => state === 'infected' || (await store.lastVerdict(id)) === 'infected'

  function because(reason: string): string {
    const text = reason.trim().replace(/\s+/g, ' ')
    if (text === '') throw new Refusal('invalid', 'files.reasonMissing', { fields: { motivo: 'files.reasonMissing' } })
    return text.slice(0, longestReason)
  }

  function tooLate(): never {
    throw new Refusal('conflict', 'errors.conflict')
  }

  const waiting: readonly FileState[] = stateGroups.revision

  async function item(row: FileRow): Promise<ReviewItem> {
    const [steps, infected] = await Promise.all([store.steps(row.id), isInfected(row)])
    const endsAt = row.trash_ends === null ? null : clock.now() + (row.trash_ends - time.now())
    return {
      file: toFile(row),
      last: steps.at(-1) ?? null,
      excerpt: infected ? null : await excerptOf(row, vault),
      picture: !infected && isPicture(row),
      endsAt,
      infected,
    }
  }

  /** Bytes whose time in the trash is over go, and files whose own time is over go there; on a box that does not know the time, nothing does. */
  async function sweep(): Promise<void> {
    if (!clock.trusted()) return
    try {
      for (const row of await store.trashEndingBefore(time.now())) await purge(row, null)
      for (const { id } of await expiry.over()) {
        // As it is when its turn comes: somebody may have put its end off.
        const row = await store.byId(id)
        if (row && expiry.isOver(row)) await discard(row, null, 'files.expired')
      }
    } catch (error) {
      log.error({ err: error }, 'files.sweep-failed')
    }
  }

  /** To the trash. Null: somebody was quicker. */
  async function discard(row: FileRow, by: Decider | null, what = 'files.deleted'): Promise<StoredFile | null> {
    // What is being looked at is looked at from the beginning when it comes back: the verdict that is on its way finds nobody.
    const before = waiting.includes(row.state) ? 'quarantined' : row.state
    const set = { before, trash_ends: trashEnds(), leaves_at: null, leaves_on_line: null }
    const also = [links.endingOf(row.id), time.mark()]
    const who = by ? { who: by, from: by.from } : {}
    if (!(await moves.attempt(row, 'deleted', { ...who, reason: row.reason, set, also, what }))) return null
    const file = toFile({ ...row, state: 'deleted', ...set })
    emit('file.deleted', { file, by: by && { id: by.id, name: by.name } })
    return file
  }

  /** False: somebody was quicker, and its bytes stay. */
  async function purge(row: FileRow, by: Decider | null): Promise<boolean> {
    const who = by ? { id: by.id, name: by.name } : null
    const what = 'files.purged'
    if (row.state === 'deleted') {
      const told = audit.statement({ who, what, target: { id: row.id, name: row.name }, from: by?.from ?? null })
      const empty = store.setTrash(row.id, null).where('state', '=', 'deleted').where('trash_ends', 'is not', null)
      try {
        await database.writeAll([expecting(empty), told], { makesRoom: true })
      } catch (error) {
        if (error instanceof UnmetExpectation) return false
        throw error
      }
    } else if (
      !(await moves.attempt(row, 'deleted', { ...(who ? { who } : {}), from: by?.from ?? null, set: { trash_ends: null }, what }))
    ) {
      return false
    }
    await vault.remove(row.id)
    return true
  }

  return {
    sweep,

    async list(group: ReviewGroup, shown = 50): Promise<{ items: ReviewItem[]; counts: Record<ReviewGroup, number> }> {
      const [rows, ...numbers] = await Promise.all([store.review(group, shown), ...reviewGroups.map(store.reviewCount)])
      const counts = Object.fromEntries(reviewGroups.map((name, i) => [name, numbers[i] ?? 0])) as Record<ReviewGroup, number>
      return { items: await Promise.all(rows.map(item)), counts }
    },

    /** Files that wait for a person's decision. */
    pending: () => store.reviewCount('espera'),

    async item(id: string): Promise<ReviewItem> {
      return item(await find(id))
    },

    /** Everybody who may see it may read it, whatever the antivirus could not say; never what it found something in. */
    async release(by: Decider, id: string, reason: string): Promise<StoredFile> {
      const why = because(reason)
      const row = await living(id)
      await here(row)
      // Not by the way round over a rejection or the trash either: only another scan takes that back.
      if (await isInfected(row)) throw new Refusal('conflict', 'files.staysInfected')
      return moves.move(row, 'released', {
        who: by,
        from: by.from,
        reason: why,
        set: { open: 1, before: null, trash_ends: null },
      })
    },

    /** Nobody reads it any more; its bytes lie in the trash for some days. */
    async reject(by: Decider, id: string, reason: string): Promise<StoredFile> {
      const why = because(reason)
      const set = { open: 0, before: null, trash_ends: trashEnds() }
      return moves.move(await living(id), 'rejected', { who: by, from: by.from, reason: why, set, also: [links.endingOf(id), time.mark()] })
    },

    /** Back into the queue, or at once to its front when it waits there already. */
    async rescan(by: Decider, id: string): Promise<StoredFile> {
      if (!scanner.present) throw new Refusal('conflict', 'files.noScanner')
      const row = await living(id)
      await here(row)
      if (row.state === 'scanning' || row.state === 'quarantined') {
        scan([id])
        hurry()
        return toFile(row)
      }
      const set = { before: row.state, trash_ends: null }
      const file = await moves.move(row, 'quarantined', { who: by, from: by.from, set, what: 'files.rescanned' })
      scan([id])
      hurry()
      return file
    },

    /** The row stays as a tombstone, its links end, its bytes lie in the trash for some days. */
    async remove(by: Decider, id: string): Promise<StoredFile> {
      const row = await living(id)
      return (await discard(row, by)) ?? tooLate()
    },

    /** As it was before it was deleted; what had not been scanned then is scanned now. Its links stay ended. */
    async restore(by: Decider, id: string): Promise<StoredFile> {
      const row = await find(id)
      if (row.state !== 'deleted' || row.trash_ends === null) throw new Refusal('conflict', 'files.notInTrash')
      const before = row.before ?? 'quarantined'
      const to = before === 'quarantined' && !scanner.present ? 'unscanned' : before
      // What was rejected before goes on lying in the trash, as every rejected file does.
      const set = { before: null, trash_ends: to === 'rejected' ? trashEnds() : null }
      const file = await moves.move(row, to, { who: by, from: by.from, reason: row.reason, set, what: 'files.restored' })
      if (to === 'quarantined') scan([id])
      return file
    },

    /** Its bytes go at once: somebody needs the space, or wants them gone. */
    async purge(by: Decider, id: string): Promise<void> {
      const row = await find(id)
      if (row.trash_ends === null) throw new Refusal('conflict', 'files.notInTrash')
      await purge(row, by)
    },

    /** What lies in the trash now. */
    async trash(): Promise<{ files: number; bytes: number }> {
      const [files, bytes] = await Promise.all([store.reviewCount('papelera'), store.trashBytes()])
      return { files, bytes }
    },

    /** All bytes in the trash go at once: somebody needs the space. What is brought back meanwhile stays. */
    async emptyTrash(by: Decider): Promise<{ files: number; bytes: number }> {
      const gone = { files: 0, bytes: 0 }
      for (;;) {
        const rows = await store.trash(erasedTogether)
        if (rows.length === 0) return gone
        const erased = await Promise.all(rows.map(async (row) => ((await purge(row, by)) ? row.size : null)))
        for (const size of erased) {
          if (size === null) continue
          gone.files++
          gone.bytes += size
        }
      }
    },

    /** Where the bytes lie, for an archive under lock; also of what nobody may read. */
    async forAnalysis(by: Decider, id: string): Promise<{ file: StoredFile; path: string }> {
      const row = await find(id)
      if ((await vault.printOf(id)) === null) throw new Refusal('missing', 'files.bytesMissing')
      await audit.record({ who: by, what: 'files.taken-for-analysis', target: { id, name: row.name }, from: by.from })
      return { file: toFile(row), path: vault.pathOf(id) }
    },

    /** A picture for whoever decides; `missing` for what is none. */
    async preview(id: string): Promise<{ file: StoredFile; path: string }> {
      const row = await find(id)
      if (!isPicture(row) || (await isInfected(row))) throw new Refusal('missing', 'errors.missing')
      await here(row)
      return { file: toFile(row), path: vault.pathOf(id) }
    },

    stop: cancelSweep,
  }
}
