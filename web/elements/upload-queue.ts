// SPDX-License-Identifier: GPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { UploadPhrases } from '../../src/files'
import { newId } from '../lib/ids'
import { size } from '../lib/size'
import { toast } from '../lib/toast'
import { type Entry, entryView, fill, percentOf } from './upload/entry'
import { placeOf } from './upload/folders'
import { createPace } from './upload/pace'
import { watchSources } from './upload/sources'
import { type Outcome, type Place, resumable, transfer } from './upload/transfer'

/** The server takes no more of one person at once. */
const atOnce = 3

/**
 * `<upload-queue>` sends files with progress, one after the other, three at a time. Attributes: `data-form` and `data-drop` name where files
 * come from, `data-dock` the summary that leads here, `data-sala` or `data-carpeta` where they will belong, `data-max` bytes of one file,
 * `data-phrases` the words; `data-compact` shows the files alone, and lets go of each that is there. It says `files-changed` on the body when a file is there, and `file-ready` `{ id, name }` itself.
 */
export class UploadQueue extends LitElement {
  #entries: Entry[] = []
  #said = ''
  #phrases: UploadPhrases | null = null
  #leaving = new AbortController()

  /** Drawn in the page, so that the page's styles apply. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#phrases = JSON.parse(this.dataset.phrases ?? '{}')
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    const form = this.dataset.form ?? ''
    watchSources({
      forms: [document.getElementById(form), document.getElementById(`${form}-carpeta`)],
      place: document.getElementById(this.dataset.drop ?? ''),
      signal,
      take: (files) => this.add(files),
    })
    this.#remember().catch(() => {})
    window.addEventListener(
      'beforeunload',
      (event) => {
        if (this.#underWay.length > 0) event.preventDefault()
      },
      { signal },
    )
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
    for (const { sending } of this.#entries) sending?.pause()
  }

  add(files: readonly File[]): void {
    for (const file of files) {
      const left = this.#entries.find(({ state, file: known }) => state === 'again' && isSame(known, file))
      if (left) Object.assign(left, { source: file, state: 'waiting' })
      else this.#entries.push(this.#judged(file))
    }
    this.#next()
  }

  /** What this browser began before the page was loaded. */
  async #remember(): Promise<void> {
    if (this.dataset.compact !== undefined || !Object.keys(localStorage).some((key) => key.startsWith('tus::'))) return
    const left = await (await resumable()).unfinished()
    const known = new Set(this.#entries.map(({ url }) => url))
    for (const { name, size: bytes, modified, offset, url, place } of left) {
      // What belongs elsewhere goes on where it was begun.
      const elsewhere = place.sala !== this.#place.sala || (this.#place.carpeta && place.carpeta !== this.#place.carpeta)
      if (known.has(url) || elsewhere) continue
      const file = { name, size: bytes, lastModified: modified }
      this.#entries.push({ ...this.#entryOf(file, null), state: 'again', bytes: offset, url })
    }
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const phrases = this.#phrases as UploadPhrases
    const acts = { retry: this.#retry, pause: this.#pause, choose: this.#choose, cancel: this.#cancel, remove: this.#remove }
    const { length } = this.#entries
    const list = html`<ul class="list">${this.#entries.map((entry) => entryView(entry, phrases, acts))}</ul>`
    if (this.dataset.compact !== undefined) {
      return html`<p class="vh" role="status">${this.#said}</p>${length > 0 ? list : nothing}`
    }
    return html`<section class="card" aria-labelledby="subidas">
      <div class="spread">
        <h2 class="card__title" id="subidas" tabindex="-1">${phrases.uploads}</h2>
        ${length > 0 ? html`<span class="muted"><small>${fill(phrases.uploadsDone, { a: this.#count('done'), b: length })}</small></span>` : nothing}
      </div>
      <p class="vh" role="status">${this.#said}</p>
      ${length > 0 ? list : html`<p class="card__text">${phrases.noUploads}</p>`}
      ${this.#count('sending') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#pauseAll}>${phrases.pauseAll}</button>` : nothing}
      ${this.#count('paused') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#goOnAll}>${phrases.goOnAll}</button>` : nothing}
      ${this.#count('done') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#clear}>${phrases.removeFinished}</button>` : nothing}
    </section>`
  }

  protected override updated(): void {
    const dock = document.getElementById(this.dataset.dock ?? '')
    const phrases = this.#phrases
    if (!dock || !phrases) return
    const failed = this.#count('failed')
    dock.hidden = this.#underWay.length === 0 && failed === 0
    const parts = [
      this.#underWay.length > 0
        ? fill(phrases.uploading, { a: this.#entries.length - this.#count('waiting'), b: this.#entries.length })
        : '',
      failed > 0 ? fill(phrases.withProblems, { n: failed }) : '',
    ]
    dock.querySelector('[data-dock-text]')?.replaceChildren(parts.filter(Boolean).join(' · '))
    const bar = dock.querySelector('progress')
    const all = this.#entries.reduce((sum, { file }) => sum + file.size, 0)
    if (bar) bar.value = all === 0 ? 0 : (this.#entries.reduce((sum, { bytes }) => sum + bytes, 0) / all) * 100
  }

  #judged(file: File): Entry {
    const max = Number(this.dataset.max ?? Number.POSITIVE_INFINITY)
    const entry = this.#entryOf(file, file)
    if (file.size <= max) return entry
    const reason = fill(this.#phrases?.tooLarge ?? '', { size: size(file.size), max: size(max) })
    return { ...entry, state: 'failed', reason, again: false }
  }

  #entryOf(file: Entry['file'], source: File | null): Entry {
    const start = { state: 'waiting', offline: false, url: null, bytes: 0, pace: null, sending: null } as const
    return { id: newId(), file, source, ...start, reason: '', again: true, fileState: '', same: null }
  }

  #next(): void {
    const free = atOnce - this.#entries.filter(({ state }) => state === 'sending' || state === 'checking').length
    for (const entry of this.#entries.filter(({ state }) => state === 'waiting').slice(0, free)) this.#send(entry)
    this.requestUpdate()
  }

  #send(entry: Entry): void {
    const { source } = entry
    if (!source) return
    const { name } = source
    Object.assign(entry, { state: 'sending', pace: null })
    let half = false
    this.#say(this.#phrases?.percentOf ?? '', { name, pct: percentOf(entry) })
    entry.sending = transfer({
      file: source,
      place: placeOf(source, this.#place),
      from: entry.url,
      began: (url) => {
        entry.url = url
      },
      waits: (offline) => {
        if (entry.offline === offline) return
        Object.assign(entry, { offline, state: 'sending', pace: null })
        this.requestUpdate()
      },
      progress: (bytes) => {
        entry.bytes = bytes
        entry.pace ??= createPace(bytes)
        entry.pace.reached(bytes)
        if (!half && percentOf(entry) >= 50) {
          half = true
          this.#say(this.#phrases?.percentOf ?? '', { name, pct: 50 })
        }
        this.requestUpdate()
      },
      sent: () => {
        Object.assign(entry, { state: 'checking', bytes: source.size })
        this.requestUpdate()
      },
      end: (outcome) => this.#ended(entry, outcome),
    })
  }

  #ended(entry: Entry, outcome: Outcome): void {
    const { name } = entry.file
    Object.assign(entry, { sending: null, offline: false })
    if (outcome.is === 'later') {
      // Another tab is sending too: this one waits its turn.
      entry.state = 'waiting'
      window.setTimeout(() => this.#next(), outcome.seconds * 1000)
      this.requestUpdate()
      return
    }
    if (outcome.is === 'done') {
      Object.assign(entry, { state: 'done', bytes: entry.file.size, fileState: outcome.state, same: outcome.same })
      this.#say(this.#phrases?.doneOf ?? '', { name })
      document.body.dispatchEvent(new CustomEvent('files-changed', { bubbles: true }))
      this.dispatchEvent(new CustomEvent('file-ready', { bubbles: true, detail: { id: outcome.id, name } }))
      if (this.dataset.compact !== undefined) this.#entries = this.#entries.filter((one) => one !== entry)
    } else {
      const changed = outcome.is === 'changed'
      const reason = (changed ? this.#phrases?.fileChanged : outcome.reason) ?? this.#phrases?.noAnswer ?? ''
      Object.assign(entry, { state: 'failed', reason, again: !changed })
      this.#say(this.#phrases?.failedOf ?? '', { name, reason })
    }
    this.#next()
  }

  readonly #retry = (entry: Entry): void => {
    Object.assign(entry, { state: 'waiting', reason: '' })
    this.#keepFocus()
    this.#next()
  }

  readonly #pause = (entry: Entry): void => {
    entry.sending?.pause()
    Object.assign(entry, { state: 'paused', sending: null })
    this.#keepFocus()
    this.#next()
  }

  readonly #pauseAll = (): void => {
    // What waits would move up at once.
    for (const entry of this.#entries.filter(({ state }) => state === 'waiting')) entry.state = 'paused'
    for (const entry of this.#entries.filter(({ state }) => state === 'sending')) this.#pause(entry)
  }

  readonly #goOnAll = (): void => {
    for (const entry of this.#entries.filter(({ state }) => state === 'paused')) entry.state = 'waiting'
    this.#keepFocus()
    this.#next()
  }

  readonly #choose = (): void => document.querySelector<HTMLInputElement>(`#${this.dataset.form} input[type="file"]`)?.click()

  readonly #cancel = (entry: Entry): void => {
    const { sending, url } = entry
    if (sending) sending.cancel()
    else if (url) void resumable().then(({ giveUp }) => giveUp(url))
    toast(this.#phrases?.cancelled ?? '')
    this.#remove(entry)
  }

  readonly #remove = (entry: Entry): void => {
    this.#entries = this.#entries.filter((one) => one !== entry)
    this.#keepFocus()
    this.#next()
  }

  readonly #clear = (): void => {
    this.#entries = this.#entries.filter(({ state }) => state !== 'done')
    this.#keepFocus()
    this.requestUpdate()
  }

  /** The button that was pressed goes away; the focus must not go with it. */
  #keepFocus(): void {
    this.querySelector<HTMLElement>('#subidas')?.focus()
  }

  #say(phrase: string, values: Record<string, string | number>): void {
    this.#said = fill(phrase, values)
    this.requestUpdate()
  }

  #count(state: Entry['state']): number {
    return this.#entries.filter((entry) => entry.state === state).length
  }

  get #place(): Place {
    const { sala, carpeta } = this.dataset
    return { ...(sala ? { sala } : {}), ...(carpeta ? { carpeta } : {}) }
  }

  get #underWay(): Entry[] {
    return this.#entries.filter(({ state }) => state === 'waiting' || state === 'sending' || state === 'checking')
  }
}

/** The same file on this device, as far as a page can tell. */
function isSame(a: Entry['file'], b: File): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified
}

customElements.define('upload-queue', UploadQueue)
