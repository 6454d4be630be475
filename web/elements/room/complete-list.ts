// SPDX-License-Identifier: GPL-3.0-or-later
import { text } from '../../lib/parts'
import { words } from '../../lib/words'
import { completed, type Mentionable, type Query, queryAt, type Suggestion, suggestionsFor } from './completion'
import { emojiNamed } from './emoji'

const say = words({
  people: ['Personas de la sala', 'People of the room'],
  emoji: ['Emoji', 'Emoji'],
  one: ['1 sugerencia. Flechas e Intro para elegir.', '1 suggestion. Arrows and Enter to choose.'],
  other: ['{n} sugerencias. Flechas e Intro para elegir.', '{n} suggestions. Arrows and Enter to choose.'],
})

interface CompleteOptions {
  box: HTMLTextAreaElement
  /** The list is put before this element. */
  form: HTMLElement
  people: () => Mentionable[]
  signal: AbortSignal
}

const id = 'composer-list'
/** `:fiesta:` written to its end. */
const named = /(^|\s):([\p{L}\p{N}_+-]{2,20}):$/u

/**
 * `@` offers the people of the room, `:` emoji. The focus stays in the text: arrows choose, Enter and Tab take, Esc closes. Hears the keys
 * before the composer does, so that Enter takes and does not send.
 */
export function watchCompletion({ box, form, people, signal }: CompleteOptions): void {
  const list = text('ul', 'complete', '')
  list.id = id
  list.setAttribute('role', 'listbox')
  const told = text('span', 'vh', '')
  told.setAttribute('role', 'status')
  form.before(told)
  let query: Query | null = null
  let offered: Suggestion[] = []
  let chosen = 0
  /** Closed by Esc: not offered again for the word that stands there. */
  let dismissed: number | null = null

  box.setAttribute('aria-autocomplete', 'list')
  box.addEventListener('input', look, { signal })
  box.addEventListener('click', look, { signal })
  box.addEventListener('blur', close, { signal })
  box.addEventListener('keydown', key, { signal, capture: true })
  signal.addEventListener('abort', close)

  function look(event?: Event): void {
    if (event instanceof InputEvent && event.isComposing) return
    const whole = event?.type === 'input' && replaceNamed()
    const caret = box.selectionStart
    query = !whole && caret === box.selectionEnd ? queryAt(box.value, caret) : null
    if (query?.from !== dismissed) dismissed = null
    offered = query && dismissed === null ? suggestionsFor(query, people()) : []
    if (offered.length === 0) {
      close()
      return
    }
    chosen = 0
    draw()
  }

  function draw(): void {
    list.setAttribute('aria-label', say(query?.kind === 'emoji' ? 'emoji' : 'people'))
    list.replaceChildren(...offered.map(option))
    if (!list.isConnected) form.before(list)
    box.setAttribute('aria-controls', id)
    mark()
    told.textContent = say(offered.length === 1 ? 'one' : 'other', { n: offered.length })
  }

  function option({ main, beside }: Suggestion, index: number): HTMLElement {
    const one = text('li', 'complete__option', '')
    one.id = `${id}-${index}`
    one.setAttribute('role', 'option')
    one.append(text('span', query?.kind === 'emoji' ? 'complete__sign' : 'complete__main', main), text('span', 'complete__beside', beside))
    // Not click: the text must keep the focus.
    one.addEventListener('pointerdown', (event) => {
      event.preventDefault()
      chosen = index
      take()
    })
    return one
  }

  function mark(): void {
    for (const [index, one] of [...list.children].entries()) one.setAttribute('aria-selected', String(index === chosen))
    list.children[chosen]?.scrollIntoView({ block: 'nearest' })
    box.setAttribute('aria-activedescendant', `${id}-${chosen}`)
  }

  function take(): void {
    const suggestion = offered[chosen]
    if (!query || !suggestion) return
    const { text: value, caret } = completed(box.value, query, suggestion)
    box.value = value
    box.setSelectionRange(caret, caret)
    close()
    box.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }

  function key(event: KeyboardEvent): void {
    if (!list.isConnected || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const { length } = offered
    if (event.key === 'ArrowDown') chosen = (chosen + 1) % length
    else if (event.key === 'ArrowUp') chosen = (chosen - 1 + length) % length
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take()
    else if (event.key === 'Escape') {
      dismissed = query?.from ?? null
      close()
    } else return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (list.isConnected) mark()
  }

  function replaceNamed(): boolean {
    const caret = box.selectionStart
    const found = named.exec(box.value.slice(Math.max(0, caret - 24), caret))
    const sign = found ? emojiNamed(found[2] ?? '') : undefined
    if (!found || !sign) return false
    box.setRangeText(sign, caret - (found[2] ?? '').length - 2, caret, 'end')
    return true
  }

  function close(): void {
    list.remove()
    told.textContent = ''
    box.removeAttribute('aria-controls')
    box.removeAttribute('aria-activedescendant')
  }
}

/** Those of the list beside the log, without oneself. */
export function mentionable(main: ParentNode, me: string): Mentionable[] {
  const lines = [...main.querySelectorAll<HTMLElement>('.member[data-user]')]
  return lines.flatMap((line) => {
    const { person, user } = line.dataset
    return user && person !== me ? [{ user, name: line.querySelector('.member__name')?.textContent ?? user }] : []
  })
}
