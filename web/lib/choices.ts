// SPDX-License-Identifier: GPL-3.0-or-later
import { onContent } from './delegate'
import { text } from './parts'

/** What a person chose for this browser alone, on or off; it never leaves it. The value is what stands where nobody chose. */
const defaults = {
  /** Single letters may be commands. */
  keys: true,
  /** The counter in the tab's title. */
  counter: true,
  /** A short sound with a new message. */
  sound: true,
  /** Only what mentions oneself counts as news. */
  mentionsOnly: false,
  /** The system's notifications, where the browser gives them. */
  notifications: false,
}

export type ChoiceName = keyof typeof defaults

const key = (name: string) => `pichat:eleccion:${name}`
/** What was chosen on this page, for browsers that keep nothing. */
const now = new Map<string, string>()

export function read(name: string): string | null {
  try {
    return localStorage.getItem(key(name))
  } catch {
    return now.get(name) ?? null
  }
}

export function write(name: string, value: string): void {
  now.set(name, value)
  try {
    localStorage.setItem(key(name), value)
  } catch {
    // Holds for this page.
  }
}

export const choices = {
  is(name: ChoiceName): boolean {
    const chosen = read(name)
    return chosen === null ? defaults[name] : chosen === 'on'
  },
  set(name: ChoiceName, on: boolean): void {
    write(name, on ? 'on' : 'off')
    document.dispatchEvent(new CustomEvent('choice', { detail: name }))
  },
}

/** `<input type="checkbox" data-choice="sound">` shows and keeps a choice. */
export function watchChoices(): void {
  onContent(show)
  document.addEventListener('choice', show)
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && isChoice(target.dataset.choice)) choices.set(target.dataset.choice, target.checked)
  })
}

function show(): void {
  for (const box of document.querySelectorAll<HTMLInputElement>('input[data-choice]')) {
    if (isChoice(box.dataset.choice)) box.checked = choices.is(box.dataset.choice)
  }
}

function isChoice(name: string | undefined): name is ChoiceName {
  return name !== undefined && name in defaults
}

/** A row with a switch, for a dialog of this script's making. */
export function rowFor(name: ChoiceName, word: string, hint: string): HTMLElement {
  const row = text('label', 'check check--row', '')
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.setAttribute('role', 'switch')
  box.dataset.choice = name
  box.checked = choices.is(name)
  const words = text('span', 'check__text', '')
  words.append(text('span', '', word), text('span', 'check__hint', hint))
  row.append(box, words)
  return row
}

declare global {
  interface DocumentEventMap {
    choice: CustomEvent<ChoiceName>
  }
}
