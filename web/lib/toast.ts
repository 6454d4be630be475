// SPDX-License-Identifier: GPL-3.0-or-later
import { on, onContent } from './delegate'
import { icon } from './icon'
import { button, text } from './parts'
import { words } from './words'

const say = words({
  close: ['Cerrar', 'Close'],
  noAnswer: ['PiChat no respondió. Revisa la conexión e inténtalo otra vez.', 'PiChat did not answer. Check the connection and try again.'],
})

/** How long a toast stays when nobody points at it, in milliseconds. */
const life = 6_000

interface ToastOptions {
  icon?: string
  /** At most one thing to do; the toast goes when it is chosen. */
  action?: { label: string; act: () => void }
}

/** Says one sentence at the edge of the page for six seconds. */
export function toast(sentence: string, { icon: name = 'check', action }: ToastOptions = {}): void {
  const element = document.createElement('div')
  element.className = 'toast'
  element.append(icon(name), text('span', 'toast__text', sentence))
  if (action) {
    const act = button({ label: action.label, look: 'btn--sm' })
    act.addEventListener('click', () => {
      element.remove()
      action.act()
    })
    element.append(act)
  }
  shelf().append(element)
}

/**
 * Gives every toast its lifetime, whether the server put it into #toasts (page, fragment) or this script did, and says what
 * the server asks for by `HX-Trigger: {"toast":"…"}` or `{"toast":{"text":"…","icon":"trash-2"}}`.
 */
export function watchToasts(): void {
  onContent(shelf)
  on('click', '[data-close-toast]', (control) => control.closest('.toast')?.remove())
  document.addEventListener('toast', (event) => {
    const { text: sentence, value, icon: name } = (event as CustomEvent<{ text?: string; value?: string; icon?: string }>).detail ?? {}
    const said = sentence ?? value
    if (said) toast(said, name ? { icon: name } : {})
  })
  document.addEventListener('htmx:error', ({ detail }) => {
    if (detail.ctx && !detail.ctx.response) toast(say('noAnswer'), { icon: 'circle-alert' })
  })
}

function expire(element: Node): void {
  if (!(element instanceof HTMLElement) || !element.classList.contains('toast')) return
  const close = button({ label: say('close'), look: 'btn--icon btn--sm', icon: icon('x', { small: true }), iconOnly: true })
  close.dataset.closeToast = ''
  element.append(close)
  let timer = 0
  let held = 0
  const start = () => {
    timer = window.setTimeout(() => element.remove(), life)
  }
  const hold = () => {
    held++
    window.clearTimeout(timer)
  }
  const release = () => {
    held = Math.max(0, held - 1)
    if (!held) start()
  }
  element.addEventListener('pointerenter', hold)
  element.addEventListener('pointerleave', release)
  element.addEventListener('focusin', hold)
  element.addEventListener('focusout', release)
  start()
}

const tended = new WeakSet<Element>()

/** #toasts, with every toast in it and every one to come given its lifetime. */
function shelf(): HTMLElement {
  const here = document.getElementById('toasts') ?? makeShelf()
  if (tended.has(here)) return here
  tended.add(here)
  here.childNodes.forEach(expire)
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(expire)
  }).observe(here, { childList: true })
  return here
}

function makeShelf(): HTMLElement {
  const made = document.createElement('div')
  made.id = 'toasts'
  made.className = 'toasts'
  made.setAttribute('role', 'status')
  document.body.append(made)
  return made
}
