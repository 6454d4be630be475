// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, firstPossibleTime, type Log } from '../../core'
import type { FilesLimits } from '../model'
import type { FileRow, FilesStore } from '../store'
import { nobody } from '../vault/strays'
import type { Moves } from './moves'
import { createScanQueue } from './scan-queue'
import type { Scanner, Verdict } from './scanner'

interface Options {
  store: FilesStore
  moves: Moves
  scanner: Scanner
  clock: Clock
  log: Log
  limits: FilesLimits
  /** When what goes to the trash now leaves it, on the house's own line. */
  trashEnds(): number
  pathOf(id: string): string
}

/** Nobody came to look; when a scanner is there again, it does. */
const waitedTooLong = 'waited-too-long'

/** What nobody is known to have brought may be anybody's secret: a person opens it, however clean it is. */
const isKnown = ({ owner }: FileRow) => owner !== nobody.id

/** What the verdicts of a scanner do to files. */
export function createScanning({ store, moves, scanner, clock, log, limits, trashEnds, pathOf }: Options) {
  const queue = createScanQueue({
    scanner,
    clock,
    log,
    limits,
    pathOf,
    begin,
    end,
    giveBack,
    hold,
    expire,
    recovered,
    spare: store.neverScanned,
  })

  async function inState(id: string, state: FileRow['state']): Promise<FileRow | null> {
    const row = await store.byId(id)
    return row?.state === state ? row : null
  }

  /** Into the line. Who could read it still may: nothing bad is known of it, and `before` says where it goes back to. */
  async function lineUp(row: FileRow, what?: null): Promise<boolean> {
    const set = { before: row.open === 1 ? ('unscanned' as const) : null }
    return moves.attempt(row, 'quarantined', { set, ...(what === null ? { what } : {}) })
  }

  async function begin(id: string) {
    const spare = await inState(id, 'unscanned')
    if (spare && !(await lineUp(spare, null))) return null
    // `scanning`: the end of the last try could not be written.
    const row = (await inState(id, 'quarantined')) ?? (await inState(id, 'scanning'))
    if (!row || row.missing === 1) return null
    if (row.state === 'quarantined' && !(await moves.attempt(row, 'scanning', { what: null }))) return null
    return { size: row.size, type: row.type }
  }

  /** Released, or sent round again, while it was looked at: what was found holds all the same. */
  async function overtaken(id: string): Promise<FileRow | null> {
    return (await inState(id, 'released')) ?? (await inState(id, 'quarantined'))
  }

  async function end(id: string, verdict: Verdict) {
    const row = (await inState(id, 'scanning')) ?? (verdict.state === 'infected' ? await overtaken(id) : null)
    if (!row) return
    if (verdict.state === 'clean') {
      // A person's no is taken back by a person.
      const opens = limits.release !== 'hand' && isKnown(row) && row.before !== 'rejected'
      const open = row.open === 1 || opens ? 1 : 0
      await moves.attempt(row, 'clean', { set: { open, before: null } })
    } else if (verdict.state === 'unscannable' && row.open === 1) {
      // It was good before, and nothing was found: what a person or an earlier scan decided stands.
      await moves.attempt(row, row.before ?? 'released', { reason: verdict.reason, set: { before: null }, what: 'files.unscannable' })
    } else {
      await moves.attempt(row, verdict.state, { reason: verdict.reason, set: { open: 0, before: null } })
    }
  }

  async function giveBack(id: string, reason: string) {
    const row = await inState(id, 'scanning')
    if (row) await moves.attempt(row, 'quarantined', { reason })
  }

  async function hold(reason: string) {
    await store.setReasonOfWaiting(reason)
  }

  async function expire(id: string) {
    const row = await inState(id, 'quarantined')
    if (row) await standAsBefore(row, { reason: waitedTooLong })
  }

  async function recovered() {
    for (const { id } of await store.inState(['unscanned'])) {
      const row = await store.byId(id)
      if (row?.reason === waitedTooLong && row.state === 'unscanned' && (await lineUp(row))) queue.add([id])
    }
  }

  /** Nobody will look: what was found or decided before stands, and what nobody ever looked at is what it is. */
  async function goOnWithout(row: FileRow) {
    const opens = (row.before ?? 'unscanned') === 'unscanned' && limits.release === 'automatic' && isKnown(row)
    await standAsBefore(row, { open: row.open === 1 || opens ? 1 : 0 })
  }

  /** With the reason it had then. What was rejected lies in the trash again, from its first day. */
  async function standAsBefore(row: FileRow, { reason = null, open = row.open }: { reason?: string | null; open?: number }) {
    const back = row.before ?? 'unscanned'
    const set = { open, before: null, trash_ends: back === 'rejected' ? trashEnds() : null }
    if (back === 'unscanned') await moves.attempt(row, back, { reason, set })
    else await moves.attempt(row, back, { reason: await store.lastNote(row.id, back), set, what: 'files.left-as-it-was' })
  }

  return {
    queue,
    /** Nothing waits for ever: a scan that a restart cut off begins again, and without a scanner nobody waits for one. */
    async takeUpAgain() {
      for (const { id } of await store.inState(['scanning', 'quarantined'])) {
        const row = await store.byId(id)
        if (!row) continue
        if (!scanner.present) await goOnWithout(row)
        else if (row.state === 'scanning') await moves.attempt(row, 'quarantined', { reason: row.reason, what: null })
      }
      if (!scanner.present) return
      await recovered()
      const [waiting, from] = await Promise.all([store.inState(['quarantined']), store.waitingSince(firstPossibleTime)])
      queue.add(
        waiting.map(({ id }) => id),
        from,
      )
      // Also when nothing waits: whoever set it up wants to see now whether it can be believed.
      void queue.look()
    },
  }
}
