// SPDX-License-Identifier: GPL-3.0-or-later
import { icon } from '../../lib/icon'
import { text } from '../../lib/parts'
import { words } from '../../lib/words'
import { emojiIn, emojiNamed, quick } from './emoji'

const say = words({
  other: ['Otro emoji', 'Another emoji'],
  otherHint: ['Otro…', 'Other…'],
})

export interface Choice {
  icon: string
  word: string
  /** The key that does the same, shown beside the word. */
  key?: string
  danger?: boolean
  act: () => void
}

interface MenuOptions {
  /** Where it is put into the page. */
  main: HTMLElement
  label: string
  opener: HTMLElement
  choices: readonly Choice[]
  /** Shows the row of signs. */
  react?: (emoji: string) => void
  /** Where the focus goes when the opener is gone by then. */
  back: () => HTMLElement | null
}

/** From here on it stands beside what opened it; below, it rises from the foot. Must agree with the styles. */
const wide = window.matchMedia('(min-width: 36rem)')
const gap = 4

let open: (() => void) | null = null

/** What can be done with one message: a list of buttons above the page. One at a time; Esc, a click elsewhere and Tab close it. */
export function openActionMenu({ main, label, opener, choices, react, back }: MenuOptions): void {
  open?.()
  const leaving = new AbortController()
  const { signal } = leaving
  const panel = text('div', 'menu__panel msg-menu', '')
  panel.setAttribute('role', 'group')
  panel.setAttribute('aria-label', label)
  const done = (act: () => void) => () => {
    close()
    act()
  }
  if (react) panel.append(signs((sign) => done(() => react(sign))()))
  for (const { icon: name, word, key, danger, act } of choices) {
    const item = document.createElement('button')
    item.type = 'button'
    item.className = danger ? 'menu__item menu__item--danger' : 'menu__item'
    item.append(icon(name), word)
    if (key) {
      const kbd = text('kbd', '', key)
      kbd.setAttribute('aria-hidden', 'true')
      item.append(kbd)
    }
    item.addEventListener('click', done(act))
    panel.append(item)
  }
  const scrim = text('div', 'msg-menu__scrim', '')
  main.append(scrim, panel)
  opener.setAttribute('aria-expanded', 'true')
  place(panel, opener)
  panel.querySelector<HTMLElement>('button')?.focus({ preventScroll: true })
  open = close

  panel.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Escape') close()
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walk(panel, event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Tab' && !inside(panel, event.shiftKey)) return close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  document.addEventListener('pointerdown', ({ target }) => target instanceof Node && !panel.contains(target) && close(), {
    signal,
    capture: true,
  })
  window.addEventListener('resize', close, { signal })
  window.addEventListener('blur', close, { signal })

  function close(): void {
    if (signal.aborted) return
    leaving.abort()
    open = null
    const focused = panel.contains(document.activeElement)
    panel.remove()
    scrim.remove()
    opener.removeAttribute('aria-expanded')
    if (focused) (opener.isConnected ? opener : back())?.focus({ preventScroll: true })
  }
}

function signs(choose: (sign: string) => void): HTMLElement {
  const row = text('div', 'msg-menu__signs', '')
  for (const sign of quick) {
    const one = text('button', 'msg-menu__sign', sign)
    one.type = 'button'
    one.addEventListener('click', () => choose(sign))
    row.append(one)
  }
  const other = document.createElement('input')
  other.className = 'input'
  other.placeholder = say('otherHint')
  other.setAttribute('aria-label', say('other'))
  other.autocomplete = 'off'
  other.spellcheck = false
  // The system's own keyboard puts a whole sign; a name is finished with Enter.
  other.addEventListener('input', () => {
    const sign = emojiIn(other.value) ?? (/^:.+:$/.test(other.value) ? emojiNamed(other.value.slice(1, -1)) : undefined)
    if (sign) choose(sign)
  })
  other.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    const sign = emojiNamed(other.value.replaceAll(':', ''))
    if (sign) choose(sign)
  })
  row.append(other)
  return row
}

function walk(panel: HTMLElement, step: 1 | -1): void {
  const stops = [...panel.querySelectorAll<HTMLElement>('.menu__item')]
  const first = panel.querySelector<HTMLElement>('.msg-menu__sign')
  if (first) stops.unshift(first)
  const at = stops.findIndex(
    (stop) => stop === document.activeElement || (stop === first && document.activeElement?.closest('.msg-menu__signs')),
  )
  stops[(at + step + stops.length) % stops.length]?.focus()
}

/** Whether Tab stays in the menu. */
function inside(panel: HTMLElement, backwards: boolean): boolean {
  const stops = [...panel.querySelectorAll<HTMLElement>('button, input')]
  return document.activeElement !== (backwards ? stops[0] : stops.at(-1))
}

/** Below the opener where there is space, above it otherwise; never outside the window. */
function place(panel: HTMLElement, opener: HTMLElement): void {
  if (!wide.matches) return
  const at = opener.getBoundingClientRect()
  const { width, height } = panel.getBoundingClientRect()
  const below = at.bottom + gap
  const top = below + height <= window.innerHeight - gap ? below : Math.max(gap, at.top - height - gap)
  const left = Math.min(Math.max(gap, at.right - width), window.innerWidth - width - gap)
  panel.style.top = `${top}px`
  panel.style.left = `${left}px`
}
