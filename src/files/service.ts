// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'
import { type Audit, type Clock, createEvents, type Database, type Events, type Log, Refusal } from '../core'
import { createReading, type Readable } from './downloads/reading'
import { createReceipts, type Taken } from './downloads/receipts'
import { createTally } from './downloads/tally'
import { openLinkTime } from './links/link-time'
import type { LinkRow } from './links/links'
import { createSharing, type Sharers, type Sharing } from './links/sharing'
import {
  type FileEvents,
  type FileState,
  type FileStep,
  type FilesLimits,
  isReadable,
  type Listing,
  type ListQuery,
  mayBeDrawn,
  type Space,
  type StoredFile,
} from './model'
import { createMoves } from './quarantine/moves'
import { createReview, type Review } from './quarantine/review'
import { noScanner, type Scanner, type ScannerReport } from './quarantine/scanner'
import { createScanning } from './quarantine/scanning'
import { type Around, createAround } from './shelf/around'
import { createFileExpiry } from './shelf/expiry'
import { createFolders } from './shelf/folders'
import { createListing } from './shelf/listing'
import { type Asker, createSight, noRooms, type RoomDesk } from './shelf/sight'
import { createThumbnails } from './shelf/thumbnails'
import { createFilesStore, type FileRow, toFile } from './store'
import type { FilesTables } from './tables'
import { createMeter } from './uploads/meter'
import { createQuotas, type Quotas } from './uploads/quotas'
import { createResumable, type Resumable } from './uploads/resumable'
import { bootId, findUnfinished } from './uploads/resumable-start'
import { createResumableStore } from './uploads/resumable-store'
import { createSpaceGuard, type FreeSpace, freeSpaceOf } from './uploads/space'
import { createUploads, type Incoming } from './uploads/uploads'
import { createForeign } from './vault/foreign'
import { createPartials } from './vault/partials'
import { reconcile } from './vault/reconcile'
import { adoptStrays } from './vault/strays'
import { openVault, partialsOf } from './vault/vault'

export interface FilesOptions {
  database: Database<FilesTables>
  audit: Audit
  clock: Clock
  log: Log
  /** `cuarentena/`. */
  folder: string
  limits: FilesLimits
  scanner?: Scanner
  sharers: Sharers
  /** Left out: a house without rooms. */
  rooms?: () => RoomDesk
  isAdministrator?(person: string): Promise<boolean>
  freeSpace?: FreeSpace
  /** Bytes of the database and its copies, for the meter. */
  recordBytes?: () => Promise<number>
}

export interface Files extends Readonly<Sharing>, Around {
  receive(user: Asker, incoming: Incoming, from: string | null): Promise<StoredFile>
  /** `missing` for a room whose files are not theirs to see, and for a folder that is not there. */
  list(user: Asker, query: ListQuery): Promise<Listing>
  /** `missing` for what is not there and for what is not theirs alike. */
  find(user: Asker, id: string): Promise<StoredFile>
  /** Those of these that were ever there, deleted ones too, for the messages that carry them. Whoever asks has seen the message. */
  known(ids: readonly string[]): Promise<StoredFile[]>
  /** Those of these that are theirs to see. */
  seenOf(user: Asker, ids: readonly string[]): Promise<ReadonlySet<string>>
  steps(id: string): Promise<FileStep[]>
  /** `missing` when id and name do not belong together, `locked` while nobody may read it. Whoever sends it counts it. */
  read(user: Asker, id: string, name: string): Promise<Readable>
  /** Several at once, in this order; all of them or none. */
  readAll(user: Asker, ids: readonly string[]): Promise<Readable[]>
  /** The same for whoever has a link; every no is the same `missing`. `client`: who goes on with a download, and may although the link is used up. */
  readByToken(token: string, name: string, client: string | null): Promise<Readable & { link: LinkRow }>
  count(taken: Taken): void
  /** To the trash; the row stays as a tombstone, its links end. */
  remove(user: Asker, id: string, from: string | null): Promise<StoredFile>
  space(): Promise<Space>
  /** What is held, trash apart, and how many files are in each state. */
  totals(): Promise<{ files: number; bytes: number; states: Record<FileState, number> }>
  bytesByPerson(): Promise<ReadonlyMap<string, number>>
  /** An account was disabled, or may not share any more: its uploads stop and its links end. */
  endAccessOf(person: string): Promise<void>
  /** Another file with the same bytes that may be mentioned, if there is one: the first that came. */
  twinOf(user: Asker, file: StoredFile): Promise<StoredFile | null>
  /** Uploads that go on where they stopped. */
  readonly resumable: Resumable
  readonly quotas: Quotas
  readonly limits: FilesLimits
  /** Something stands between what arrives and those who take it: an antivirus, or a person who decides. */
  readonly scanning: boolean
  /** What administrators decide. */
  readonly review: Review
  /** How the antivirus is; `waiting` files, and milliseconds for one on average. */
  scannerReport(): ScannerReport & { waiting: number; meanTime: number | null; opensUnscanned: boolean }
  /** Things in the folder that somebody else put there: see vault/foreign.ts. */
  foreign(): Promise<number>
  /** Grows with every change of any state. */
  lastStep(): Promise<number>
  readonly events: Events<FileEvents>
  /** Before the database is closed. */
  stop(): Promise<void>
}

