// SPDX-License-Identifier: GPL-3.0-or-later
import { button } from '../../lib/parts'
import { stampOf } from './log-view'
import { olderLink } from './older'
import { clockTime, phrase, say } from './phrases'
import type { Log } from './reducer'

interface Gap {
  /** When the connection was lost, by this browser's clock. */
  from: number
  /** The number up to which everything had been here. */
  upTo: number
}

/** Whether something between the old log and the new one is not on the page. */
export function isMissing(before: Log, now: Log): boolean {
  if (before.epoca !== now.epoca) return true
  const first = now.entries.find(({ place }) => place > 0)?.place ?? (now.n ?? 0) + 1
  return first > (before.n ?? 0) + 1
}

/** Says honestly that messages are missing, and where they can still be had offers to bring them. */
export function showGap(room: HTMLElement, inner: HTMLElement, { from, upTo }: Gap): HTMLElement {
  const kept = room.dataset.keep === 'yes'
  const note = stampOf(room, 'tpl-gap')
  note.dataset.upTo = String(upTo)
  const text = note.querySelector('[data-gap-text]')
  if (text) text.textContent = phrase(room, kept ? 'gap' : 'gapGone', { from: clockTime(from), to: clockTime(Date.now()) })
  if (kept && olderLink(room)) {
    const bring = button({ label: say('bring'), look: 'btn--sm' })
    bring.addEventListener('click', () => olderLink(room)?.click())
    note.append(bring)
  }
  place(inner, note)
  return note
}

/** After older messages came: the gap is closed, or begins further up. */
export function settleGap(inner: HTMLElement, floor: number): void {
  const note = inner.querySelector<HTMLElement>(':scope > .gap')
  if (!note) return
  if (floor <= Number(note.dataset.upTo) + 1) note.remove()
  else place(inner, note)
}

function place(inner: HTMLElement, note: HTMLElement): void {
  const top = inner.querySelector(':scope > #older, :scope > [data-kind="note"]')
  if (top) top.after(note)
  else inner.prepend(note)
}
