// SPDX-License-Identifier: GPL-3.0-or-later
import { icon } from '../../lib/icon'
import { button, text } from '../../lib/parts'
import { words } from '../../lib/words'
import type { Answered, Edited } from './answering'

const say = words({
  replyTo: ['Respuesta a {name}', 'Replying to {name}'],
  replyGone: ['El mensaje ya no está. Se envía sin la respuesta.', 'The message is gone. It is sent without the reply.'],
  dropReply: ['Quitar la respuesta', 'Remove the reply'],
  editing: ['Editar', 'Edit'],
  dropEdit: ['Dejar como estaba', 'Leave it as it was'],
})

export type Mode = { is: 'plain' } | { is: 'answer'; answered: Answered } | { is: 'edit'; edited: Edited }

interface ModeOptions {
  form: HTMLElement
  box: HTMLTextAreaElement
  /** The text was exchanged. */
  changed: () => void
}

/** What is being written: something new, an answer, or one's own message anew. A line above the text says which. */
export function createMode({ form, box, changed }: ModeOptions) {
  let mode: Mode = { is: 'plain' }
  /** What stood there before a message was edited. */
  let aside = ''
  let line: HTMLElement | null = null

  function show(look: string, what: Node[], drop: string): void {
    line?.remove()
    line = text('div', 'composer__reply', '')
    const words = text('span', 'truncate', '')
    words.append(...what)
    const cross = button({ label: drop, look: 'btn--quiet btn--icon btn--sm', icon: icon('x', { small: true }), iconOnly: true })
    cross.addEventListener('click', () => {
      leave()
      box.focus()
    })
    line.append(icon(look, { small: true }), words, cross)
    form.prepend(line)
  }

  function put(value: string): void {
    box.value = value
    box.setSelectionRange(value.length, value.length)
    changed()
  }

  /** Back to something new; an edit leaves the message as it was and brings back what was being written. */
  function leave(): void {
    line?.remove()
    line = null
    const was = mode
    mode = { is: 'plain' }
    if (was.is === 'edit') put(aside)
  }

  return {
    get now(): Mode {
      return mode
    },
    answer(answered: Answered): void {
      leave()
      mode = { is: 'answer', answered }
      const [before = '', after = ''] = say('replyTo', { name: '\n' }).split('\n')
      const rest = `${after}${answered.line ? `: ${answered.line}` : ''}`
      show('reply', [document.createTextNode(before), text('b', '', answered.name), document.createTextNode(rest)], say('dropReply'))
      box.focus()
    },
    edit(edited: Edited): void {
      if (mode.is !== 'edit') aside = box.value
      mode = { is: 'edit', edited }
      show('pencil', [document.createTextNode(say('editing'))], say('dropEdit'))
      put(edited.texto)
      box.focus()
    },
    /** What was removed leaves no words behind; what was written to it is written to everybody. */
    gone(id: string): void {
      if (mode.is !== 'answer' || mode.answered.id !== id) return
      leave()
      show('reply', [document.createTextNode(say('replyGone'))], say('dropReply'))
    },
    leave,
  }
}
