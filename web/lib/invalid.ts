// SPDX-License-Identifier: GPL-3.0-or-later

/** The focus goes to the first wrong field, on a page that came back with errors and after a form was swapped for one with them. */
export function watchInvalidFields(): void {
  focusFirst(document)
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    const { target } = detail.ctx
    if (target instanceof Element && target.isConnected) focusFirst(target)
  })
}

function focusFirst(around: ParentNode): void {
  around.querySelector<HTMLElement>('[aria-invalid="true"]:not([disabled])')?.focus()
}
