// SPDX-License-Identifier: GPL-3.0-or-later
import { text } from '../../lib/parts'
import { shownCount } from '../../lib/unread'
import type { Pending } from './outbox'
import { clockTime, counted, phrase, say } from './phrases'
import type { Step } from './reducer'
import { lineAbove, nextItem, previousItem, previousShown } from './siblings'

/** Within this time somebody's messages stand together, under one name. */
const together = 5 * 60 * 1_000

/**
 * The log as it stands in the page. What is said comes as the server's HTML; here it is put in its place and dressed with what only
 * this browser knows: which are one's own, which continue the one before, where a day begins, what is not acknowledged yet. `tend` adds
 * what can be done with a message.
 */
export function createLogView(room: HTMLElement, tend: (item: HTMLElement, is?: { news: boolean }) => void = () => {}) {
  const me = room.dataset.me ?? ''
  const inner = () => find(room, '#messages')
  const stamp = (name: string) => stampOf(room, name)
  const itemOf = (id: string) => document.getElementById(`m-${id}`)
  const pendingOf = (cid: string) => document.getElementById(`p-${cid}`)
  let unreadLine: HTMLElement | null = null

  function items(): HTMLElement[] {
    return [...inner().querySelectorAll<HTMLElement>(':scope > [id^="m-"]')]
  }

  function dress(item: HTMLElement, is = { news: false }): void {
    own(item)
    tend(item, is)
    fit(item)
    const next = nextItem(item)
    if (next) fit(next)
  }

  /** Day line and grouping depend on what stands before. */
  function fit(item: HTMLElement): void {
    day(item)
    const before = previousShown(item)
    item.classList.toggle('msg--cont', continues(item, before))
  }

  function own(item: HTMLElement): void {
    if (item.dataset.author !== me) return
    // Everybody but oneself wants to know that one came.
    if (item.dataset.kind === 'joined' || item.dataset.kind === 'left') item.hidden = true
    if (!item.matches('.msg')) return
    item.classList.add('msg--own')
    item.setAttribute('aria-label', `${phrase(room, 'me')}, ${item.querySelector('.msg__meta time')?.textContent ?? ''}`)
    tick(item)
  }

  function tick(item: HTMLElement): void {
    const bubble = item.querySelector('.msg__bubble')
    if (!bubble || bubble.matches('.msg__bubble--gone, .msg__bubble--bare') || bubble.querySelector('.tick')) return
    const paragraphs = bubble.querySelectorAll(':scope > p')
    ;(paragraphs[paragraphs.length - 1] ?? bubble).append(stamp('tpl-tick'))
  }

  function day(item: HTMLElement): void {
    const { day: word } = item.dataset
    if (!word) return
    const previous = previousItem(item)
    const line = lineAbove(item)
    if (previous?.dataset.day === word) {
      line?.remove()
      return
    }
    if (line?.dataset.day === word) return
    const made = line ?? stamp('tpl-day')
    made.dataset.day = word
    nameDay(made)
    if (!line) (item.previousElementSibling === unreadLine && unreadLine ? unreadLine : item).before(made)
  }

  function nameDay(line: HTMLElement): void {
    const word = line.dataset.day ?? ''
    line.textContent = word === room.dataset.today ? phrase(room, 'today', { day: word }) : word.charAt(0).toUpperCase() + word.slice(1)
  }

  function put(html: string, before: string | null): HTMLElement | null {
    const item = parse(html)
    if (!item) return null
    if (item.matches('.msg')) inner().querySelector(':scope > .empty')?.remove()
    const next = before === null ? null : itemOf(before)
    if (next) next.before(item)
    else inner().insertBefore(item, inner().querySelector(':scope > [id^="p-"], :scope > #newer'))
    dress(item, { news: next === null })
    return item
  }

  function replace(id: string, html: string): HTMLElement | null {
    const old = itemOf(id)
    const item = parse(html)
    if (!old || !item) return null
    const focused = old.contains(document.activeElement)
    const emoji = document.activeElement?.closest<HTMLElement>('.reaction')?.dataset.emoji
    if (old.dataset.unfolded !== undefined) item.dataset.unfolded = ''
    item.setAttribute('aria-live', 'off') // another state of what was read aloud is no news
    old.replaceWith(item)
    dress(item)
    const same = emoji === undefined ? null : item.querySelector<HTMLElement>(`.reaction[data-emoji="${CSS.escape(emoji)}"]`)
    if (focused) (same ?? item).focus({ preventScroll: true })
    return item
  }

  function remove(id: string): void {
    const item = itemOf(id)
    if (!item) return
    const next = nextItem(item)
    const line = lineAbove(item)
    if (item.contains(document.activeElement)) (next ?? find(room, '.talk__scroll')).focus({ preventScroll: true })
    item.remove()
    if (line && (!line.nextElementSibling || line.nextElementSibling.matches('.day'))) line.remove()
    if (next) fit(next)
  }

  return {
    inner,
    items,
    itemOf,
    /** The first item that is on the screen. */
    inSight(): HTMLElement | null {
      const { top } = find(room, '.talk__scroll').getBoundingClientRect()
      return items().find((item) => item.getBoundingClientRect().bottom > top) ?? null
    },
    isOwn: (item: HTMLElement) => item.dataset.author === me,
    entries: () => items().map((item) => ({ id: item.id.slice(2), place: Number(item.dataset.n) })),
    /** The lowest number above which nothing is missing. */
    floor(): number {
      if (!inner().querySelector('#older')) return 0
      const places = items().flatMap(({ dataset }) => Number(dataset.n) || [])
      return Math.min(...places, Number.MAX_SAFE_INTEGER)
    },
    /** The number up to which the page reaches, when it is not the newest. */
    ceiling(): number | undefined {
      if (!inner().querySelector(':scope > #newer')) return undefined
      return Math.max(0, ...items().flatMap(({ dataset }) => Number(dataset.n) || []))
    },
    /** Takes old items off the page, and the days that have none left. */
    drop(ids: readonly string[]): void {
      for (const id of ids) itemOf(id)?.remove()
      for (const line of inner().querySelectorAll(':scope > .day')) {
        const next = line.nextElementSibling
        if (!next || next.matches('.day')) line.remove()
      }
      const first = items()[0]
      if (first) fit(first)
    },
    /** What is called today. */
    dayShown: () => room.dataset.today,
    /** Another day has begun: what was called today is called by its date. */
    today(word: string): void {
      room.dataset.today = word
      for (const line of inner().querySelectorAll<HTMLElement>(':scope > .day')) nameDay(line)
    },
    /** Marks and groups an item that came with other markup than a change of the log. */
    dress,

    /** Does one step; answers the element that is new. */
    apply(step: Step): HTMLElement | null {
      if (step.do === 'insert') return put(step.html, step.before)
      if (step.do === 'replace') void replace(step.id, step.html)
      else if (step.do === 'remove') remove(step.id)
      return null
    },

    /** Another log in the place of this one; what waits to be sent goes along. */
    swap(next: HTMLElement): void {
      const waiting = inner().querySelectorAll(':scope > [id^="p-"]')
      next.append(...waiting)
      if (waiting.length > 0) next.querySelector(':scope > .empty')?.remove()
      unreadLine = null
      inner().replaceWith(next)
      for (const item of items()) dress(item)
    },

    /** `waits`: there is no connection, and the message says so. */
    showPending(pending: Pending, { waits }: { waits: boolean }): HTMLElement {
      const item = pendingOf(pending.cid) ?? makePending(pending)
      item.querySelector('.msg__status')?.remove()
      if (!pending.answered) item.querySelector('.quote')?.remove()
      if (pending.refused !== undefined) {
        const status = stamp('tpl-failed')
        const reason = status.querySelector('[data-reason]')
        if (reason) reason.textContent = pending.refused
        for (const act of status.querySelectorAll<HTMLElement>('[data-act]')) act.dataset.cid = pending.cid
        item.append(status)
      } else if (waits) item.append(stamp('tpl-waiting'))
      else if (pending.held) {
        const status = stamp('tpl-waiting')
        status.lastChild?.replaceWith(say('held'))
        item.append(status)
      }
      return item
    },
    dropPending(cid: string): void {
      const item = pendingOf(cid)
      if (!item) return
      const next = item.nextElementSibling
      item.remove()
      if (next instanceof HTMLElement && next.matches('.msg')) fit(next)
    },

    /** A line above the first message that was not seen, with how many follow. */
    markUnread(first: HTMLElement, count: number): HTMLElement {
      if (!unreadLine?.isConnected) {
        unreadLine = stamp('tpl-unread')
        first.before(unreadLine)
        fit(first)
      }
      const words = count > 99 ? phrase(room, 'newOther', { n: shownCount(count) }) : counted(room, 'new', count)
      unreadLine.setAttribute('aria-label', words)
      find(unreadLine, 'span').textContent = words
      return unreadLine
    },
    clearUnread(): void {
      const next = unreadLine?.nextElementSibling
      unreadLine?.remove()
      unreadLine = null
      if (next instanceof HTMLElement && next.matches('.msg')) fit(next)
    },
  }

  function makePending({ cid, texto, at, answered }: Pending): HTMLElement {
    const item = stamp('tpl-own')
    item.id = `p-${cid}`
    item.dataset.author = me
    item.dataset.at = String(at)
    item.setAttribute('aria-live', 'off') // the acknowledged one will be read, once
    const time = clockTime(at)
    item.setAttribute('aria-label', `${phrase(room, 'me')}, ${time}`)
    for (const place of item.querySelectorAll('time')) {
      place.dateTime = new Date(at).toISOString()
      place.textContent = time
    }
    find(item, '.msg__bubble p').append(
      ...(texto || say('file')).split('\n').flatMap((line, i) => (i === 0 ? [line] : [document.createElement('br'), line])),
    )
    if (answered) {
      const quote = text('span', 'quote', '')
      quote.append(text('b', '', answered.name), text('span', '', answered.line))
      find(item, '.msg__bubble').prepend(quote)
    }
    inner().querySelector(':scope > .empty')?.remove()
    inner().append(item)
    fit(item)
    return item
  }
}

export type LogView = ReturnType<typeof createLogView>

/** A copy of the one element in a template of the server's. */
export function stampOf(room: HTMLElement, name: string): HTMLElement {
  const template = room.querySelector<HTMLTemplateElement>(`#${name}`)
  const made = template?.content.firstElementChild?.cloneNode(true)
  return made instanceof HTMLElement ? made : document.createElement('span')
}

/** An element that the server's page always has. */
export function find<E extends HTMLElement = HTMLElement>(around: ParentNode, selector: string): E {
  const found = around.querySelector<E>(selector)
  if (!found) throw new Error(`The room's page has no ${selector}`)
  return found
}

/** The server escaped it; a template runs and loads nothing. */
function parse(html: string): HTMLElement | null {
  const template = document.createElement('template')
  template.innerHTML = html
  const made = template.content.firstElementChild
  return made instanceof HTMLElement ? document.importNode(made, true) : null
}

function continues({ dataset: { author, at, day } }: HTMLElement, before: Element | null): boolean {
  if (!(before instanceof HTMLElement) || !before.matches('.msg') || !author || before.dataset.author !== author) return false
  if (day && before.dataset.day && before.dataset.day !== day) return false
  return Math.abs(Number(at) - Number(before.dataset.at)) < together
}
