// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands around an item of the log.

function isItem(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element.dataset.day !== undefined && element.matches('.msg, .event')
}

export function previousItem(item: Element): HTMLElement | null {
  let at = item.previousElementSibling
  while (at && !isItem(at)) at = at.previousElementSibling
  return at
}

export function nextItem(item: Element): HTMLElement | null {
  let at = item.nextElementSibling
  while (at && !isItem(at)) at = at.nextElementSibling
  return at
}

/** What the eye sees above. */
export function previousShown(item: Element): Element | null {
  let at = item.previousElementSibling
  while (at instanceof HTMLElement && at.hidden) at = at.previousElementSibling
  return at
}

/** The day line between an item and the one before. */
export function lineAbove(item: Element): HTMLElement | null {
  let at = item.previousElementSibling
  while (at && !isItem(at)) {
    if (at instanceof HTMLElement && at.matches('.day')) return at
    at = at.previousElementSibling
  }
  return null
}
