// SPDX-License-Identifier: GPL-3.0-or-later
import { type PropertyValues, ReactiveElement } from '@lit/reactive-element'
import { newId } from '../lib/ids'
import { text as make } from '../lib/parts'
import { hear, tell } from './room/answering'
import { mentionable, watchCompletion } from './room/complete-list'
import { createMode } from './room/composer-mode'
import { createDraft, type Draft } from './room/draft'
import { find } from './room/log-view'
import { counted, phrase, say } from './room/phrases'

/** A key is told to the others this often at most, in milliseconds; the word for it stands longer. */
const typingPause = 2_000
/** From this share of the limit on, the number of characters is shown. */
const almost = 0.9

/**
 * `<message-composer>` makes the message form pleasant: it grows with the text, sends on Enter, counts near the limit, keeps the draft.
 * It completes mentions and emoji, answers and edits. Attributes: `data-max`, `data-say-too-long-…`; `closed` switches it off. It says
 * `room-say`, `room-change` and `room-typing` (see answering.ts); a message that nobody takes goes as the plain form does without script.
 */
export class MessageComposer extends ReactiveElement {
  static override properties = { length: { attribute: false }, closed: { type: Boolean } }
  declare length: number
  declare closed: boolean

  #draft: Draft | null = null
  #mode: ReturnType<typeof createMode> | null = null
  #typedAt = Number.NEGATIVE_INFINITY
  readonly #figures = make('span', 'num', '')
  readonly #said = make('span', 'vh', '')
  #leaving = new AbortController()

  constructor() {
    super()
    this.length = 0
    this.closed = false
  }

