// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, createLimiter, Refusal, readCode } from '../../core'
import type { Member } from '../door/lobby'
import type { Room, Said } from '../model'
import type { Store } from '../store'
import type { SearchIndex } from './search-index'
import { matchOf, readTerms } from './search-terms'

/** The form as it came: texts. */
export interface SearchForm {
  q?: string | undefined
  /** The code of a room. */
  sala?: string | undefined
  /** A user name, or the id of a person. */
  persona?: string | undefined
  /** Days, `2026-11-23`, both included. */
  desde?: string | undefined
  hasta?: string | undefined
  /** In one room: before this number. */
  antes?: string | undefined
}

export interface Found {
  room: Room
  said: Said
}

export interface SearchResult {
  /** Kept rooms this person may look in. */
  rooms: readonly Room[]
  /** The one that was chosen. */
  room: Room | null
  terms: readonly string[]
  /** Newest first. */
  found: readonly Found[]
  /** There are older ones. */
  more: boolean
  /** Whether anything was looked for at all. */
  asked: boolean
}

interface Options {
  store: Store
  index: SearchIndex
  clock: Clock
  membersOf(room: Room): Promise<readonly Member[]>
  /** Of one person, lasting; five times as many in a row, while one types. */
  perSecond: number
}

/** Results of one search. */
const most = 50

export type Search = ReturnType<typeof createSearch>

/** Finds what was said in the kept rooms somebody belongs to, and nowhere else: it is asked room by room. */
export function createSearch({ store, index, clock, membersOf, perSecond }: Options) {
  const limiter = createLimiter({ clock, burst: perSecond * 5, perSecond })

  /** Refuses `missing` (a room that is not there, or not theirs), `invalid` (a date), `throttled`. */
  return async function search(person: { id: string }, form: SearchForm): Promise<SearchResult> {
    const kept = (await store.allOf(person.id)).map(({ room }) => room).filter((room) => room.kept)
    const rooms = kept.sort((a, b) => a.name.localeCompare(b.name))
    const code = form.sala ? readCode(form.sala) : null
    const room = form.sala ? (rooms.find((one) => one.code === code) ?? null) : null
    if (form.sala && !room) throw new Refusal('missing', 'errors.missing')
    const terms = readTerms(form.q ?? '')
    const days = { from: readDay(form.desde, 'desde'), to: readDay(form.hasta, 'hasta') }
    const asked = terms.length > 0 || Boolean(form.persona) || days.from !== null || days.to !== null
    if (!asked) return { rooms, room, terms, found: [], more: false, asked }

    const taken = limiter.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.throttledSearch', { retryAfter: taken.retryAfter })
    const places = room ? [room] : rooms
    const author = form.persona ? await authorOf(form.persona, places) : undefined
    if (author === null) return { rooms, room, terms, found: [], more: false, asked }
    await index.fill(places.map(({ id }) => id))
    const before = room && form.antes && /^\d{1,15}$/.test(form.antes) ? Number(form.antes) : Number.MAX_SAFE_INTEGER
    const found = (await Promise.all(places.map((place) => lookIn(place, { terms, author, days, before })))).flat()
    found.sort((a, b) => (a.room.id === b.room.id ? b.said.n - a.said.n : b.said.at - a.said.at))
    return { rooms, room, terms, found: found.slice(0, most), more: found.length > most, asked }
  }

  interface Wanted {
    terms: readonly string[]
    author: string | undefined
    days: { from: number | null; to: number | null }
    before: number
  }

  async function lookIn(room: Room, { terms, author, days, before }: Wanted): Promise<Found[]> {
    const from = days.from === null ? 1 : await store.search.firstSince(room.id, days.from)
    const end = days.to === null ? before : Math.min(before, await store.search.firstSince(room.id, dayAfter(days.to)))
    if (end <= from) return []
    const places = { roomId: room.id, from, to: end - 1, limit: most + 1 }
    const match = matchOf(terms, author)
    const said = await (match === '' ? store.search.between(places) : store.search.look({ ...places, match }))
    return said.filter((one) => author === undefined || one.author.id === author).map((one) => ({ room, said: one }))
  }

  async function authorOf(typed: string, rooms: readonly Room[]): Promise<string | null> {
    const name = typed.trim().replace(/^@/, '').toLowerCase()
    for (const room of rooms) {
      const found = (await membersOf(room)).find(
        ({ id, username, name: full }) => id === name || username === name || full.toLowerCase() === name,
      )
      if (found) return found.id
    }
    // Whoever left is still the author of what was said.
    return /^[0-9a-z]{16}$/.test(name) ? name : null
  }
}

/** The beginning of the next day here: not each has 24 hours. */
function dayAfter(day: number): number {
  const date = new Date(day)
  return date.setDate(date.getDate() + 1)
}

/** The beginning of a day here; null when none was given. */
function readDay(typed: string | undefined, field: string): number | null {
  if (!typed) return null
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed) ?? []
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  if (!year || date.getMonth() !== Number(month) - 1 || date.getDate() !== Number(day)) {
    throw new Refusal('invalid', 'rooms.searchDateUnfit', { fields: { [field]: 'rooms.searchDateUnfit' } })
  }
  return date.getTime()
}
