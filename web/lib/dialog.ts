// SPDX-License-Identifier: GPL-3.0-or-later
import { on, onContent } from './delegate'

/**
 * Opens a dialog and gives the focus back to what opened it, or to the page's content when that is gone. Closing is told a moment later:
 * whoever has gone on to something else by then is left there.
 */
export function openDialog(dialog: HTMLDialogElement, opener: Element | null = document.activeElement): void {
  if (dialog.open) return
  // What was chosen in a menu is gone with the menu; its button stays.
  const back = opener?.closest('details.menu')?.querySelector('summary') ?? opener
  const before = document.activeElement
  dialog.showModal()
  dialog.addEventListener(
    'close',
    () => {
      const now = document.activeElement
      const wentOn = now !== null && now !== document.body && now !== before && !dialog.contains(now)
      if (wentOn) return
      if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus()
      else document.getElementById('contenido')?.focus()
    },
    { once: true },
  )
}

/**
 * `data-dialog="id"` opens a dialog of this page, `data-close` closes the one around it. Whatever htmx puts into #dialog opens
 * it; an empty answer, or `HX-Trigger: close-dialog`, closes it.
 */
export function watchDialogs(): void {
  on('click', '[data-dialog]', (opener, event) => {
    const dialog = document.getElementById(opener.dataset.dialog ?? '')
    if (!(dialog instanceof HTMLDialogElement)) return
    event.preventDefault()
    openDialog(dialog, opener)
  })
  on('click', '[data-close]', (closer, event) => {
    const dialog = closer.closest('dialog')
    if (!dialog) return // without a dialog around it, a link with data-close is just a link
    event.preventDefault()
    dialog.close()
  })
  document.addEventListener('close-dialog', () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close()
  })

  document.addEventListener('htmx:before:request', ({ detail }) => {
    if (detail.ctx.target instanceof Element && detail.ctx.target.id === 'dialog') asked = detail.ctx.sourceElement
  })
  onContent(tendShared)
}

/** What asked for the content of #dialog, from outside it. */
let asked: Element | null = null
const tended = new WeakSet<Element>()

function tendShared(): void {
  const shared = document.getElementById('dialog')
  if (!(shared instanceof HTMLDialogElement) || tended.has(shared)) return
  tended.add(shared)
  new MutationObserver(() => {
    if (shared.childElementCount === 0) return shared.close()
    name(shared)
    openDialog(shared, asked ?? document.activeElement)
  }).observe(shared, { childList: true })
  // Emptied on closing, so that no id stands twice in the page.
  shared.addEventListener('close', () => shared.replaceChildren())
}

function name(dialog: HTMLDialogElement): void {
  const title = dialog.querySelector('h1, h2')
  if (!title) return
  title.id ||= 'dialog-title'
  dialog.setAttribute('aria-labelledby', title.id)
}
