// SPDX-License-Identifier: GPL-3.0-or-later
import { type PropertyValues, ReactiveElement } from '@lit/reactive-element'
import { hear } from './room/answering'
import type { Unseen } from './room/attention'
import { offerLevels } from './room/levels'
import { bringToLife, type Life } from './room/live'
import { find } from './room/log-view'
import { counted, phrase } from './room/phrases'
import { createTabTitle } from './room/tab-title'

/**
 * `<room-live>` brings a room's page to life: what is said, who comes and goes, who writes, what was missed, what waits to be sent.
 * The server's markup is all there is; this element moves, marks and replaces it. Attributes and templates in; `room-link` and
 * `room-unread` out. `room-say` and `room-typing` come from the composer that stands beside it in the page.
 */
export class RoomLive extends ReactiveElement {
  static override properties = { unseen: { attribute: false }, atEnd: { attribute: false } }
  declare unseen: Unseen
  declare atEnd: boolean

  #life: Life | null = null
  #title: ReturnType<typeof createTabTitle> | null = null
  #leaving = new AbortController()

  constructor() {
    super()
    this.unseen = { hidden: 0, below: 0, line: null }
    this.atEnd = true
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    const title = createTabTitle(this.dataset.room ?? '')
    const life = bringToLife(
      this,
      {
        unseen: (unseen) => {
          this.unseen = unseen
        },
        atEnd: (atEnd) => {
          this.atEnd = atEnd
        },
        link: (is) => this.#tell('room-link', is),
        seen: title.seen,
        unreadHere: title.here,
      },
      signal,
    )
    this.#title = title
    this.#life = life

    const around = this.closest('main') ?? document
    hear(around, 'room-say', (said, event) => life.say(said) && event.preventDefault(), signal)
    hear(around, 'room-change', (edited, event) => life.change(edited) && event.preventDefault(), signal)
    hear(around, 'room-edit-last', life.editLast, signal)
    hear(around, 'room-typing', life.typing, signal)
    this.addEventListener('click', this.#act, { signal })
    document.addEventListener('unread-elsewhere', ({ detail }) => title.elsewhere(detail), { signal })
    offerLevels(this, signal)
    // The line where one left off is drawn with the first update.
    void this.updateComplete.then(life.showLine)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
    this.#life?.end()
    this.#life = null
  }

  protected override updated(changed: PropertyValues): void {
    const jump = find(this, '#jump')
    const { below, hidden } = this.unseen
    jump.hidden = this.atEnd
    find(jump, '[data-jump-text]').textContent = below > 0 ? counted(this, 'below', below) : phrase(this, 'latest')
    if (!changed.has('unseen')) return
    this.#life?.drawLine(this.unseen)
    const before: Unseen | undefined = changed.get('unseen')
    if (before?.hidden === hidden) return
    this.#title?.show(hidden)
    this.#tell('room-unread', hidden)
  }

  #act = ({ target }: Event): void => {
    if (!(target instanceof Element) || !this.#life) return
    const { act, cid = '' } = target.closest<HTMLElement>('[data-act]')?.dataset ?? {}
    if (act === 'retry') this.#life.retry(cid)
    else if (act === 'discard') this.#life.discard(cid)
    else if (target.closest('#jump')) void this.#life.toEnd()
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))
  }
}

customElements.define('room-live', RoomLive)
