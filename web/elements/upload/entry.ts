// SPDX-License-Identifier: GPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit'
import type { UploadPhrases } from '../../../src/files'
import { iconHref } from '../../lib/icon'
import { newId } from '../../lib/ids'
import { size, span } from '../../lib/size'
import type { Pace } from './pace'
import type { Sending } from './transfer'

/**
 * `paused`: by a person · `again`: chosen before this page was loaded; its file has to be chosen again · `elsewhere`: another tab of this
 * browser has it.
 */
export type EntryState = 'waiting' | 'sending' | 'checking' | 'paused' | 'again' | 'elsewhere' | 'failed' | 'done'

/** One file of the queue. */
export interface Entry {
  id: string
  /** Chosen together, in this order. */
  batch: number
  file: Pick<File, 'name' | 'size' | 'lastModified'>
  /** What is sent; null while it has to be chosen again. */
  source: File | null
  state: EntryState
  /** The server is out of reach just now; it goes on alone. */
  offline: boolean
  /** Where it goes on. */
  url: string | null
  bytes: number
  pace: Pace | null
  /** Why it failed. */
  reason: string
  /** False when trying again cannot help: the file is too large. */
  again: boolean
  /** What it became, once it is there. */
  fileId: string
  /** Whoever waits for it has been told. */
  handed: boolean
  /** What the server calls it, as far as this page has heard. */
  fileState: string
  /** Who brought the same bytes before. */
  same: string | null
  /** While it is being sent. */
  sending: Sending | null
}

export function newEntry(file: Entry['file'], source: File | null, batch: number): Entry {
  const start = { state: 'waiting', offline: false, url: null, bytes: 0, pace: null, sending: null } as const
  return { id: newId(), batch, file, source, ...start, reason: '', again: true, fileId: '', handed: false, fileState: '', same: null }
}

export function isUnderWay({ state }: Entry): boolean {
  return state === 'waiting' || state === 'sending' || state === 'checking'
}

/** The same file on this device, as far as a page can tell. */
export function isSame(a: Entry['file'], b: Entry['file']): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified
}

export interface EntryActs {
  retry(entry: Entry): void
  pause(entry: Entry): void
  choose(entry: Entry): void
  cancel(entry: Entry): void
  remove(entry: Entry): void
}

export function percentOf({ bytes, file }: Entry): number {
  return file.size === 0 ? 100 : Math.min(100, Math.floor((bytes / file.size) * 100))
}

/** `{name}` and the like in a phrase of the server's. */
export function fill(phrase: string, values: Record<string, string | number>): string {
  return phrase.replace(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place))
}

export function icon(name: string, small = true): TemplateResult {
  return html`<svg class=${small ? 'icon icon--sm' : 'icon'} width="20" height="20" aria-hidden="true" focusable="false"><use href=${iconHref(name)}></use></svg>`
}

export function entryView(entry: Entry, phrases: UploadPhrases, acts: EntryActs): TemplateResult {
  const { name } = entry.file
  const { state } = entry
  const moving = state === 'sending' || state === 'checking'
  const halted = state === 'paused' || state === 'again' || (state === 'sending' && entry.offline)
  const act = (word: string, look: string, run: (entry: Entry) => void) =>
    html`<button class="btn btn--quiet btn--icon btn--sm" type="button" title=${word} @click=${() => run(entry)}>${icon(look)}<span class="vh">${word}: ${name}</span></button>`
  return html`<li class="up" data-state=${halted ? 'paused' : state === 'done' || state === 'checking' || state === 'elsewhere' ? 'sending' : state}>
    <span class="ftype ftype--sm" data-tone="2" aria-hidden="true">${extension(name)}</span>
    <div class="up__main">
      <p class="up__name" title=${name}>${name}</p>
      ${moving || halted ? html`<progress class="progress" max="100" .value=${percentOf(entry)} data-is=${halted ? 'paused' : 'sending'} aria-label=${fill(phrases.progressOf, { name })}></progress>` : nothing}
      ${meta(entry, phrases)}
    </div>
    <div class="up__acts">
      ${state === 'sending' && !entry.offline ? act(phrases.pause, 'pause', acts.pause) : nothing}
      ${state === 'paused' ? act(phrases.goOn, 'play', acts.retry) : nothing}
      ${state === 'again' ? act(phrases.chooseAgain, 'folder-open', acts.choose) : nothing}
      ${state === 'failed' && entry.again ? act(phrases.retry, 'rotate-cw', acts.retry) : nothing}
      ${state === 'failed' || state === 'done' ? act(phrases.remove, 'x', acts.remove) : state === 'elsewhere' ? nothing : act(phrases.cancel, 'x', acts.cancel)}
    </div>
  </li>`
}

function meta(entry: Entry, phrases: UploadPhrases): TemplateResult {
  if (entry.state === 'failed') return html`<p class="up__meta up__meta--bad">${entry.reason}</p>`
  if (entry.state === 'elsewhere') return html`<p class="up__meta"><span>${phrases.uploadingElsewhere}</span></p>`
  if (entry.state === 'again') return html`<p class="up__meta"><span>${phrases.toGoOn}</span></p>`
  if (entry.state === 'paused')
    return html`<p class="up__meta"><span>${phrases.paused}</span><span>${fill(phrases.amountOf, { a: size(entry.bytes), b: size(entry.file.size) })}</span></p>`
  if (entry.state === 'sending' && entry.offline) return html`<p class="up__meta"><span>${phrases.noNetwork}</span></p>`
  if (entry.state === 'waiting') return html`<p class="up__meta"><span>${phrases.waiting}</span><span>${size(entry.file.size)}</span></p>`
  if (entry.state === 'checking') return html`<p class="up__meta"><span>100 %</span><span>${phrases.checking}</span></p>`
  if (entry.state === 'done') {
    const [word, look] = phrases.states[entry.fileState] ?? ['', '']
    return html`<p class="up__meta"><span class="done">${icon('check')}${phrases.done}</span>${word ? html`<span class="state" data-state=${entry.fileState}>${icon(look, false)}${word}</span>` : nothing}${entry.same ? html`<span>${fill(phrases.alreadyHere, { name: entry.same })}</span>` : nothing}</p>`
  }
  const guess = entry.pace?.guess(entry.file.size)
  return html`<p class="up__meta"><span>${percentOf(entry)} %</span>${guess ? html`<span>${size(guess.speed)}/s</span><span>${fill(phrases.timeLeft, { t: span(guess.left) })}</span>` : html`<span>${phrases.estimating}</span>`}</p>`
}

function extension(name: string): string {
  const found = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1] ?? ''
  return [...found.toUpperCase()].slice(0, 4).join('')
}
