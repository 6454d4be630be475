// SPDX-License-Identifier: GPL-3.0-or-later
import { text } from '../../lib/parts'
import { stampOf } from './log-view'
import { phraseNodes } from './phrases'

/** One line under the log: who is writing. Not a live region, so that nobody's keys are read aloud. */
export function showTyping(main: HTMLElement, room: HTMLElement, names: readonly string[]): void {
  const line = main.querySelector<HTMLElement>('#typing')
  if (!line) return
  const [a, b] = names
  if (a === undefined) {
    line.replaceChildren()
    return
  }
  const said =
    b === undefined
      ? phraseNodes(room, 'typingOne', { name: text('b', '', a) })
      : names.length === 2
        ? phraseNodes(room, 'typingTwo', { a: text('b', '', a), b: text('b', '', b) })
        : phraseNodes(room, 'typingMany', {})
  line.replaceChildren(stampOf(room, 'tpl-dots'), ...said)
}
