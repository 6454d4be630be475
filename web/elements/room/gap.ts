// SPDX-License-Identifier: GPL-3.0-or-later
import { button } from '../../lib/parts'
import { stampOf } from './log-view'
import { olderLink } from './older'
import { clockTime, phrase, say } from './phrases'
import type { Log } from './reducer'

interface Gap {
  /** When the connection was lost, by this browser's clock. */
  from: number
  /** The number up to which everything had been here; null: of another life of the room, which is gone. */
  upTo: number | null
}

/** Below every number. */
const never = -1

/** Whether something between the old log and the new one is not on the page. */
export function isMissing(before: Log, now: Log): boolean {
  if (before.epoca !== now.epoca) return true
  return firstOf(now) > (before.n ?? 0) + 1
}

function firstOf({ entries, n }: Log): number {
  return entries.find(({ place }) => place > 0)?.place ?? (n ?? 0) + 1
}

/** Says honestly that messages are missing, and where they can still be had offers to bring them. */
export function showGap(room: HTMLElement, inner: HTMLElement, { from, upTo }: Gap): HTMLElement {
  const note = stampOf(room, 'tpl-gap')
  note.dataset.upTo = String(upTo ?? never)
  const times = { from: clockTime(from), to: clockTime(Date.now()) }
  if (room.dataset.keep !== 'yes') note.dataset.gone = phrase(room, 'gapGone', times)
  write(note, phrase(room, 'gap', times))
  const bring = button({ label: say('bring'), look: 'btn--sm' })
  bring.addEventListener('click', () => olderLink(room)?.click())
  note.append(bring)
  if (!olderLink(room)) giveUp(note)
  place(inner, note)
  return note
}

/** After older messages came: the gap is closed, or begins further up, or nothing that is left closes it. */
export function settleGap(room: HTMLElement, inner: HTMLElement, log: Log): void {
  const note = inner.querySelector<HTMLElement>(':scope > .gap')
  if (!note) return
  const all = !olderLink(room)
  // What a room that keeps its messages does not have any more has had its days.
  if (firstOf(log) <= Number(note.dataset.upTo) + 1 || (all && note.dataset.gone === undefined)) {
    note.remove()
    return
  }
  if (all) giveUp(note)
  place(inner, note)
}

/** There is nothing further up; of a room that keeps nothing, that means the rest is gone. */
function giveUp(note: HTMLElement): void {
  note.querySelector('button')?.remove()
  if (note.dataset.gone !== undefined) write(note, note.dataset.gone)
}

function write(note: HTMLElement, words: string): void {
  const text = note.querySelector('[data-gap-text]')
  if (text) text.textContent = words
}

function place(inner: HTMLElement, note: HTMLElement): void {
  const top = inner.querySelector(':scope > #older, :scope > [data-kind="note"]')
  if (top) top.after(note)
  else inner.prepend(note)
}
