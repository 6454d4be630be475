// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, type Compilable, type Database, type Log, newId, Refusal } from '../../core'
import type { Meter } from '../downloads/download'
import type { Part } from '../downloads/range'
import type { Tally } from '../downloads/tally'
import type { FilesTables } from '../tables'
import { type Coverage, createCoverage } from './coverage'
import type { LinkTime } from './link-time'
import type { LinkRow } from './links'
import type { Sendings } from './sendings'

/*
 * What a completed download is. A download belongs to one link and one address. It collects the bytes that went out to that address, over
 * however many answers and connections, and is completed — counted, once — when they cover the whole file. HEAD, 304, 416 and a look at
 * a picture (`?ver`) collect nothing; a range only its own bytes.
 *
 * Bytes went out when the network took them. Of an answer that the client broke off it has what stands before the byte from which it goes
 * on. What the kernel had taken the client may never have got: so for `linkResume` after it was counted, the same address may still
 * fetch what does not begin with the first byte.
 *
 * Whoever asks from the first byte while such an answer runs, or after it was counted, begins another download. While one runs it
 * holds one of the places that are left: fifty at once complete no more than were promised, the others are told to come back. All of it is
 * in the database before a byte goes out: a restart forgets nothing.
 *
 * A link without a maximum promises nothing: a download is counted when the answer that completes it begins, in memory, and taken
 * back when the client breaks off.
 *
 * It keeps count and no secret: who takes pieces at several addresses is not counted. A password is for that.
 */

/** What has to be known of a link before its file goes out. */
interface LimitedLink {
  id: string
  /** Bytes of the file. */
  size: number
  /** Null: no maximum. */
  most: number | null
  /** Completed so far. */
  uses: number
}

interface Download {
  id: string
  client: string
  covered: Coverage
  /** Parts whose answers have not ended. */
  running: Set<Part>
  /** Without a maximum: parts that were answered and, as far as is known, went out. */
  answered: Part[]
  counted: boolean
  /** Answers since it was counted. */
  after: number
  /** On the house's line. */
  touched: number
}

interface State {
  most: number | null
  size: number
  uses: number
  downloads: Download[]
}

interface Options {
  database: Database<FilesTables>
  clock: Clock
  time: LinkTime
  sendings: Sendings
  tally: Tally
  log: Log
  limits: { linkResume: number }
}

/** Beyond it, the link that was asked for longest ago is forgotten; those with a maximum are in the database. */
const mostLinks = 1_000
/** Addresses of one link. */
const mostDownloads = 200
/** Attempts to fetch what is missing of a download that was counted. */
const mostAfter = 32
/** Answers of one download without a maximum that are reckoned with. */
const mostAnswered = 256
const secondsUntilFree = 10

export type LinkUses = ReturnType<typeof createLinkUses>

