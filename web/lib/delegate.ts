// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs now and after every swap: for what must be found again, because a swap may replace the whole body. */
export function onContent(act: () => void): void {
  act()
  document.addEventListener('htmx:after:swap', act)
}

/**
 * Listens once for the whole document: `act` gets the nearest element around the event's origin that matches. Works for
 * whatever is swapped in later.
 */
export function on<K extends keyof DocumentEventMap, E extends Element = HTMLElement>(
  type: K,
  selector: string,
  act: (element: E, event: DocumentEventMap[K]) => void,
  options?: AddEventListenerOptions,
): void {
  document.addEventListener(
    type,
    (event) => {
      const found = event.target instanceof Element ? event.target.closest<E>(selector) : null
      if (found) act(found, event)
    },
    options,
  )
}
