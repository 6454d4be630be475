// SPDX-License-Identifier: GPL-3.0-or-later
import { button } from '../../lib/parts'
import { words } from '../../lib/words'

const say = words({ more: ['Mostrar más', 'Show more'] })

/** Signs and lines from which a message is folded; below, a button would take as much place as it saves. */
const long = { signs: 1_200, lines: 18 }

/** A long message shows its beginning and a button for the rest. Judged by its text: measuring each would lay the log out anew. */
export function fold(bubble: HTMLElement): void {
  if (bubble.querySelector('.msg__fold') || bubble.parentElement?.dataset.unfolded !== undefined) return
  const signs = bubble.textContent?.length ?? 0
  const breaks = bubble.querySelectorAll('p, br').length + (bubble.querySelector('pre')?.textContent?.split('\n').length ?? 0)
  if (signs < long.signs && breaks < long.lines) return
  const beginning = document.createElement('div')
  beginning.className = 'msg__long'
  beginning.append(...bubble.childNodes)
  const more = button({ label: say('more'), look: 'btn--link btn--sm msg__fold' })
  more.dataset.do = 'unfold'
  more.setAttribute('aria-expanded', 'false')
  bubble.append(beginning, more)
}

export function unfold(control: HTMLElement): void {
  const item = control.closest<HTMLElement>('.msg')
  const beginning = item?.querySelector('.msg__long')
  beginning?.replaceWith(...beginning.childNodes)
  control.remove()
  if (!item) return
  item.dataset.unfolded = ''
  item.focus({ preventScroll: true })
}
