// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The focus goes to the first wrong field: on a page that came back with errors, and after a form was swapped for one with them.
 * After another page took the place of this one it goes to the content, at the top.
 */
export function watchFocus(): void {
  focusInvalid(document)
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    const { target } = detail.ctx
    if (!(target instanceof Element) || !target.isConnected || focusInvalid(target) || target !== document.body) return
    document.getElementById('contenido')?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  })
}

function focusInvalid(around: ParentNode): boolean {
  const field = around.querySelector<HTMLElement>('[aria-invalid="true"]:not([disabled])')
  field?.focus()
  return Boolean(field)
}
