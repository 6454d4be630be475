// SPDX-License-Identifier: GPL-3.0-or-later
import { singleKeys } from '../../lib/keys'

/**
 * The log is one stop of the Tab key; inside it ↑ ↓ walk the messages and End jumps to the newest. Any letter goes on in the composer.
 */
export function watchWalk(scroller: HTMLElement, { toEnd, write }: { toEnd: () => void; write: () => void }): void {
  scroller.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const { target } = event
    const message = target instanceof Element ? target.closest<HTMLElement>('.msg') : null
    if (target !== scroller && target !== message) return // a link or a button inside a message
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const next = message ? beside(message, event.key) : event.key === 'ArrowUp' ? lastInSight(scroller) : null
      if (!next) return
      event.preventDefault()
      next.focus()
      next.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'End') {
      event.preventDefault()
      toEnd()
      messages(scroller).at(-1)?.focus({ preventScroll: true })
    } else if (event.key === 'Escape') {
      scroller.focus()
    } else if (event.key.length === 1 && event.key !== ' ' && !(singleKeys() && '/?'.includes(event.key))) {
      // Space scrolls, / and ? are shortcuts of every page. Not prevented: the letter lands where the focus is by then.
      write()
    }
  })
}

function messages(scroller: HTMLElement): HTMLElement[] {
  return [...scroller.querySelectorAll<HTMLElement>('.msg')]
}

function beside(message: HTMLElement, key: 'ArrowUp' | 'ArrowDown'): HTMLElement | null {
  const step = key === 'ArrowUp' ? 'previousElementSibling' : 'nextElementSibling'
  let at = message[step]
  while (at && !at.matches('.msg')) at = at[step]
  return at instanceof HTMLElement ? at : null
}

function lastInSight(scroller: HTMLElement): HTMLElement | null {
  const { bottom } = scroller.getBoundingClientRect()
  return messages(scroller).findLast((message) => message.getBoundingClientRect().top < bottom) ?? null
}
