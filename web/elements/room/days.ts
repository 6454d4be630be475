// SPDX-License-Identifier: GPL-3.0-or-later
import type { LogView } from './log-view'

/** A little after, so that a timer that comes early does not find the old day. */
const grace = 2_000

/**
 * "Hoy" is true until midnight. Which day it is where PiChat stands only its messages say; at midnight here the word goes, and the first
 * message of the new day brings it back.
 */
export function watchDays(view: LogView, signal: AbortSignal): { arrived(item: HTMLElement): void } {
  let shown = new Date().toDateString()
  let timer = 0

  function look(): void {
    const now = new Date()
    if (now.toDateString() !== shown) {
      shown = now.toDateString()
      const newest = view.items().at(-1)
      // Somebody spoke already: that is today.
      const spoke = newest && new Date(Number(newest.dataset.at)).toDateString() === shown
      view.today(spoke ? (newest.dataset.day ?? '') : '')
    }
    window.clearTimeout(timer)
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime()
    timer = window.setTimeout(look, midnight - now.getTime() + grace)
  }

  look()
  document.addEventListener('visibilitychange', look, { signal })
  signal.addEventListener('abort', () => window.clearTimeout(timer))

  return {
    /** What was just said was said today, whatever this browser's clock says. */
    arrived({ dataset: { day } }): void {
      if (day && day !== view.dayShown()) view.today(day)
    },
  }
}
