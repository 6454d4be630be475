// SPDX-License-Identifier: GPL-3.0-or-later
import { onContent } from './delegate'

let timer = 0

/** `data-retry-seconds="5"`: the page asks for itself again after so long, by GET even when it answered a form. */
export function watchRetry(): void {
  onContent(() => {
    window.clearTimeout(timer)
    const seconds = Number(document.querySelector<HTMLElement>('[data-retry-seconds]')?.dataset.retrySeconds)
    if (seconds > 0) timer = window.setTimeout(() => location.replace(location.href), seconds * 1_000)
  })
}
