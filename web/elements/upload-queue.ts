// SPDX-License-Identifier: GPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { UploadPhrases } from '../../src/files'
import { size } from '../lib/size'
import { toast } from '../lib/toast'
import { type Entry, entryView, fill, isSame, isUnderWay, newEntry, percentOf } from './upload/entry'
import { placeOf } from './upload/folders'
import { type Memory, watchMemory } from './upload/memory'
import { createPace } from './upload/pace'
import { watchSources } from './upload/sources'
import { createTotals } from './upload/totals'
import { type Outcome, type Place, resumable, transfer } from './upload/transfer'

/** The server takes no more of one person at once. */
const atOnce = 3

/**
 * `<upload-queue>` sends files with progress, one after the other, three at a time. Attributes: `data-form` and `data-drop` name where files
 * come from, `data-dock` the summary that leads here, `data-sala` or `data-carpeta` where they will belong, `data-max` bytes of one file,
 * `data-me` whose they are, `data-phrases` the words; `data-compact` shows the files alone, and lets go of each that is there. It says
 * `files-changed` on the body when a file is there, and `file-ready` `{ id, name }` itself, of files chosen together in the order chosen.
 */
export class UploadQueue extends LitElement {
  #entries: Entry[] = []
  #batch = 0
  #memory: Memory | null = null
  readonly #totals = createTotals()
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
    if (this.dataset.compact === undefined) {
      const replace = (entries: Entry[]) => {
        this.#entries = entries
        this.requestUpdate()
      }
      const changed = () => this.requestUpdate()
      this.#memory = watchMemory({ entries: () => this.#entries, replace, changed, place: this.#place, me: this.dataset.me ?? '', signal })
    }
    window.addEventListener(
      'beforeunload',
      (event) => {
        if (this.#entries.some(isUnderWay)) event.preventDefault()
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
    this.#batch++
    for (const file of files) {
      const left = this.#entries.find(({ state, file: known }) => state === 'again' && isSame(known, file))
      if (left) Object.assign(left, { source: file, state: 'waiting', batch: this.#batch })
      else this.#entries.push(this.#judged(file))
    }
    this.#next()
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
      ${this.#count('again') > 0 ? html`<p class="card__text">${fill(phrases.notSentYet, { n: this.#count('again') })}</p>` : nothing}
      ${this.#total ? html`<p class="up__meta num" data-total>${this.#total}</p>` : nothing}
      ${length > 0 ? list : html`<p class="card__text">${phrases.noUploads}</p>`}
      ${this.#count('sending') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#pauseAll}>${phrases.pauseAll}</button>` : nothing}
      ${this.#count('paused') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#goOnAll}>${phrases.goOnAll}</button>` : nothing}
      ${this.#count('done') > 1 ? html`<button class="btn btn--quiet btn--sm btn--flush" type="button" @click=${this.#clear}>${phrases.removeFinished}</button>` : nothing}
    </section>`
  }

  protected override updated(): void {
    this.#memory?.tell()
    const dock = document.getElementById(this.dataset.dock ?? '')
    const phrases = this.#phrases
    if (!dock || !phrases) return
    const failed = this.#count('failed')
    const here = this.#entries.filter(({ source }) => source !== null)
    const busy = here.some(isUnderWay)
    const again = this.#count('again')
    dock.hidden = !busy && failed === 0 && again === 0
    const parts = [
      busy ? fill(phrases.uploading, { a: here.length - this.#count('waiting'), b: here.length }) : '',
      this.#total,
      failed > 0 ? fill(phrases.withProblems, { n: failed }) : '',
      again > 0 ? fill(phrases.notSentYet, { n: again }) : '',
    ]
    dock.querySelector('[data-dock-text]')?.replaceChildren(parts.filter(Boolean).join(' · '))
    const bar = dock.querySelector('progress')
    if (bar) bar.value = this.#totals.percent(this.#entries)
  }

  #judged(file: File): Entry {
    const max = Number(this.dataset.max ?? Number.POSITIVE_INFINITY)
    const entry = newEntry(file, file, this.#batch)
    if (file.size <= max) return entry
    const reason = fill(this.#phrases?.tooLarge ?? '', { size: size(file.size), max: size(max) })
    return { ...entry, state: 'failed', reason, again: false }
  }

  #next(): void {
    this.#hand()
    const free = atOnce - this.#entries.filter(({ state }) => state === 'sending' || state === 'checking').length
    for (const entry of this.#entries.filter(({ state }) => state === 'waiting').slice(0, free)) this.#send(entry)
    this.requestUpdate()
  }

  /** Hands on what is there, but nothing before what was chosen ahead of it and is still on its way. */
  #hand(): void {
    const held = new Set<number>()
    for (const entry of this.#entries) {
      const { batch, state, handed } = entry
      if (isUnderWay(entry)) held.add(batch)
      if (state !== 'done' || handed || held.has(batch)) continue
      entry.handed = true
      this.dispatchEvent(new CustomEvent('file-ready', { bubbles: true, detail: { id: entry.fileId, name: entry.file.name } }))
    }
    if (this.dataset.compact !== undefined) this.#entries = this.#entries.filter(({ handed }) => !handed)
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
        this.#totals.moved(bytes - entry.bytes)
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
      const { id: fileId, state: fileState, same } = outcome
      Object.assign(entry, { state: 'done', bytes: entry.file.size, fileId, fileState, same })
      this.#say(this.#phrases?.doneOf ?? '', { name })
      document.body.dispatchEvent(new CustomEvent('files-changed', { bubbles: true }))
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

  get #total(): string {
    return this.#phrases ? this.#totals.line(this.#entries, this.#phrases) : ''
  }
}

customElements.define('upload-queue', UploadQueue)
