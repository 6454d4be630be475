// SPDX-License-Identifier: GPL-3.0-or-later

/** The hashed name of the sprite; the build writes it in. It lies beside this script. */
declare const SPRITE_FILE: string

const sprite = new URL(SPRITE_FILE, import.meta.url).pathname

/** For `<use href>` in an element's own template. */
export function iconHref(name: string): string {
  return `${sprite}#i-${name}`
}

/** A Lucide icon by name; decoration, so it stands beside a word. */
export function icon(name: string, { small = false } = {}): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('class', small ? 'icon icon--sm' : 'icon')
  svg.setAttribute('width', '20')
  svg.setAttribute('height', '20')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('focusable', 'false')
  const use = document.createElementNS(space, 'use')
  use.setAttribute('href', iconHref(name))
  svg.append(use)
  return svg
}
