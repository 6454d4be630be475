// SPDX-License-Identifier: GPL-3.0-or-later
import type { Link, Timers } from './connection'
import { phrase, say } from './phrases'

const second = 1_000
/** A break that is shorter is nobody's business. */
const discretion = 2 * second

type Shown = 'ok' | 'retrying' | 'off'

interface BannerOptions {
  main: HTMLElement
  room: HTMLElement
  timers: Timers
  /** What the server said at the end, if anything. */
  farewell?: () => string
  /** "Try now". */
  retry: () => void
  /** What is shown has changed; `after` a break that was shown. */
  shown: (is: Shown, after: Shown) => void
}

/** Says when there is no connection and what happens next: a line above the log, and every sprout of the page. */
export function createBanner({ main, room, timers, farewell = () => '', retry, shown }: BannerOptions) {
  const banner = main.querySelector<HTMLElement>('.room__banner')
  const title = banner?.querySelector('strong')
  const text = banner?.querySelector<HTMLElement>('[data-banner-text]')
  const button = banner?.querySelector<HTMLElement>('[data-act]')
  const offline = title?.textContent ?? say('unreachable')
  let is: Shown = 'ok'
  let link: Link = { is: 'connecting' }
  let lost = false
  let act = retry
  let cancel = () => {}
  button?.addEventListener('click', () => act())

  function show(next: Shown): void {
    if (banner) {
      banner.hidden = next === 'ok'
      banner.dataset.link = next
    }
    for (const sprout of document.querySelectorAll<HTMLElement>('[data-link]')) {
      sprout.dataset.link = next
      const word = sprout.querySelector<HTMLElement>('[data-link-word]')
      if (word) word.textContent = word.dataset[next] ?? word.textContent
    }
    if (next === is) return
    const after = is
    is = next
    shown(next, after)
  }

  function write(heading: string, words: Node[] | string, label: string): void {
    if (title && title.textContent !== heading) title.textContent = heading
    if (text) text.replaceChildren(...(typeof words === 'string' ? [words] : words))
    if (button && button.textContent !== label) button.textContent = label
  }

  /** The number is not read aloud: it changes every second. */
  const number = document.createElement('span')
  number.className = 'num'
  number.setAttribute('aria-hidden', 'true')

  function count(): void {
    const left = link.is === 'waiting' ? Math.ceil((link.until - timers.monotonic()) / second) : 1
    number.textContent = String(Math.max(1, left))
    cancel = timers.after(second, count)
  }

  function searching(): void {
    act = retry
    const [before = '', after = ''] = phrase(room, 'retrying').split('{n}')
    write(offline, [document.createTextNode(before), number, document.createTextNode(after)], say('now'))
    show('retrying')
    count()
  }

  return {
    get is(): Shown {
      return is
    },
    follow(next: Link): void {
      link = next
      if (next.is === 'connecting' || next.is === 'waiting') {
        if (lost) return
        lost = true
        cancel()
        cancel = timers.after(discretion, searching)
        return
      }
      lost = false
      cancel()
      if (next.is === 'open') {
        show('ok')
        return
      }
      const end = ends[next.why]
      act = next.why === 'limit' ? retry : end.act
      write(farewell() || say(end.title), end.text ? say(end.text) : '', say(end.label))
      show('off')
    },
    end: () => cancel(),
  }
}

const ends = {
  // Comes back here, at once when the session lives on with other rights.
  session: { title: 'session', text: 'sessionThen', label: 'signIn', act: toSignIn },
  removed: { title: 'removed', text: null, label: 'leave', act: () => location.assign('/salas') },
  closed: { title: 'closed', text: null, label: 'leave', act: () => location.assign('/salas') },
  limit: { title: 'limit', text: 'limitThen', label: 'now', act: () => {} },
} as const

/** Sign in, and back to this page. */
export function toSignIn(): void {
  location.assign(`/entrar?volver=${encodeURIComponent(location.pathname)}`)
}
