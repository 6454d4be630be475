// SPDX-License-Identifier: GPL-3.0-or-later
import type { FileHandle } from 'node:fs/promises'
import { type Audit, atMost, type Clock, gathered, type Line, type Log, newId, Refusal } from '../../core'
import { type Belonging, type FilesLimits, nowhere, type StoredFile } from '../model'
import { safeName } from '../names'
import type { Partials } from '../vault/partials'
import type { Quotas } from './quotas'
import { createRunning, type Running } from './resumable-running'
import type { Found } from './resumable-start'
import type { ResumableStore } from './resumable-store'
import type { SpaceGuard } from './space'
import { type Checksum, TusRefusal } from './tus-headers'
import { isWriterLost, tooLarge, type Uploader, type Uploads } from './uploads'
import { writtenAtOnce } from './writing'

/** An upload as its owner may know it. */
export interface Upload {
  id: string
  size: number
  /** Bytes that are here. */
  offset: number
  metadata: string | null
  /** Epoch ms; null once it is a file. */
  expires: number | null
  /** What it became, when all of it is here and durable. */
  file: StoredFile | null
}

/** An upload that has begun and not ended, as those who run the house know it. */
export interface Unfinished {
  id: string
  name: string
  owner: { id: string; name: string }
  /** Bytes that it sets aside, and those that are here. */
  size: number
  offset: number
  /** Epoch ms at which it is given up when nothing more comes. */
  expires: number
}

export interface Piece {
  /** Where its first byte belongs. */
  offset: number
  /** `Content-Length`; null when nobody says. */
  declared: number | null
  body: AsyncIterable<Uint8Array>
  checksum: Checksum | null
}

interface Options {
  found: readonly Found[]
  boot: string
  partials: Partials
  store: ResumableStore
  uploads: Uploads
  space: SpaceGuard
  quotas: Quotas
  audit: Audit
  time: Line
  clock: Clock
  log: Log
  limits: FilesLimits
  /** Whether somebody may still bring files to a room. */
  mayBring(person: string, room: string): Promise<boolean>
  /** The file that this upload became, for whoever asks again. */
  fileOf(id: string): Promise<StoredFile | null>
  /** After the commit. */
  arrived(file: StoredFile): void
}

export type Resumable = Awaited<ReturnType<typeof createResumable>>

/** Bytes after which what has come is made durable: a pulled plug costs at most about so many to send again. */
const syncEvery = 64 * 1024 * 1024
const sweepEvery = 60_000

/**
 * Uploads that can go on where they stopped, after a bad network, a restart, a night. Whoever sends to an upload last wins: that ends the
 * request before, which may hang on a connection that nobody knows to be dead, and goes on from what has come.
 */
