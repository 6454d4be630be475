// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, capped, patient, Refusal } from '../core'
import { detectType } from './kinds'
import type { FilesLimits, StoredFile } from './model'
import { safeName } from './names'
import type { Scanner } from './scanner'
import { full, type SpaceGuard } from './space'
import type { FilesStore } from './store'
import { isFull, type Vault } from './vault'

/** What comes in through a door. */
export interface Incoming {
  name: string
  /** `Content-Length`; null when nobody says. A part of a form is at most its whole. */
  declared: number | null
  body: AsyncIterable<Uint8Array>
}

export interface Uploader {
  id: string
  name: string
}

/** Bytes that must come within the patience for silence: one byte every few seconds would otherwise hold a place for ever. */
const leastBytes = 4096
/** Seconds after which a place is likely to be free. */
const retryAfter = 5

interface Options {
  vault: Vault
  store: FilesStore
  space: SpaceGuard
  scanner: Scanner
  audit: Audit
  clock: Clock
  limits: FilesLimits
  freeNow(): Promise<{ free: number; reserve: number }>
}

export function createUploads({ vault, store, space, scanner, audit, clock, limits, freeNow }: Options) {
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

  return {
    /**
     * Receives a file. When it resolves, bytes, name and row are on the disk. Refuses with `too-large`, `throttled`, `full`, or
     * `unreadable` for a body that stalls or breaks off; then nothing is left of it.
     */
    async receive(owner: Uploader, { name, declared, body }: Incoming, from: string | null): Promise<StoredFile> {
      if (declared !== null && declared > limits.maxFileBytes) throw tooLarge(declared)
      const place = takePlace(owner.id)
      try {
        const room = await space.setAside(declared ?? 0)
        try {
          const steady = patient(body, { clock, silence: limits.uploadStall, least: leastBytes, signal: place.signal })
          const kept = await vault.keep(room.watch(capped(steady, limits.maxFileBytes, () => tooLarge(null))))
          return await enter(kept)
        } finally {
          room.free()
        }
      } catch (error) {
        throw await asRefusal(error)
      } finally {
        place.leave()
      }

      async function enter({ id, size, sha256, head, print }: Awaited<ReturnType<Vault['keep']>>): Promise<StoredFile> {
        const at = clock.now()
        const state = scanner.present ? ('quarantined' as const) : ('unscanned' as const)
        const open = !scanner.present && limits.release === 'automatic'
        const file = { id, name: safeName(name), size, sha256, type: detectType(head), state, open, print, owner, at }
        const steps = scanner.present ? (['receiving', 'quarantined'] as const) : (['receiving', 'unscanned'] as const)
        const told = audit.statement({
          who: { id: owner.id, name: owner.name },
          what: 'files.uploaded',
          target: { id, name: file.name },
          from,
          detail: { size, sha256 },
        })
        try {
          await store.add(file, steps, [told])
        } catch (error) {
          // After a lost writer nobody knows whether the row is there: the bytes stay, and the next start looks.
          if (!(error instanceof Error && error.name === 'WriterLost')) await vault.remove(id)
          throw error
        }
        return { id, name: file.name, size, sha256, type: file.type, state, reason: null, owner, at, downloads: 0, open, missing: false }
      }
    },

    /** Ends what somebody is uploading: the account was closed meanwhile. */
    abortOf(person: string) {
      for (const controller of underWay.get(person) ?? []) controller.abort(new Refusal('signed-out', 'errors.signedOut'))
    },

    get underWay() {
      return [...underWay.values()].reduce((sum, own) => sum + own.size, 0)
    },
  }

  function tooLarge(declared: number | null): Refusal {
    const max = { bytes: limits.maxFileBytes }
    return declared === null
      ? new Refusal('too-large', 'files.tooLargeUnknown', { values: { max } })
      : new Refusal('too-large', 'files.tooLarge', { values: { size: { bytes: declared }, max } })
  }

  async function asRefusal(error: unknown): Promise<unknown> {
    if (isFull(error)) return full(await freeNow())
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
      return new Refusal('unreadable', 'files.brokenOff')
    }
    return error
  }
}
