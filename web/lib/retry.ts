// SPDX-License-Identifier: GPL-3.0-or-later

/** `data-retry="5"`: the page asks for itself again after so many seconds, by GET even when it answered a form. */
export function watchRetry(): void {
  const page = document.querySelector<HTMLElement>('[data-retry]')
  const seconds = Number(page?.dataset.retry)
  if (seconds > 0) window.setTimeout(() => location.replace(location.href), seconds * 1_000)
}
