// SPDX-License-Identifier: GPL-3.0-or-later
import { chime } from './chime'
import { choices } from './choices'
import { on, onContent } from './delegate'
import { canNotify } from './news'
import { toast } from './toast'
import { words } from './words'

const say = words({ sample: ['Así suena un mensaje nuevo.', 'This is how a new message sounds.'] })

/** The alerts of the profile: what this browser cannot do at this address is said, never offered. */
export function watchAlertSettings(): void {
  onContent(show)
  document.addEventListener('choice', ({ detail }) => {
    if (detail !== 'notifications' || !choices.is('notifications') || Notification.permission === 'granted') return
    void Notification.requestPermission().then((answer) => {
      if (answer !== 'granted') choices.set('notifications', false)
      show()
    })
  })
  on('click', '[data-try-alert]', () => {
    chime()
    toast(say('sample'), { icon: 'bell' })
  })
}

function show(): void {
  const is = !canNotify() ? 'none' : Notification.permission === 'denied' ? 'denied' : 'able'
  for (const one of document.querySelectorAll<HTMLElement>('[data-notifications]')) one.hidden = one.dataset.notifications !== is
}
