// SPDX-License-Identifier: GPL-3.0-or-later
import htmx from 'htmx.org'
import type { Attention, Unseen } from './attention'
import { browserTimers as timers } from './connection'
import { isMissing, settleGap, showGap } from './gap'
import type { LogView } from './log-view'
import { offerOlder, watchOlder } from './older'
import { fetchLog } from './page'
import { append, type Log, openLog, prepend, stepBack, trim, unlevel } from './reducer'
import type { Scroll } from './scroll'

interface PagingOptions {
  room: HTMLElement
  scroller: HTMLElement
  view: LogView
  scroll: Scroll
  attention: Attention
  /** How much the page says is unread here, on it or further up. */
  unreadHere: number
  /** Draws again what went with an old log. */
  redraw: (unseen: Unseen) => void
  /** Asks what was missed. */
  ask: () => void
  /** Gives the connection up and comes back. */
  restart: () => void
  signal: AbortSignal
}

/** How long a message that was jumped to stands out, in milliseconds. */
const foundMs = 2_000
/** A tab that is open for days would grow for ever: from so many items on, so many of the newest stay. */
const long = { from: 500, to: 350 }

/** Which part of the room's log is on the page: loaded with it, asked for further up or down, loaded anew, let go of. */
export function createPaging({ room, scroller, view, scroll, attention, unreadHere, redraw, ask, restart, signal }: PagingOptions) {
  let log = readLog()
  /** Since when something may have been missed, by this browser's clock. */
  let lostAt: number | null = null
  let reloading = false
  /** Everything up to these numbers was here when earlier and later messages were asked for. */
  const askedAt = { older: 0, newer: 0 }
  /** Up to where this person had read when the page came. */
  const seenBefore = Number(view.inner().dataset.seen ?? Number.POSITIVE_INFINITY)

  function readLog(): Log {
    const { n, epoca } = view.inner().dataset
    return openLog({
      epoca,
      n: n === undefined ? undefined : Number(n),
      floor: view.floor(),
      ceiling: view.ceiling(),
      entries: view.entries(),
    })
  }

  /** The log as it is now takes the place of the old one, and says what cannot be seen in it. */
  async function reload(): Promise<void> {
    if (reloading) return
    reloading = true
    scroller.setAttribute('aria-busy', 'true')
    try {
      const next = await fetchLog(room.dataset.page ?? '')
      if (signal.aborted) return
      const before = log
      view.swap(next)
      scroll.observe(next)
      htmx.process(next)
      log = readLog()
      if (before.epoca === log.epoca && before.ceiling === undefined) openUnread(before.n ?? 0)
      redraw({ ...attention.unseen }) // the line went with the old log
      const same = before.epoca === log.epoca || room.dataset.keep === 'yes'
      const gap =
        lostAt !== null && isMissing(before, log) ? showGap(room, next, { from: lostAt, upTo: same ? (before.n ?? 0) : null }) : null
      if (!scroll.atEnd) scroll.show(gap ?? next)
      scroll.settle()
      lostAt = null
      ask()
    } catch {
      restart()
    } finally {
      reloading = false
      scroller.removeAttribute('aria-busy')
    }
  }

  function fresh(): { id: string; place: number }[] {
    const items = view.items().filter((item) => !log.known.has(item.id.slice(2)))
    for (const item of items) view.dress(item)
    return items.map((item) => ({ id: item.id.slice(2), place: Number(item.dataset.n) }))
  }

  /** Earlier messages that htmx has put in. */
  function adoptOlder(): void {
    const entries = fresh()
    prepend(log, entries, view.floor())
    settleGap(room, view.inner(), log)
    // The first that was not seen is further up than the page began.
    const { line } = attention.unseen
    if (line && seenBefore < (entries.at(-1)?.place ?? 0)) openUnread(seenBefore, line.count)
    makeUpFor(askedAt.older)
  }

  /** Later ones, on a page that did not reach the newest. What came since they were asked for is asked for once it does. */
  function adoptNewer(): void {
    append(log, fresh(), view.ceiling())
    if (log.ceiling === undefined) {
      stepBack(log, askedAt.newer)
      unlevel(log)
      ask()
    } else makeUpFor(askedAt.newer)
  }

  /** A message that was changed or removed while its page was on its way. Asked for then alone: who only scrolls asks for nothing twice. */
  function makeUpFor(asked: number): void {
    if (log.overlooked > asked && stepBack(log, asked)) ask()
  }

  /** What came after the number that this person saw last. `known`: how many that is, where not all of it is on the page. */
  function openUnread(seen: number, known = 0): void {
    const missed = view.items().filter((item) => item.matches('.msg') && Number(item.dataset.n) > seen && !view.isOwn(item))
    if (missed[0]) attention.opened(missed[0].id.slice(2), Math.max(missed.length, seen < log.floor ? known : 0))
  }

  function showItem(item: HTMLElement): void {
    scroll.center(item)
    item.focus({ preventScroll: true })
    item.dataset.found = ''
    timers.after(foundMs, () => delete item.dataset.found)
  }

  function showLine(): void {
    const line = room.querySelector('.unread-line')
    if (line) scroll.show(line)
  }

  const older = watchOlder({
    room,
    scroller,
    hold: () => scroll.hold(view.inSight()),
    asked: (edge) => {
      askedAt[edge] = log.n ?? 0
    },
    cameOlder: adoptOlder,
    cameNewer: adoptNewer,
    near: scroll.isNearTop,
    signal,
  })

  return {
    get log(): Log {
      return log
    },
    lost(): void {
      lostAt ??= Date.now()
    },
    found(): void {
      lostAt = null
    },
    older,
    reload,
    showItem,
    showLine,
    /** A tab of days lets go of what is far above, while one stands at the end. */
    tidy(): void {
      if (log.entries.length <= long.from || !scroll.atEnd || log.ceiling !== undefined || reloading) return
      const gone = trim(log, long.to)
      view.drop(gone)
      offerOlder(room, view.inner(), log.floor)
      scroll.settle()
    },
    /** The first view: the message that a link leads to, or the newest. */
    open(): void {
      for (const item of view.items()) view.dress(item)
      openUnread(seenBefore, unreadHere)
      const named = location.hash.startsWith('#m-') ? view.itemOf(location.hash.slice(3)) : null
      const target = view.inner().querySelector<HTMLElement>('.msg--target') ?? named
      if (target) showItem(target)
      else scroll.toEnd()
    },
    /** The newest is in sight again, loaded anew when this page does not reach it. */
    async toEnd(): Promise<void> {
      if (log.ceiling !== undefined) await reload()
      scroll.toEnd()
    },
  }
}
