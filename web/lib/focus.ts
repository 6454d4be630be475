// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The focus goes to the first wrong field: on a page that came back with errors, and after a form was swapped for one with them. Where
 * what was done is said in place of the form (`data-told`), it goes there.
 * After another page took the place of this one it goes to the content, at the top.
 */
export function watchFocus(): void {
  focusInvalid(document)
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    const { sourceElement } = detail.ctx
    // `HX-Retarget` leaves the words of its selector there.
    const target: unknown = detail.ctx.target
    const wanted = typeof target === 'string' ? document.querySelector(target) : target
    if (!(wanted instanceof Element)) return
    // Of a form that was swapped as a whole htmx names what took its place as the source.
    const around = [wanted, sourceElement].find(({ isConnected }) => isConnected) ?? document
    if (focusInvalid(around) || focusTold(around) || wanted !== document.body) return
    document.getElementById('contenido')?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  })
}

function focusInvalid(around: ParentNode): boolean {
  const field = around.querySelector<HTMLElement>('[aria-invalid="true"]:not([disabled])')
  field?.focus()
  return Boolean(field)
}

function focusTold(around: ParentNode): boolean {
  const told = around.querySelector<HTMLElement>('[data-told]')
  told?.focus()
  // Once: the next swap is about something else.
  told?.removeAttribute('data-told')
  return Boolean(told)
}
