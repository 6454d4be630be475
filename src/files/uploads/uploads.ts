// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, atMost, type Clock, type Compilable, type Gate, gated, isDiskFull, patient, Refusal } from '../../core'
import { detectType } from '../kinds'
import type { LinkTime } from '../links/link-time'
import { type Belonging, type FilesLimits, nowhere, type StoredFile } from '../model'
import { safeName } from '../names'
import type { Scanner } from '../quarantine/scanner'
import type { FileExpiry } from '../shelf/expiry'
import type { FilesStore } from '../store'
import type { Kept, Vault } from '../vault/vault'
import type { Quotas, Share } from './quotas'
import type { SpaceGuard } from './space'

/** What comes in through a door. */
export interface Incoming {
  name: string
  /** `Content-Length`; null when nobody says. Of a part of a form: the most that it can be. */
  declared: number | null
  /** Its chunks are given away: their memory is given back as soon as they are on the disk. */
  body: AsyncIterable<Uint8Array>
  /** Left out: the general drop. */
  belonging?: Belonging
}

export interface Uploader {
  id: string
  name: string
  role: 'administrator' | 'cliente' | 'usuario'
}

/** A file whose bytes and name are on the disk. */
interface Arrived extends Kept {
  name: string
  owner: { id: string; name: string }
  belonging: Belonging
  from: string | null
  /** Written in the same transaction. */
  also?: readonly Compilable[]
  undo(): Promise<void>
}

/** Bytes that must come within the patience for silence: one byte every few seconds would otherwise hold a place for ever. */
const leastBytes = 4096
/** Seconds after which a place is likely to be free. */
const retryAfter = 5

interface Options {
  vault: Vault
  store: FilesStore
  space: SpaceGuard
  quotas: Quotas
  scanner: Scanner
  audit: Audit
  clock: Clock
  time: LinkTime
  expiry: Pick<FileExpiry, 'usual'>
  limits: FilesLimits
  /** Whether somebody may still bring files to a room. */
  mayBring(person: string, room: string): Promise<boolean>
}

export function createUploads({ vault, store, space, quotas, scanner, audit, clock, time, expiry, limits, mayBring }: Options) {
  const underWay = new Map<string, Set<AbortController>>()

  /** A place among the uploads of this person, or `throttled`. */
  function takePlace(person: string): { signal: AbortSignal; leave(): void } {
    const own = underWay.get(person) ?? new Set()
    if (own.size >= limits.uploadsPerPerson) {
      throw new Refusal('throttled', 'files.tooManyUploads', { retryAfter, values: { max: limits.uploadsPerPerson } })
    }
    const controller = new AbortController()
    own.add(controller)
    underWay.set(person, own)
    return {
      signal: controller.signal,
      leave() {
        own.delete(controller)
        if (own.size === 0) underWay.delete(person)
      },
    }
  }

  async function setAside(declared: number | null, share: Share) {
    try {
      return await space.setAside(declared ?? 0)
    } catch (error) {
      share.free()
      throw error
    }
  }

  /** The row of a file whose bytes and name are on the disk, with its line in the audit log. When that fails, `undo` is called. */
  async function enter({ id, name, owner, belonging, size, sha256, head, print, from, also = [], undo }: Arrived): Promise<StoredFile> {
    // Whoever was in the room when it began, and has left it or was sent away since, brings nothing there any more.
    if (belonging.room !== null && !(await mayBring(owner.id, belonging.room))) {
      await undo()
      throw new Refusal('missing', 'errors.missing')
    }
    const at = clock.now()
    const state = scanner.present ? ('quarantined' as const) : ('unscanned' as const)
    const open = !scanner.present && limits.release === 'automatic'
    const end = expiry.usual()
    const file = { id, name: safeName(name), size, sha256, type: detectType(head), state, open, print, owner, at, ...belonging, ...end }
    const steps = scanner.present ? (['receiving', 'quarantined'] as const) : (['receiving', 'unscanned'] as const)
    const told = audit.statement({
      who: owner,
      what: 'files.uploaded',
      target: { id, name: file.name },
      from,
      detail: { size, sha256 },
    })
    try {
      await store.add(file, steps, [told, ...(end.endsOnLine === null ? [] : [time.mark()]), ...also])
    } catch (error) {
      // After a lost writer nobody knows whether the row is there: the bytes stay, and the next start looks.
      if (!isWriterLost(error)) await undo()
      throw error
    }
    const { name: kept, type } = file
    const { endsAt } = end
    return { id, name: kept, size, sha256, type, state, reason: null, owner, at, downloads: 0, open, missing: false, ...belonging, endsAt }
  }

  /** A body that keeps coming, or `unreadable`; what no gate refuses. */
  function steadily(body: AsyncIterable<Uint8Array>, signal: AbortSignal, gates: readonly Gate[]) {
    return gated(patient(body, { clock, silence: limits.uploadStall, least: leastBytes, signal }), gates)
  }

  return {
    /**
     * Receives a file. When it resolves, bytes, name and row are on the disk. Refuses with `too-large`, `throttled`, `full`, or
     * `unreadable` for a body that stalls or breaks off; then nothing is left of it.
     */
    async receive(uploader: Uploader, { name, declared, body, belonging = nowhere }: Incoming, from: string | null): Promise<StoredFile> {
      if (declared !== null && declared > limits.maxFileBytes) throw tooLarge(limits, declared)
      const owner = { id: uploader.id, name: uploader.name }
      const place = takePlace(owner.id)
      try {
        const share = await quotas.reserve(uploader, declared)
        const room = await setAside(declared, share)
        try {
          const gates = [atMost(limits.maxFileBytes, () => tooLarge(limits)), share.gate(), room.gate()]
          const kept = await vault.keep(steadily(body, place.signal, gates))
          return await enter({ ...kept, name, owner, belonging, from, undo: () => vault.remove(kept.id) })
        } finally {
          room.free()
          share.free()
        }
      } catch (error) {
        throw await asRefusal(error)
      } finally {
        place.leave()
      }
    },

    takePlace,
    steadily,
    enter,
    asRefusal,

    /** Ends what somebody is uploading: the account was closed meanwhile. */
    abortOf(person: string) {
      for (const controller of underWay.get(person) ?? []) controller.abort(new Refusal('signed-out', 'errors.signedOut'))
    },

    get underWay() {
      return [...underWay.values()].reduce((sum, own) => sum + own.size, 0)
    },
  }

  async function asRefusal(error: unknown): Promise<unknown> {
    if (isDiskFull(error)) return space.refusal()
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
      return new Refusal('unreadable', 'files.brokenOff')
    }
    return error
  }
}

export type Uploads = ReturnType<typeof createUploads>

/** `declared`: bytes, when somebody said them. */
export function tooLarge({ maxFileBytes }: Pick<FilesLimits, 'maxFileBytes'>, declared?: number): Refusal {
  const max = { bytes: maxFileBytes }
  return declared === undefined
    ? new Refusal('too-large', 'files.tooLargeUnknown', { values: { max } })
    : new Refusal('too-large', 'files.tooLarge', { values: { size: { bytes: declared }, max } })
}

export function isWriterLost(error: unknown): boolean {
  return error instanceof Error && error.name === 'WriterLost'
}
