// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'

type Change = Extract<ServerFrame, { t: 'cambio' }>
type Sync = Extract<ServerFrame, { t: 'lista' }>

/** Something that stands in the log. */
export interface Entry {
  id: string
  /** The number of its first change: where it stands, for ever. */
  place: number
  /** The number of the last change that was applied to it. */
  applied: number
}

/** What the browser knows of a room's log. One for bootstrap, replay and live; it holds no markup. */
export interface Log {
  epoca: string | undefined
  /** Everything up to this number is here. Undefined before anything is known. */
  n: number | undefined
  /** False while an answer to `hola` is under way: changes come out of order, and some may be missing. */
  level: boolean
  /** Nothing below this number was loaded; 0 when the log is here from its beginning. */
  floor: number
  /** Nothing above this number was loaded, on a page that does not reach the newest. */
  ceiling: number | undefined
  /** In the order of the page. */
  entries: Entry[]
  known: Map<string, Entry>
  /** What was removed without trace, and when: an older state of it must not come back. */
  gone: Map<string, number>
  /** The last change of something that stands on no page that was opened yet: whoever opened one that was read before it lacks it. */
  overlooked: number
  /** Numbers that came ahead of those before them. */
  early: Set<number>
  /** The log was given up: nothing is applied before it is loaded anew. */
  stale: boolean
}

/** What is to be done to the page. */
export type Step =
  | { do: 'insert'; id: string; html: string; before: string | null }
  | { do: 'replace'; id: string; html: string }
  | { do: 'remove'; id: string }
  /** Numbers are missing: say `hola` again. */
  | { do: 'ask' }
  /** What was missed cannot be told any more: load the log anew. */
  | { do: 'reload' }

interface Page {
  epoca?: string | undefined
  n?: number | undefined
  floor?: number
  ceiling?: number | undefined
  entries?: readonly { id: string; place: number }[]
}

/** The log as a page brings it: everything on it is as it was at `n`. */
export function openLog({ epoca, n, floor = 0, ceiling, entries = [] }: Page = {}): Log {
  const own = entries.map(({ id, place }) => ({ id, place, applied: n ?? 0 }))
  return {
    epoca,
    n,
    level: false,
    floor,
    ceiling,
    entries: own,
    known: new Map(own.map((entry) => [entry.id, entry])),
    gone: new Map(),
    overlooked: 0,
    early: new Set(),
    stale: false,
  }
}

/** Applies one frame. Changes `log` and nothing else; the same frames always give the same log, however often each of them comes. */
export function reduce(log: Log, frame: ServerFrame): Step[] {
  switch (frame.t) {
    case 'cambio':
      return log.stale ? [] : change(log, frame)
    case 'lista':
      return log.stale ? [] : levelled(log, frame)
    case 'hueco':
      log.stale = true
      log.level = false
      return [{ do: 'reload' }]
    default:
      return []
  }
}

/** Older entries were loaded above the rest. */
export function prepend(log: Log, entries: readonly { id: string; place: number }[], floor: number): void {
  const fresh = entries.filter(({ id }) => !log.known.has(id)).map(({ id, place }) => ({ id, place, applied: 0 }))
  for (const entry of fresh) log.known.set(entry.id, entry)
  log.entries.unshift(...fresh)
  log.floor = floor
}

/** Later entries were loaded below the rest; without a ceiling the newest is among them. */
export function append(log: Log, entries: readonly { id: string; place: number }[], ceiling: number | undefined): void {
  const fresh = entries.filter(({ id }) => !log.known.has(id)).map(({ id, place }) => ({ id, place, applied: 0 }))
  for (const entry of fresh) log.known.set(entry.id, entry)
  log.entries.push(...fresh)
  log.ceiling = ceiling
}

/** Lets go of all but the newest `keep` entries; answers the others. */
export function trim(log: Log, keep: number): string[] {
  const gone = log.entries.splice(0, Math.max(0, log.entries.length - keep)).map(({ id }) => id)
  for (const id of gone) log.known.delete(id)
  if (gone.length > 0) log.floor = log.entries.find(({ place }) => place > 0)?.place ?? log.floor
  return gone
}

/** A page came that was read when everything up to `n` was here: what it may lack is asked for again. Answers whether there is anything. */
export function stepBack(log: Log, n: number): boolean {
  if (log.n === undefined || log.n <= n) return false
  unlevel(log)
  log.n = n
  return true
}

/** The connection is new, or a hole was seen: what comes next may be out of order until a `lista`. */
export function unlevel(log: Log): void {
  log.level = false
  log.early.clear()
}

function change(log: Log, frame: Change): Step[] {
  const { n } = frame
  if (n === 0) return passing(log, frame)
  if (log.n !== undefined && n <= log.n) return []
  const steps = frame.op === 'quitar' ? remove(log, frame) : put(log, frame)
  if (!log.level) log.early.add(n)
  else if (log.n === undefined || n === log.n + 1) log.n = n
  else {
    unlevel(log)
    log.early.add(n)
    steps.push({ do: 'ask' })
  }
  return steps
}

function levelled(log: Log, { epoca, n }: Sync): Step[] {
  log.epoca = epoca
  log.n = Math.max(n, log.n ?? 0)
  while (log.early.delete(log.n + 1)) log.n++
  log.early.clear()
  log.level = true
  return []
}

/** Comings and goings that no history keeps: they stand where they were heard. */
function passing(log: Log, { id, op, html }: Change): Step[] {
  if (op === 'quitar' || log.known.has(id) || log.ceiling !== undefined) return []
  const entry = { id, place: log.entries.at(-1)?.place ?? log.n ?? 0, applied: 0 }
  log.entries.push(entry)
  log.known.set(id, entry)
  return [{ do: 'insert', id, html, before: null }]
}

function put(log: Log, { id, n, html }: Change): Step[] {
  const known = log.known.get(id)
  if (known) {
    if (known.applied >= n) return []
    known.applied = n
    return [{ do: 'replace', id, html }]
  }
  if ((log.gone.get(id) ?? 0) > n) return []
  const place = placeOf(html) || n
  // It belongs to a page of the past that nobody has opened: it will come with it, as it is then.
  if (place < log.floor || (log.ceiling !== undefined && place > log.ceiling)) {
    log.overlooked = Math.max(log.overlooked, n)
    return []
  }
  const entry = { id, place, applied: n }
  const index = after(log.entries, place)
  const before = log.entries[index]?.id ?? null
  log.entries.splice(index, 0, entry)
  log.known.set(id, entry)
  return [{ do: 'insert', id, html, before }]
}

function remove(log: Log, { id, n }: Change): Step[] {
  log.gone.set(id, n)
  const known = log.known.get(id)
  if (!known) log.overlooked = Math.max(log.overlooked, n)
  if (!known || known.applied >= n) return []
  log.known.delete(id)
  log.entries.splice(log.entries.indexOf(known), 1)
  return [{ do: 'remove', id }]
}

/** The index of the first entry that stands after `place`. Nearly always the end. */
function after(entries: readonly Entry[], place: number): number {
  let index = entries.length
  while (index > 0 && (entries[index - 1] as Entry).place > place) index--
  return index
}

/** The number in the opening tag of an element, 0 without one. */
function placeOf(html: string): number {
  return Number(/^\s*<[^>]*?\sdata-n="(\d+)"/.exec(html)?.[1] ?? 0)
}