export function createLinkUses({ database, clock, time, sendings, tally, log, limits }: Options) {
  const { read } = database
  const states = new Map<string, Promise<State>>()

  function stateOf(link: LimitedLink): Promise<State> {
    const known = states.get(link.id) ?? loading(link)
    states.delete(link.id)
    states.set(link.id, known)
    if (states.size > mostLinks) forgetOldest()
    return known
  }

  /** What could not be read is read again by whoever asks next. */
  function loading(link: LimitedLink): Promise<State> {
    const state = load(link)
    state.catch(() => states.get(link.id) === state && states.delete(link.id))
    return state
  }

  function forgetOldest(): void {
    for (const [id, state] of states) {
      const forget = ({ downloads }: State) => void (downloads.every(({ running }) => running.size === 0) && states.delete(id))
      // One that cannot be read is forgotten where it is loaded.
      state.then(forget, () => {})
      return
    }
  }

  async function load({ id, most, size, uses }: LimitedLink): Promise<State> {
    if (most === null) return { most, size, uses, downloads: [] }
    const since = time.now() - limits.linkResume
    const rows = await read
      .selectFrom('file_link_downloads')
      .selectAll()
      .where('link', '=', id)
      .where('touched', '>', since)
      .orderBy('n')
      .execute()
    const downloads = rows.map(({ parts, broken, counted, ...row }) => ({
      ...row,
      covered: createCoverage(JSON.parse(parts), JSON.parse(broken)),
      counted: counted === 1,
      running: new Set<Part>(),
      answered: [],
    }))
    return { most, size, uses, downloads }
  }

  const recent = ({ touched }: Download) => touched > time.now() - limits.linkResume
  const holdsPlace = ({ counted, running }: Download) => !counted && running.size > 0
  const mayGoOn = (one: Download) => recent(one) && (!one.counted || one.after < mostAfter)

  /** What this request goes on with, if anything. */
  function continued({ downloads }: State, client: string, { first }: Part): Download | undefined {
    return downloads.findLast((one) => {
      if (one.client !== client || !mayGoOn(one)) return false
      return first > 0 || (!one.counted && ![...one.running].some((part) => part.first === 0))
    })
  }

  function open(state: State, client: string): Download {
    state.downloads = state.downloads.filter((one) => one.running.size > 0 || recent(one))
    if (state.downloads.length >= mostDownloads) {
      const idle = state.downloads.findIndex((one) => one.running.size === 0)
      if (idle < 0) throw busy()
      state.downloads.splice(idle, 1)
    }
    const download = {
      ...{ id: newId(), client, covered: createCoverage(), running: new Set<Part>(), answered: [] },
      ...{ counted: false, after: 0, touched: time.now() },
    }
    state.downloads.push(download)
    return download
  }

  function refuseWithoutPlace({ most, uses, downloads }: State): void {
    if (most === null) return
    if (uses >= most) throw new Refusal('missing', 'files.linkGone')
    if (uses + downloads.filter(holdsPlace).length >= most) throw busy()
  }

  /** What runs stands there as broken off: that is what it will be if the plug is pulled now. */
  function rowOf(link: string, { id, client, covered, running, counted, after, touched }: Download) {
    const parts = { parts: JSON.stringify(covered.parts), broken: JSON.stringify([...covered.broken, ...running]) }
    const values = { ...parts, counted: counted ? 1 : 0, after, touched }
    return read
      .insertInto('file_link_downloads')
      .values({ id, link, client, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
  }

  function rowsOfLink(link: string, { most, uses }: State): Compilable[] {
    const row = read.updateTable('file_links').where('id', '=', link)
    const usedUp = most !== null && uses >= most
    return [row.set({ uses }), ...(usedUp ? [row.set({ ended: 'used', ended_at: clock.now() }).where('ended', 'is', null)] : [])]
  }

  async function write(statements: readonly Compilable[]): Promise<void> {
    await database.writeAll(statements).catch((error) => log.warn({ err: error }, 'files.link-uses.failed'))
  }

  return {
    limited: ({ id, most, uses }: LinkRow, size: number): LimitedLink => ({ id, size, most, uses }),

    /** Whether a link that is used up still lets this client finish. */
    async mayFinish(link: LimitedLink, client: string): Promise<boolean> {
      const state = await stateOf(link)
      return state.downloads.some((one) => one.client === client && one.counted && mayGoOn(one))
    },

    /**
     * Before bytes go out that are more than a look. Refuses with `missing` when the link is used up for this client, with `busy` when
     * others are fetching what is left.
     */
    async begin(link: LimitedLink, client: string, part: Part): Promise<Meter> {
      const state = await stateOf(link)
      if (state.most !== null) await sendings.settle()
      const known = continued(state, client, part)
      if (!known || !(known.counted || holdsPlace(known))) refuseWithoutPlace(state)
      const download = known ?? open(state, client)
      download.touched = time.now()
      if (state.most === null) return assumed(link.id, state, download, part)
      if (download.counted) download.after++
      download.running.add(part)
      await write([rowOf(link.id, download)])
      return watched(link.id, state, download, part)
    },

    /** At start: downloads that nobody can go on with any more. */
    sweep: () => write([read.deleteFrom('file_link_downloads').where('touched', '<=', time.now() - limits.linkResume)]),
  }

  function watched(link: string, state: State, download: Download, part: Part): Meter {
    return {
      sendings,
      async ended(whole) {
        download.running.delete(part)
        download.touched = time.now()
        if (whole) download.covered.add(part)
        else download.covered.addBroken(part)
        const completed = !download.counted && download.covered.isWhole(state.size)
        if (completed) {
          download.counted = true
          state.uses++
        }
        await write([rowOf(link, download), ...(completed ? rowsOfLink(link, state) : [])])
      },
    }
  }

  /** What went out is taken for whole until its client breaks it off; what it has then is reckoned anew. */
  function assumed(link: string, { size }: State, download: Download, part: Part): Meter {
    const { answered, covered } = download
    if (answered.length >= mostAnswered) return { sendings: null, ended() {} }
    answered.push(part)
    recount()

    function recount(): void {
      const whole = createCoverage(answered, covered.broken).isWhole(size)
      if (whole !== download.counted) tally.add(link, whole ? 1 : -1)
      download.counted = whole
    }

    return {
      sendings: null,
      ended(whole) {
        const place = answered.indexOf(part)
        if (whole || place < 0) return
        answered.splice(place, 1)
        covered.addBroken(part)
        recount()
      },
    }
  }
}

function busy(): Refusal {
  return new Refusal('busy', 'files.linkBusy', { retryAfter: secondsUntilFree })
}
