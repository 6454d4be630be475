// SPDX-License-Identifier: GPL-3.0-or-later
import { openDialog } from '../../lib/dialog'
import { icon } from '../../lib/icon'
import { type Level, levelOf, setLevel } from '../../lib/news'
import { button, text } from '../../lib/parts'
import { words } from '../../lib/words'

const say = words({
  title: ['Avisos de esta sala', 'Alerts for this room'],
  what: ['Cuándo avisar', 'When to alert'],
  all: ['Con cada mensaje', 'With every message'],
  mentions: ['Solo con menciones y respuestas', 'Only with mentions and replies'],
  none: ['Nunca', 'Never'],
  hint: [
    'Vale para este navegador. El sonido y los demás avisos están en el perfil.',
    'Applies to this browser. Sound and other alerts are in the profile.',
  ],
  profile: ['Ir al perfil', 'Go to the profile'],
  close: ['Cerrar', 'Close'],
})

const levels: readonly Level[] = ['all', 'mentions', 'none']

/** The room's menu gets a line for what of it is news. Only this browser knows, so only it offers that. */
export function offerLevels(room: HTMLElement, signal: AbortSignal): void {
  const panel = room.closest('main')?.querySelector('.room__head .menu__panel')
  if (!panel || panel.querySelector('[data-levels]')) return
  const item = document.createElement('button')
  item.type = 'button'
  item.className = 'menu__item'
  item.dataset.levels = ''
  item.append(icon('bell'), say('title'))
  item.addEventListener('click', () => open(room.dataset.room ?? '', item.closest('details')?.querySelector('summary') ?? null), { signal })
  panel.prepend(item)
}

function open(room: string, opener: HTMLElement | null): void {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  dialog.setAttribute('aria-labelledby', 'levels-title')
  const head = text('div', 'dialog__head', '')
  const heading = text('h2', '', say('title'))
  heading.id = 'levels-title'
  const close = button({ label: say('close'), look: 'btn--quiet btn--icon', icon: icon('x'), iconOnly: true })
  close.dataset.close = ''
  head.append(heading, close)

  const choices = text('fieldset', 'field', '')
  choices.append(text('legend', 'legend', say('what')))
  const chosen = levelOf(room)
  for (const level of levels) {
    const row = text('label', 'check', '')
    const radio = document.createElement('input')
    radio.type = 'radio'
    radio.name = 'nivel'
    radio.checked = level === chosen
    radio.addEventListener('change', () => setLevel(room, level))
    row.append(radio, text('span', 'check__text', say(level)))
    choices.append(row)
  }
  const hint = text('p', 'card__text', `${say('hint')} `)
  const link = text('a', '', say('profile'))
  link.href = '/perfil#avisos'
  hint.append(link)
  const body = text('div', 'dialog__body', '')
  body.append(choices, hint)
  dialog.append(head, body)
  document.body.append(dialog)
  openDialog(dialog, opener)
  dialog.addEventListener('close', () => dialog.remove())
}
