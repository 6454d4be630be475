// SPDX-License-Identifier: GPL-3.0-or-later
import { onContent } from './delegate'

/** Small pictures beside something that stands for the file without them. */
const small = 'img[src^="/miniaturas/"], img.review__shot'
/** A box with too much to draw refuses for a moment; whoever refuses twice has none. */
const mostTries = 2

/** Takes a picture that cannot be had out of the page, in place of the browser's broken one, and does not ask for it again and again. */
export function watchPictures(): void {
  const failed = new Map<string, number>()

  function fail(picture: HTMLImageElement): void {
    failed.set(picture.src, (failed.get(picture.src) ?? 0) + 1)
    remove(picture)
  }

  // The event of a picture does not rise: it is met on its way down.
  document.addEventListener(
    'error',
    ({ target }) => {
      if (target instanceof HTMLImageElement && target.matches(small)) fail(target)
    },
    { capture: true },
  )
  onContent(() => {
    for (const picture of document.querySelectorAll<HTMLImageElement>(small)) {
      if ((failed.get(picture.src) ?? 0) >= mostTries) remove(picture)
      // Before any script was there.
      else if (picture.complete && picture.naturalWidth === 0) fail(picture)
    }
  })
}

function remove(picture: HTMLImageElement): void {
  const link = picture.closest('.file__shot')
  if (link) link.remove()
  else picture.remove()
}