const day = 86_400_000

export async function createFiles({
  database,
  audit,
  clock,
  log,
  folder,
  limits,
  scanner = noScanner(),
  sharers,
  rooms = () => noRooms,
  isAdministrator = async () => false,
  freeSpace = freeSpaceOf(folder),
  recordBytes = async () => 0,
}: FilesOptions): Promise<Files> {
  const { vault, swept } = await openVault(folder)
  if (swept > 0) log.info({ files: swept }, 'files.partials-swept')
  const store = createFilesStore(database)
  const partials = createPartials(folder)
  const resumableStore = createResumableStore(database)
  const boot = await bootId()
  const found = await findUnfinished({ store: resumableStore, partials, vault, log }, boot)
  const strays = adoptStrays(await reconcile({ vault, store, log }), { vault, store, audit, clock, log })

  const foreign = await createForeign({ vault, clock, log })
  const events = createEvents<FileEvents>(log)
  const space = createSpaceGuard({ freeSpace, limits, trashBytes: store.trashBytes })
  const quotas = await createQuotas({ database, audit, limits })
  const time = await openLinkTime({ database, clock })
  const expiry = createFileExpiry({ database, audit, clock, time, limits })
  const sight = createSight({ rooms, isAdministrator })
  const { mayBring } = sight
  const uploads = createUploads({ vault, store, space, quotas, scanner, audit, clock, time, expiry, limits, mayBring })
  const downloads = createTally({ database, clock, log, statement: store.countDownloads })
  const { sharing, stop: stopSharing } = await createSharing({
    ...{ database, audit, clock, log, time, limits, sharers },
    partials: partialsOf(folder),
  })
  const { links, linkUses } = sharing
  const reading = createReading({ store, vault, sight, log, downloadsOf: downloads.of })
  const { shown, present, readable } = reading
  const receipts = createReceipts({ database, audit, clock, log })
  const thumbnails = createThumbnails({ folder: join(folder, 'miniaturas'), limits, log })
  const around = createAround({
    ...{ database, audit, store, sight, reading, expiry, receipts, thumbnails, limits, scanner },
    folders: createFolders({ database, audit, clock, limits }),
  })
  const moves = createMoves({ store, audit, clock, events })
  const trashEnds = () => time.now() + limits.trashDays * day
  const { queue, takeUpAgain } = createScanning({ store, moves, scanner, clock, log, limits, trashEnds, pathOf: vault.pathOf })
  const review = createReview({
    ...{ database, store, moves, vault, audit, clock, log, time, links, scanner, expiry, trashEnds },
    emit: events.emit,
    scan: queue.add,
    hurry: queue.hurry,
  })
  await takeUpAgain()
  await review.sweep()
  await thumbnails.keepOnly(async (ids) => (await store.byIds(ids)).filter((row) => mayBeDrawn(toFile(row))).map(({ id }) => id))
  const forget = ({ file }: { file: StoredFile }) => {
    if (!mayBeDrawn(file)) thumbnails.forget(file.id).catch((error) => log.warn({ err: error }, 'files.thumbnail-stays'))
  }
  events.on('file.changed', forget)
  events.on('file.deleted', forget)
  const resumable = await createResumable({
    ...{ found, boot, partials, store: resumableStore, uploads, space, quotas, audit, time, clock, log, limits, arrived },
    mayBring,
    async fileOf(id) {
      const row = await store.byId(id)
      return row && row.state !== 'deleted' ? toFile(row) : null
    },
  })

  return {
    ...sharing,
    ...around,
    resumable,
    quotas,
    limits,
    events,
    scanning: scanner.present || limits.release !== 'automatic',
    review,
    foreign,
    lastStep: store.lastStep,
    scannerReport: () => ({
      ...(scanner.report?.() ?? presumed),
      waiting: queue.waiting,
      meanTime: queue.meanTime,
      opensUnscanned: limits.release === 'automatic',
    }),
    steps: store.steps,

    async receive(user, incoming, from) {
      const file = await uploads.receive(user, incoming, from)
      arrived(file)
      return file
    },

    async twinOf(user, { id, sha256 }) {
      const row = await store.twin(id, sha256, await sight.horizon(user))
      return row ? shown(row) : null
    },

    list: createListing({ store, sight, folders: around.folders, shown }),

    find: async (user, id) => shown(await present(user, id)),

    known: async (ids) => (await store.byIds(ids)).map(shown),

    async seenOf(user, ids) {
      const horizon = await sight.horizon(user)
      const seen = (await store.byIds(ids)).filter(({ room_id: room }) => room === null || horizon === null || horizon.includes(room))
      return new Set(seen.map(({ id }) => id))
    },

    async read(user, id, name) {
      const row = await present(user, id)
      if (row.name !== name.normalize('NFC')) throw new Refusal('missing', 'errors.missing')
      return unlocked(row)
    },

    async readAll(user, ids) {
      const found: Readable[] = []
      for (const id of ids) found.push(await unlocked(await present(user, id)))
      return found
    },

    async readByToken(token, name, client) {
      const gone = () => new Refusal('missing', 'files.linkGone')
      const link = await links.find(token)
      const row = link && (await store.byId(link.file))
      if (!link || !row || row.name !== name.normalize('NFC') || !isReadable(toFile(row))) throw gone()
      if (link.ended === 'used' && (client === null || !(await linkUses.mayFinish(linkUses.limited(link, row.size), client)))) throw gone()
      // What a room shares lives as long as whoever shared it may see it.
      if (!(await sight.maySee(link.maker, row.room_id))) throw gone()
      const found = await readable(row).catch((error) => {
        throw error instanceof Refusal ? gone() : error
      })
      return { ...found, link }
    },

    count({ file, name = '', by, link, from, viewed = false }) {
      receipts.add({ file: { id: file, name }, by: by ?? null, link, from: from ?? null, viewed })
      if (viewed) return
      downloads.add(file)
    },

    async remove(user, id, from) {
      return review.remove({ id: user.id, name: user.name, from }, id)
    },

    ...createMeter({ store, space, recordBytes }),

    bytesByPerson: store.bytesByPerson,

    async endAccessOf(person) {
      uploads.abortOf(person)
      await links.endThoseOf(person)
    },

    async stop() {
      await resumable.stop()
      review.stop()
      await strays.stop()
      scanner.stop?.()
      await queue.stop()
      await thumbnails.stop()
      await Promise.all([downloads.stop(), stopSharing(), receipts.stop(), time.stop()])
    },
  }

  /** After the commit. */
  function arrived(file: StoredFile): void {
    log.info({ file: file.id, bytes: file.size, who: file.owner.id }, 'files.received')
    events.emit('file.added', { file })
    if (scanner.present) queue.add([file.id])
  }

  async function unlocked(row: FileRow): Promise<Readable> {
    if (!isReadable(toFile(row)) && row.missing === 0) throw new Refusal('locked', 'files.locked')
    return readable(row)
  }
}

/** A scanner that does not say how it is. */
const presumed: ScannerReport = { is: 'ok', since: null, missingLines: [], version: null, signatures: null }
