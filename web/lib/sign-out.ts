// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'

/** Whoever signs out leaves no half-written words on the disk of a computer that others use. The form says whose: `data-signs-out`. */
export function watchSignOut(): void {
  on('submit', '[data-signs-out]', ({ dataset }) => {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith('pichat:borrador:') && key.endsWith(`:${dataset.signsOut}`)) localStorage.removeItem(key)
      }
    } catch {
      // Forbidden: then no draft was stored either.
    }
  })
}
