// SPDX-License-Identifier: GPL-3.0-or-later

import { openDialog } from './dialog'
import { icon } from './icon'
import { button, text } from './parts'
import { words } from './words'

const say = words({
  yes: ['Continuar', 'Continue'],
  no: ['Cancelar', 'Cancel'],
  close: ['Cerrar', 'Close'],
})

interface Question {
  /** The heading, a question. */
  title: string
  /** What follows from a yes. */
  text?: string | undefined
  /** The verb of the action, as on the button that asked. */
  yes?: string | undefined
  danger?: boolean | undefined
}

/** Asks in a dialog of the page's own look; false for Esc, Cancel and a closed dialog. */
export function ask({ title, text: body, yes = say('yes'), danger = false }: Question): Promise<boolean> {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  dialog.setAttribute('aria-labelledby', 'question-title')

  const head = text('div', 'dialog__head', '')
  const heading = text('h2', '', title)
  heading.id = 'question-title'
  const cross = button({ label: say('close'), look: 'btn--quiet btn--icon', icon: icon('x'), iconOnly: true })
  head.append(heading, cross)

  const foot = text('div', 'dialog__foot', '')
  const no = button({ label: say('no'), look: 'btn--quiet' })
  const go = button({ label: yes, look: danger ? 'btn--danger-solid' : 'btn--primary' })
  foot.append(no, go)

  dialog.append(head)
  const inner = text('div', 'dialog__body', '')
  if (body) inner.append(text('p', '', body))
  dialog.append(inner, foot)
  document.body.append(dialog)

  return new Promise((resolve) => {
    let agreed = false
    go.addEventListener('click', () => {
      agreed = true
      dialog.close()
    })
    for (const leave of [cross, no]) leave.addEventListener('click', () => dialog.close())
    openDialog(dialog)
    no.focus() // the harmless answer
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(agreed)
    })
  })
}

/**
 * `data-confirm="question"` on a button, a link or a form asks before it acts, with htmx or without; `data-confirm-text`,
 * `data-confirm-yes` and `data-confirm-danger` complete the question. `data-confirm-if="name=value"` on a form asks for this choice alone.
 * `hx-confirm` asks in the same dialog.
 */
export function watchQuestions(): void {
  const agreed = new WeakSet<Element>()

  const hold = (element: HTMLElement, event: Event, repeat: () => void) => {
    if (agreed.delete(element)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    void ask(questionOf(element)).then((yes) => {
      if (!yes || !element.isConnected) return
      agreed.add(element)
      repeat()
    })
  }

  document.addEventListener(
    'click',
    (event) => {
      const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-confirm]:not(form)') : null
      if (element) hold(element, event, () => element.click())
    },
    { capture: true },
  )
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target
      if (!(form instanceof HTMLFormElement) || form.dataset.confirm === undefined || !isChosen(form)) return
      const { submitter } = event
      hold(form, event, () => form.requestSubmit(submitter))
    },
    { capture: true },
  )
  document.addEventListener('htmx:confirm', (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail
    const title = ctx.sourceElement.getAttribute('hx-confirm')
    if (!title) return
    event.preventDefault()
    const source = ctx.sourceElement instanceof HTMLElement ? questionOf(ctx.sourceElement) : {}
    void ask({ ...source, title }).then((yes) => (yes ? issueRequest() : dropRequest()))
  })
}

function isChosen(form: HTMLFormElement): boolean {
  const [name = '', value] = form.dataset.confirmIf?.split('=') ?? []
  return name === '' || new FormData(form).get(name) === value
}

function questionOf({ dataset }: HTMLElement): Question {
  return {
    title: dataset.confirm ?? '',
    text: dataset.confirmText,
    yes: dataset.confirmYes,
    danger: dataset.confirmDanger !== undefined,
  }
}
