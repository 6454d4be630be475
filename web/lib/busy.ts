// SPDX-License-Identifier: GPL-3.0-or-later
import { text } from './parts'

const kept = new WeakMap<HTMLElement, ChildNode[]>()

/**
 * The button that was pressed is busy until the answer is there: a spinner, `data-busy="Guardando…"` instead of its word, and
 * a second press does nothing. For htmx and for plain forms; not for forms with `data-download`, whose answer leaves the page as it is
 * and which no event tells of: the browser itself shows that something comes.
 */
export function watchBusyButtons(): void {
  document.addEventListener(
    'click',
    (event) => {
      const busy = event.target instanceof Element && event.target.closest('.btn[aria-busy="true"]')
      if (!busy) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    { capture: true },
  )
  document.addEventListener('htmx:before:request', ({ detail }) => {
    const button = pressed(detail.ctx.sourceElement, detail.ctx.sourceEvent)
    if (!button) return
    start(button)
    const done = ({ detail: over }: DocumentEventMap['htmx:finally:request']) => {
      if (over.ctx !== detail.ctx) return
      stop(button)
      document.removeEventListener('htmx:finally:request', done)
    }
    document.addEventListener('htmx:finally:request', done)
  })
  // A plain form leaves the page; a form that htmx or an element takes over prevents the event.
  window.addEventListener('submit', (event) => {
    if (event.defaultPrevented || !(event.submitter instanceof HTMLElement)) return
    const form = event.submitter.closest('form')
    if (form?.target === '_blank') return
    if (form?.dataset.download === undefined) start(event.submitter)
    else forgetMistakes(form)
  })
  // Coming back through the browser's memory of pages.
  window.addEventListener('pageshow', () => {
    for (const button of document.querySelectorAll<HTMLElement>('.btn[aria-busy="true"]')) stop(button)
  })
}

/** What was wrong with the attempt before, on a page that stays; what is wrong with this one comes with a page of its own. */
function forgetMistakes(form: HTMLFormElement): void {
  for (const said of form.querySelectorAll('.field__error, .notice--bad')) said.remove()
  for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid')
}

function pressed(source: Element, event: Event | null): HTMLElement | null {
  const submitter = event instanceof SubmitEvent ? event.submitter : null
  const button = submitter ?? source
  return button instanceof HTMLElement && button.matches('.btn') ? button : null
}

function start(button: HTMLElement): void {
  if (kept.has(button)) return
  const content = [...button.childNodes]
  kept.set(button, content)
  button.setAttribute('aria-busy', 'true')
  const spinner = text('span', 'spinner', '')
  const { busy } = button.dataset
  if (busy) button.replaceChildren(spinner, busy)
  else {
    button.querySelector('.icon')?.remove()
    button.prepend(spinner)
  }
}

function stop(button: HTMLElement): void {
  const content = kept.get(button)
  if (!content) return
  kept.delete(button)
  button.removeAttribute('aria-busy')
  button.replaceChildren(...content)
}