  /** The form is the server's; the element adds one line under it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#figures.setAttribute('aria-hidden', 'true')
    this.#said.setAttribute('role', 'status')
    if (!this.#figures.isConnected) {
      const line = make('p', 'composer__count', '')
      line.append(this.#figures, this.#said)
      this.append(line)
    }
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    const text = this.#text
    const form = find<HTMLFormElement>(this, 'form')
    const main = this.closest('main') ?? document
    const room = main.querySelector<HTMLElement>('room-live')
    this.#draft = createDraft(room?.dataset ?? {})
    // It would cut what is pasted, in silence; the count says so instead.
    text.removeAttribute('maxlength')
    if (room?.dataset.keep === 'no') text.autocomplete = 'off' // browsers keep fields on disk
    const draft = this.#draft.load()
    if (text.value === '') text.value = draft
    const mode = createMode({ form, box: text, changed: () => this.#measure() })
    this.#mode = mode
    hear(main, 'room-answer', mode.answer, signal)
    hear(main, 'room-edit', mode.edit, signal)
    hear(main, 'room-gone', mode.gone, signal)
    hear(main, 'room-keep', this.#follow, signal)
    hear(main, 'room-write', (words) => this.#write(words), signal)
    // The picker lies outside of this form.
    this.addEventListener(
      'click',
      ({ target }) => {
        const attach = target instanceof Element ? target.closest<HTMLElement>('[data-attach]') : null
        document.querySelector<HTMLInputElement>(`#${attach?.dataset.attach ?? 'none'} input[type="file"]`)?.click()
      },
      { signal },
    )
    // A file that is there becomes a message of its own.
    this.addEventListener('file-ready', ({ detail: { id } }) => void tell(this, 'room-say', { cid: newId(), texto: '', archivo: id }), {
      signal,
    })
    watchCompletion({ box: text, form, people: () => mentionable(main, room?.dataset.me ?? ''), signal }) // before the keys below
    text.addEventListener('input', this.#input, { signal })
    text.addEventListener('keydown', this.#key, { signal })
    form.noValidate = true // the button says why it is off
    form.addEventListener('submit', this.#submit, { signal })
    // A tap on the button must not close the keyboard.
    this.#button.addEventListener('pointerdown', (event) => event.preventDefault(), { signal })
    window.addEventListener('pagehide', () => this.#draft?.flush(), { signal })
    this.#measure()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#draft?.flush()
    this.#leaving.abort()
  }

  protected override updated(changed: PropertyValues): void {
    const { length, max } = this
    const over = length > max
    // The figures change with every key and are for the eye; that it is too long is said once.
    this.#figures.className = over ? 'composer__over' : 'num'
    this.#figures.textContent = over ? counted(this, 'tooLong', length - max) : length >= max * almost ? `${length} / ${max}` : ''
    const spoken = over ? say('tooLong') : ''
    if (this.#said.textContent !== spoken) this.#said.textContent = spoken
    const why = over ? say('tooLong') : length === 0 ? say('empty') : ''
    const button = this.#button
    button.setAttribute('aria-disabled', String(why !== '' || this.closed))
    const title = button.querySelector('.vh')?.textContent ?? ''
    button.title = why ? `${title}: ${why}` : title
    this.#text.setAttribute('aria-invalid', String(over))
    if (changed.has('closed')) this.#text.disabled = this.closed
  }

  get max(): number {
    return Number(this.dataset.max) || 4_000
  }

  get #text(): HTMLTextAreaElement {
    return find<HTMLTextAreaElement>(this, '.composer__text')
  }

  get #button(): HTMLButtonElement {
    return find<HTMLButtonElement>(this, '[type="submit"]')
  }

  #input = (): void => {
    this.querySelector('.field__error')?.remove() // of a message that came back without script
    this.#measure()
    if (this.#mode?.now.is !== 'edit') this.#draft?.keep(this.#text.value)
    if (this.length === 0 || performance.now() - this.#typedAt < typingPause) return
    this.#typedAt = performance.now()
    this.dispatchEvent(new CustomEvent('room-typing', { bubbles: true }))
  }

  #key = (event: KeyboardEvent): void => {
    // Safari ends a composition before it tells of its Enter; 229 is what is left of it.
    if (event.isComposing || event.keyCode === 229 || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' && !touch.matches) find<HTMLFormElement>(this, 'form').requestSubmit()
    else if (event.key === 'Escape' && this.#mode?.now.is !== 'plain') this.#mode?.leave()
    else if (event.key === 'ArrowUp' && this.#text.value === '' && this.#mode?.now.is === 'plain') tell(this, 'room-edit-last', undefined)
    else return
    event.preventDefault()
  }

  #submit = (event: SubmitEvent): void => {
    const texto = this.#text.value.trim()
    if (this.closed || this.length === 0 || this.length > this.max) {
      event.preventDefault()
      this.#text.focus()
      return
    }
    const mode = this.#mode?.now
    if (mode?.is === 'edit') {
      event.preventDefault()
      // Without connection it stays here.
      if (texto === mode.edited.texto || !tell(this, 'room-change', { id: mode.edited.id, texto })) this.#mode?.leave()
      this.#text.focus()
      return
    }
    const cid = newId()
    if (tell(this, 'room-say', { cid, texto, ...(mode?.is === 'answer' ? { answered: mode.answered } : {}) })) {
      const field = this.querySelector<HTMLInputElement>('input[name="cid"]')
      if (field) field.value = cid
      this.#draft?.clear()
      return
    }
    event.preventDefault()
    this.#text.value = ''
    this.#mode?.leave()
    this.#draft?.clear()
    this.#typedAt = Number.NEGATIVE_INFINITY
    this.#measure()
    this.#text.focus()
  }

  #follow = (keep: 'yes' | 'no'): void => {
    const text = this.#text
    text.placeholder = phrase(this, keep === 'yes' ? 'keepYes' : 'keepNo')
    if (keep === 'yes') return // the draft is stored from the next page on
    text.autocomplete = 'off'
    this.#draft?.pass()
  }

  #write(words: string): void {
    const text = this.#text
    const before = text.value.slice(0, text.selectionStart)
    text.setRangeText(before === '' || /\s$/.test(before) ? words : ` ${words}`, text.selectionStart, text.selectionEnd, 'end')
    text.focus()
    this.#input()
  }

  /** As the server counts: signs, not their halves. */
  #measure(): void {
    const text = this.#text
    this.length = [...text.value.trim()].length
    text.style.blockSize = 'auto'
    text.style.blockSize = `${text.scrollHeight}px`
  }
}

/** Where Enter is a key of the screen it breaks the line; only the button sends. */
const touch = window.matchMedia('(hover: none) and (pointer: coarse)')

customElements.define('message-composer', MessageComposer)

declare global {
  interface HTMLElementEventMap {
    'file-ready': CustomEvent<{ id: string; name: string }>
  }
}
