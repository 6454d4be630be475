// SPDX-License-Identifier: GPL-3.0-or-later
import { chime } from './chime'
import { choices, read, write } from './choices'

/** What of a room is news for this person, in this browser. */
export type Level = 'all' | 'mentions' | 'none'

const key = (room: string) => `sala:${room}`

export function levelOf(room: string): Level {
  const chosen = read(key(room))
  if (chosen === 'all' || chosen === 'mentions' || chosen === 'none') return chosen
  return choices.is('mentionsOnly') ? 'mentions' : 'all'
}

export function setLevel(room: string, level: Level): void {
  write(key(room), level)
}

interface News {
  room: string
  /** Whether it names this person. */
  mention: boolean
  /** The room's name and one line, for the system's notification. */
  title: string
  body: string
  /** Where a click on it leads. */
  path: string
}

/** Draws attention to something new, as far as the person wants that. Answers whether it did. */
export function announce({ room, mention, title, body, path }: News): boolean {
  const level = levelOf(room)
  if (level === 'none' || (level === 'mentions' && !mention)) return false
  if (choices.is('sound')) chime()
  if (document.visibilityState === 'hidden' && mayNotify() && choices.is('notifications')) {
    // One for each room: the next takes the place of the one before.
    const note = new Notification(title, { body, tag: `pichat:${room}` })
    note.addEventListener('click', () => {
      window.focus()
      if (location.pathname !== path) location.assign(path)
      note.close()
    })
  }
  return true
}

/** The system's own notifications exist in secure contexts alone, and where the person allowed them. */
export function canNotify(): boolean {
  return window.isSecureContext && 'Notification' in window
}

function mayNotify(): boolean {
  return canNotify() && Notification.permission === 'granted'
}
