// SPDX-License-Identifier: GPL-3.0-or-later

interface ButtonParts {
  label: string
  look?: string
  icon?: SVGSVGElement
  /** True: the word is only for those who cannot see the icon. */
  iconOnly?: boolean
}

/** A button of this page's making; text only, never markup. */
export function button({ label, look = '', icon, iconOnly = false }: ButtonParts): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = `btn ${look}`.trim()
  if (icon) element.append(icon)
  if (iconOnly) {
    element.title = label
    element.append(text('span', 'vh', label))
  } else element.append(label)
  return element
}

/** An element with a class and a text. */
export function text<K extends keyof HTMLElementTagNameMap>(tag: K, look: string, said: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (look) element.className = look
  element.textContent = said
  return element
}