export async function createResumable(options: Options) {
  const { found, boot, partials, store, uploads, space, quotas, audit, time, clock, log, limits, mayBring, fileOf, arrived } = options
  const living = new Map<string, Running>()
  /** Whose uploads are being begun: they count from the moment in which they were let in. */
  const beginning = new Map<string, string>()

  for (const { offset, ...row } of found) {
    const room = space.setAsideAgain(row.size - offset)
    living.set(row.id, createRunning({ row, offset, room, share: quotas.reserveAgain(row.owner, row.size), seen: row.seen }))
  }

  function mine(user: Uploader, id: string): Running | null {
    const running = living.get(id)
    if (!running) return null
    if (running.row.owner !== user.id) throw missing()
    return running
  }

  /** The same, where it goes on: whoever has left the room it was meant for brings nothing there any more. */
  async function goingOn(user: Uploader, id: string): Promise<Running | null> {
    const running = mine(user, id)
    const room = running?.row.room_id ?? null
    if (room !== null && !(await mayBring(user.id, room))) throw missing()
    return running
  }

  async function ended(user: Uploader, id: string): Promise<Upload> {
    const file = await fileOf(id)
    if (!file || file.owner.id !== user.id) throw missing()
    return { id, size: file.size, offset: file.size, metadata: null, expires: null, file }
  }

  const expiryOf = ({ seen }: Running) => clock.now() + Math.max(0, limits.uploadLife - (time.now() - seen))

  function told(running: Running): Upload {
    const { row, offset } = running
    return { id: row.id, size: row.size, offset, metadata: row.metadata, expires: expiryOf(running), file: null }
  }

  /** Refuses with `too-large`, `throttled` or `full`. An empty file is one at once. */
  async function create(
    user: Uploader,
    { size, name, metadata, belonging = nowhere }: { size: number; name: string; metadata: string | null; belonging?: Belonging },
    from: string | null,
  ): Promise<Upload> {
    if (size > limits.maxFileBytes) throw tooLarge(limits, size)
    const max = limits.unfinishedUploads
    const owners = [...[...living.values()].map(({ row }) => row.owner), ...beginning.values()]
    if (owners.filter((owner) => owner === user.id).length >= max) {
      throw new Refusal('throttled', 'files.tooManyUnfinished', { values: { max }, retryAfter: 60 })
    }
    const id = newId()
    beginning.set(id, user.id)
    try {
      return await begin(user, { id, size, name, metadata, belonging }, from)
    } finally {
      beginning.delete(id)
    }
  }

  async function begin(
    user: Uploader,
    { id, size, name, metadata, belonging }: { id: string; size: number; name: string; metadata: string | null; belonging: Belonging },
    from: string | null,
  ): Promise<Upload> {
    const share = await quotas.reserve(user, size)
    let room: Awaited<ReturnType<SpaceGuard['setAside']>> | undefined
    try {
      room = await space.setAside(size)
      const seen = time.now()
      const owned = { owner: user.id, owner_name: user.name }
      const place = { room_id: belonging.room, folder_id: belonging.folder }
      const row = { id, ...owned, name: safeName(name), metadata, size, synced: 0, boot, seen, ...place, created_at: clock.now() }
      await partials.create(id)
      await store.add(row, time.mark())
      const running = createRunning({ row, offset: 0, room, share, seen })
      living.set(id, running)
      beginning.delete(id)
      return size === 0 ? await running.turn(() => finish(running, from)) : told(running)
    } catch (error) {
      if (!living.has(id)) {
        room?.free()
        share.free()
        await partials.remove(id).catch(() => {})
      }
      throw await uploads.asRefusal(error)
    }
  }

  /**
   * Where it stands at this moment. It ends nothing: a second tab that only asks must not cut off the first. What a dying connection still
   * brings afterwards is told by `conflict`, and asked for again.
   */
  async function look(user: Uploader, id: string, from: string | null): Promise<Upload> {
    const running = await goingOn(user, id)
    if (!running) return ended(user, id)
    // Once all of it is here the answer is what it became.
    if (running.offset < running.row.size) return told(running)
    return running.turn(async () => {
      if (!living.has(id)) return ended(user, id)
      return running.offset === running.row.size ? finish(running, from) : told(running)
    })
  }

  /**
   * Adds a piece. What came before a connection broke stays; with a checksum it is all or nothing. Refuses with `conflict` for another
   * offset, `too-large` for more than was announced, 460 for a wrong checksum.
   */
  async function append(user: Uploader, id: string, piece: Piece, from: string | null): Promise<Upload> {
    const running = await goingOn(user, id)
    if (!running) return same(await ended(user, id), piece)
    return running.turn(async (signal) => {
      signal.throwIfAborted()
      if (!living.has(id)) return same(await ended(user, id), piece)
      const place = uploads.takePlace(user.id)
      try {
        await take(running, piece, AbortSignal.any([signal, place.signal]))
      } catch (error) {
        throw await uploads.asRefusal(error)
      } finally {
        place.leave()
      }
      return running.offset === running.row.size ? finish(running, from) : told(running)
    })
  }

  /** An answer got lost and the last piece comes again, empty: it is all here. */
  function same(upload: Upload, { offset, declared }: Piece): Upload {
    if (offset !== upload.offset || declared !== 0) throw elsewhere(upload.offset)
    return upload
  }

  async function take(running: Running, { offset, declared, body, checksum }: Piece, signal: AbortSignal): Promise<void> {
    const { row } = running
    const handle = await partials.open(row.id)
    try {
      await running.prepare(handle, partials.pathOf(row.id))
      if (offset !== running.offset) throw elsewhere(running.offset)
      if (declared !== null && declared > row.size - offset) throw more(row.size)
      const gates = [atMost(row.size - offset, () => more(row.size)), running.room.gate()]
      const source = gathered(uploads.steadily(body, signal, gates), writtenAtOnce)
      if (checksum) await takeChecked(running, handle, source, checksum)
      else await takePlain(running, handle, source)
    } finally {
      running.seen = time.touch()
      running.room.owe(row.size - running.offset)
      await handle.close()
    }
  }

  async function takePlain(running: Running, handle: FileHandle, source: AsyncIterable<Uint8Array[]>): Promise<void> {
    try {
      for await (const chunks of source) {
        await running.write(handle, chunks)
        running.syncNow(syncEvery, () => sync(running, handle))
      }
    } finally {
      await running.synced()
    }
  }

  async function takeChecked(running: Running, handle: FileHandle, source: AsyncIterable<Uint8Array[]>, checksum: Checksum): Promise<void> {
    const before = running.snapshot()
    // Until it is verified nothing of it counts, a crash in the middle included.
    if (running.row.boot !== '') {
      await handle.datasync()
      await store.trustOnly(running.row.id, running.offset)
      running.row.boot = ''
    }
    try {
      const sum = new Bun.CryptoHasher(checksum.algorithm)
      for await (const chunks of source) {
        for (const chunk of chunks) sum.update(chunk)
        await running.write(handle, chunks)
      }
      if (sum.digest('base64') !== checksum.digest) throw new TusRefusal(460, 'unreadable', 'files.checksumWrong')
      await sync(running, handle)
    } catch (error) {
      await running.back(handle, before)
      throw error
    }
  }

  async function sync({ row, offset }: Running, handle: FileHandle): Promise<void> {
    await handle.datasync()
    await store.synced(row.id, offset)
  }

  /** All bytes are here: the same durable way as any upload, and the same answer when it is asked again. */
  async function finish(running: Running, from: string | null): Promise<Upload> {
    const { row } = running
    const { id } = row
    const handle = await partials.open(id)
    let file: StoredFile
    try {
      await running.prepare(handle, partials.pathOf(id))
      if (running.offset !== row.size) return told(running)
      const print = await partials.settle(id, handle)
      const owner = { id: row.owner, name: row.owner_name }
      const kept = { id, size: row.size, sha256: running.digest(), head: running.head(), print }
      const undo = () => partials.unsettle(id)
      const belonging = { room: row.room_id, folder: row.folder_id }
      file = await uploads.enter({ ...kept, name: row.name, owner, belonging, from, also: [store.removal(id)], undo })
    } catch (error) {
      // Nobody knows whether it is a file now: the next start looks.
      if (isWriterLost(error)) living.delete(id)
      throw await uploads.asRefusal(error)
    } finally {
      await handle.close()
    }
    forget(running)
    arrived(file)
    return { id, size: row.size, offset: row.size, metadata: row.metadata, expires: null, file }
  }

  async function remove(user: Uploader, id: string): Promise<void> {
    const running = mine(user, id)
    if (!running) throw missing()
    await running.turn(async () => {
      if (!living.has(id)) throw missing()
      await drop(running)
    })
  }

  /** Gives one up for its owner: somebody needs the space that it sets aside. Refuses with `missing`. */
  async function giveUp(by: { id: string; name: string; from: string | null }, id: string): Promise<string> {
    const running = living.get(id)
    if (!running) throw missing()
    await running.turn(async () => {
      if (!living.has(id)) throw missing()
      await drop(running)
    })
    const { name, owner_name } = running.row
    const who = { id: by.id, name: by.name }
    await audit.record({ who, what: 'files.upload-given-up', target: { id, name }, from: by.from, detail: { owner: owner_name } })
    return name
  }

  async function drop(running: Running): Promise<void> {
    await store.remove(running.row.id)
    await partials.remove(running.row.id)
    forget(running)
  }

  function forget(running: Running): void {
    living.delete(running.row.id)
    running.room.free()
    running.share.free()
  }

  /** Gives up what nobody goes on with, and writes down when bytes last came. */
  async function sweep(): Promise<void> {
    const moved: { id: string; seen: number }[] = []
    for (const running of living.values()) {
      const { row, seen, busy } = running
      if (!busy && time.now() - seen > limits.uploadLife) {
        await running.turn(() => drop(running))
        log.info({ upload: row.id, bytes: running.offset, who: row.owner }, 'files.upload-expired')
        continue
      }
      if (!busy && running.takeUnsynced()) await running.turn(() => syncAlone(running))
      if (seen === row.seen) continue
      row.seen = seen
      moved.push({ id: row.id, seen })
    }
    await store.seen(moved)
  }

  async function syncAlone(running: Running): Promise<void> {
    if (!living.has(running.row.id)) return
    const handle = await partials.open(running.row.id)
    try {
      await sync(running, handle)
    } finally {
      await handle.close()
    }
  }

  const sweeping = () => void sweep().catch((error) => log.error({ err: error }, 'files.upload-sweep-failed'))
  const cancel = clock.every(sweepEvery, sweeping)
  await sweep()

  return {
    create,
    look,
    append,
    remove,
    giveUp,
    /** What has begun and not ended, in the order it began. */
    list: (): Unfinished[] =>
      [...living.values()].map((running) => {
        const { row, offset } = running
        const owner = { id: row.owner, name: row.owner_name }
        return { id: row.id, name: row.name, owner, size: row.size, offset, expires: expiryOf(running) }
      }),
    get unfinished() {
      return living.size
    },
    async stop(): Promise<void> {
      cancel()
      await Promise.all([...living.values()].map((running) => running.turn(async () => {})))
      await sweep()
    },
  }
}

function missing(): Refusal {
  return new Refusal('missing', 'errors.missing')
}

function elsewhere(offset: number): Refusal {
  return new Refusal('conflict', 'files.offsetElsewhere', { values: { offset: { bytes: offset } } })
}

function more(size: number): Refusal {
  return new Refusal('too-large', 'files.tooLargeUnknown', { values: { max: { bytes: size } } })
}
