// SPDX-License-Identifier: GPL-3.0-or-later
import { on } from './delegate'

/** `data-theme-set="light|dark|auto"` shows the theme at once; the form around it lets the server remember it. */
export function watchTheme(): void {
  on('change', 'input[data-theme-set]', show)
  on('click', 'button[data-theme-set]', show)
}

function show({ dataset }: HTMLElement): void {
  const { themeSet } = dataset
  const root = document.documentElement
  if (themeSet === 'light' || themeSet === 'dark') root.dataset.theme = themeSet
  else delete root.dataset.theme
}
