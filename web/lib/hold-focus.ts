// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Keeps the focus where it is when a list comes anew under the hand of somebody who works by keyboard: what stood there is another element
 * then, and the next key would go nowhere. Only where nothing else has taken the focus meanwhile.
 */
export function holdFocus(): void {
  let held: string | null = null
  document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
    const at = document.activeElement
    if (ctx.swap === 'delete' && ctx.target instanceof Element && (at === document.body || ctx.target.contains(at))) {
      held = besideOf(ctx.target)
      return
    }
    held = at && ctx.target instanceof Element && ctx.target !== at && ctx.target.contains(at) ? selectorOf(at) : null
  })
  document.addEventListener('htmx:after:swap', () => {
    if (held && document.activeElement === document.body) document.querySelector<HTMLElement>(held)?.focus({ preventScroll: true })
    held = null
  })
}

/** Where whoever deletes a row goes on: the menu of the next one, or of the one before behind the last. */
function besideOf(row: Element): string | null {
  const beside = row.nextElementSibling ?? row.previousElementSibling
  return beside?.id ? `#${CSS.escape(beside.id)} details.menu > summary` : null
}

/** What finds the same thing in new markup: its id, or what a box stands for. */
function selectorOf(element: Element): string | null {
  if (element.id) return `#${CSS.escape(element.id)}`
  if (element instanceof HTMLInputElement && element.name && element.value) {
    return `input[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`
  }
  // A row's menu, whose row comes anew under the same id.
  const row = element.matches('details.menu > summary') ? element.closest('[id]') : null
  return row ? `#${CSS.escape(row.id)} details.menu > summary` : null
}
