// SPDX-License-Identifier: GPL-3.0-or-later
import htmx from 'htmx.org'
import type { ClientFrame, ServerFrame } from '../../../src/rooms/protocol'
import { toast } from '../../lib/toast'
import { createActions } from './actions'
import { type Edited, type Said, tell } from './answering'
import { createAttention, type Unseen } from './attention'
import { createBanner, toSignIn } from './banner'
import { createConnection, type Link, type Stop, browserTimers as timers } from './connection'
import { isMissing, settleGap, showGap } from './gap'
import { createLogView, find } from './log-view'
import { watchOlder } from './older'
import { createOrder } from './order'
import { browserShelf, createOutbox, memoryShelf } from './outbox'
import { createOwn } from './own'
import { askPage, fetchLog } from './page'
import { dropPerson, showPeople } from './people'
import { phrase, say } from './phrases'
import { openLog, prepend, reduce, type Step, unlevel } from './reducer'
import { watchScroll } from './scroll'
import { showTyping } from './typing-line'
import { createTypists } from './typists'
import { watchWalk } from './walk'
import { watchWindow } from './window'

/** What the room tells its element. */
export interface Telling {
  unseen: (unseen: Unseen) => void
  atEnd: (atEnd: boolean) => void
  link: (is: 'ok' | 'retrying' | 'off') => void
  seen: () => void
  /** How much the page says is unread here, on it or further up. */
  unreadHere: number
}

/** How long a message that was jumped to stands out, in milliseconds. */
const foundMs = 2_000

/** Joins connection, reducer, outbox and page into one room; ends with `signal`. */
export function bringToLife(room: HTMLElement, telling: Telling, signal: AbortSignal) {
  const main = room.closest('main') ?? document.body
  const { me = '', room: roomId = '', keep, socket = '', page = '' } = room.dataset
  const kept = keep === 'yes'
  const scroller = find(room, '.talk__scroll')
  const actions = createActions({
    room,
    main,
    scroller,
    itemOf: (id) => view.itemOf(id),
    isOwn: (item) => view.isOwn(item),
    send: (frame) => connection.send(frame),
    jump: (item) => showItem(item),
    offline: () => toast(say('unreachable'), { icon: 'unplug' }),
    signal,
  })
  const view = createLogView(room, actions.tend)
  let log = readLog()
  /** Since when something may have been missed, by this browser's clock. */
  let lostAt: number | null = null
  let reloading = false
  /** An edit whose change was not heard yet. */
  let changing: Edited | null = null
  /** Up to where this person had read when the page came. */
  const seenBefore = Number(view.inner().dataset.seen ?? Number.POSITIVE_INFINITY)

  const scroll = watchScroll(scroller, {
    moved(atEnd) {
      attention.setAtEnd(atEnd)
      telling.atEnd(atEnd)
    },
    nearTop: () => connection.link.is === 'open' && older.want(),
  })

  const attention = createAttention({
    timers,
    visible: document.visibilityState === 'visible',
    atEnd: true,
    changed: telling.unseen,
    seen(n) {
      connection.send({ t: 'visto', n })
      telling.seen()
    },
  })

  const typists = createTypists({
    timers,
    ms: Number(room.dataset.typingMs) || 5_000,
    changed: (names) => showTyping(main, room, names),
  })

  const connection = createConnection({
    open: () => new WebSocket(new URL(socket, location.href.replace(/^http/, 'ws'))),
    timers,
    hello,
    onFrame: hear,
    onLink: follow,
    ask: () => askPage(page),
  })

  const order = createOrder({ main, unsent, signal })

  const banner = createBanner({
    main,
    farewell: order.farewell,
    room,
    timers,
    retry: connection.now,
    shown(is, before) {
      for (const pending of outbox.all) view.showPending(pending, { waits: is !== 'ok' })
      if (is === 'ok' && before === 'retrying') toast(phrase(room, 'back'), { icon: 'link' })
      telling.link(is)
    },
  })

  const outboxName = `pichat:salida:${roomId}:${me}`
  const outbox = createOutbox({
    shelf: kept ? browserShelf(outboxName) : memoryShelf(),
    timers,
    send: connection.send,
    stuck: connection.restart,
    changed(cid) {
      const pending = outbox.find(cid)
      if (pending) view.showPending(pending, { waits: banner.is !== 'ok' })
      else view.dropPending(cid)
    },
  })

  const own = createOwn({ outbox, view, isPast: (n) => log.level && n <= (log.n ?? 0) })

  function readLog() {
    const { n, epoca } = view.inner().dataset
    return openLog({ epoca, n: n === undefined ? undefined : Number(n), floor: view.floor(), entries: view.entries() })
  }

  function hello(): ClientFrame {
    const { n, epoca } = log
    return { t: 'hola', ...(n === undefined ? {} : { desde: n }), ...(epoca === undefined ? {} : { epoca }) }
  }

  function follow(link: Link): void {
    if (link.is === 'open') {
      unlevel(log)
      attention.forget()
    } else {
      outbox.closed()
      typists.clear()
      if (link.is === 'waiting') lostAt ??= Date.now()
    }
    if (link.is === 'stopped') stopped(link.why)
    banner.follow(link)
  }

  function stopped(why: Stop): void {
    if (why === 'removed' || why === 'closed') main.querySelector('message-composer')?.setAttribute('closed', '')
    // Nothing would be lost, so nothing needs to be asked.
    if (why === 'session' && !unsent()) toSignIn()
  }

  function unsent(): boolean {
    const text = main.querySelector<HTMLTextAreaElement>('.composer__text')?.value ?? ''
    return outbox.all.length > 0 || text.trim() !== ''
  }

  function hear(frame: ServerFrame): void {
    for (const step of reduce(log, frame)) take(step)
    if (log.level) attention.upTo(log.n ?? 0)
    if (frame.t === 'cambio') {
      own.changed(frame)
      if (frame.id === changing?.id) changing = null
    } else if (frame.t === 'lista') levelled(frame)
    else if (frame.t === 'quienes') showPeople(main, room, frame.quienes)
    else if (frame.t === 'escribiendo' && frame.quien.id !== me) typists.heard(frame.quien)
    else if (frame.t === 'ok') own.acknowledged(frame)
    else if (frame.t === 'no') refused(frame)
    order.hear(frame)
  }

  function take(step: Step): void {
    if (step.do === 'ask') return void connection.send(hello())
    if (step.do === 'reload') return void reload()
    const middle = step.do !== 'insert' || step.before !== null
    const release = middle ? scroll.hold(view.inSight()) : null
    const item = view.apply(step)
    release?.()
    if (item?.dataset.kind === 'gone' || item?.dataset.kind === 'removed') dropPerson(main, item.dataset.author ?? '')
    if (item?.matches('.msg') && !view.isOwn(item)) {
      typists.stop(item.dataset.author ?? '')
      attention.arrived(item.id.slice(2))
    }
  }

  function levelled({ quienes }: Extract<ServerFrame, { t: 'lista' }>): void {
    showPeople(main, room, quienes)
    if (!log.stale) lostAt = null
    own.levelled()
    outbox.opened()
  }

  function refused(frame: Extract<ServerFrame, { t: 'no' }>): void {
    outbox.refused(frame)
    if (frame.cid !== undefined) return
    // Nothing that was written is lost: it comes back into the composer.
    if (changing && frame.error !== 'throttled') tell(room, 'room-edit', changing)
    changing = null
    if (frame.error !== 'throttled') toast(frame.message, { icon: 'circle-alert' })
    // What was not answered may have been the question of what was missed.
    else if (!log.level) timers.after((frame.espera ?? 1) * 1_000, () => connection.send(hello()))
  }

  /** Too much was missed: the log as it is now takes the place of the old one, and says what cannot be seen in it. */
  async function reload(): Promise<void> {
    if (reloading) return
    reloading = true
    scroller.setAttribute('aria-busy', 'true')
    try {
      const next = await fetchLog(page)
      if (signal.aborted) return
      const before = log
      view.swap(next)
      scroll.observe(next)
      htmx.process(next)
      log = readLog()
      if (before.epoca === log.epoca) openUnread(before.n ?? 0)
      telling.unseen({ ...attention.unseen }) // the line went with the old log
      const gap = lostAt !== null && isMissing(before, log) ? showGap(room, next, { from: lostAt, upTo: before.n ?? 0 }) : null
      if (!scroll.atEnd) scroll.show(gap ?? next)
      scroll.settle()
      lostAt = null
      connection.send(hello())
    } catch {
      connection.restart()
    } finally {
      reloading = false
      scroller.removeAttribute('aria-busy')
    }
  }

  function showItem(item: HTMLElement): void {
    item.scrollIntoView({ block: 'center' })
    item.focus({ preventScroll: true })
    item.dataset.found = ''
    timers.after(foundMs, () => delete item.dataset.found)
  }

  function showLine(): void {
    const line = room.querySelector('.unread-line')
    if (line) scroll.show(line)
  }

  /** Earlier messages that htmx has put in. */
  function adopt(): void {
    const fresh = view.items().filter((item) => !log.known.has(item.id.slice(2)))
    for (const item of fresh) view.dress(item)
    const entries = fresh.map((item) => ({ id: item.id.slice(2), place: Number(item.dataset.n) }))
    prepend(log, entries, view.floor())
    settleGap(view.inner(), log.floor)
    // The first that was not seen is further up than the page began.
    const { line } = attention.unseen
    if (line && seenBefore < (entries.at(-1)?.place ?? 0)) openUnread(seenBefore, line.count)
  }

  /** What came after the number that this person saw last. `known`: how many that is, where not all of it is on the page. */
  function openUnread(seen: number, known = 0): void {
    const missed = view.items().filter((item) => item.matches('.msg') && Number(item.dataset.n) > seen && !view.isOwn(item))
    if (missed[0]) attention.opened(missed[0].id.slice(2), Math.max(missed.length, seen < log.floor ? known : 0))
  }

  const older = watchOlder({ room, scroller, hold: () => scroll.hold(view.inSight()), came: adopt, near: scroll.isNearTop, signal })
  watchWindow({
    back: () => connection.now(),
    visible(now) {
      if (now) showLine()
      attention.setVisible(now)
    },
    removed: (key) => key.startsWith(`${outboxName}:`) && outbox.discard(key.slice(outboxName.length + 1)),
    wouldLose: () => !kept && outbox.all.length > 0,
    signal,
  })
  watchWalk(scroller, { toEnd: scroll.toEnd, write: () => main.querySelector<HTMLElement>('.composer__text')?.focus() })
  for (const item of view.items()) view.dress(item)
  openUnread(seenBefore, telling.unreadHere)
  for (const pending of outbox.all) view.showPending(pending, { waits: false })
  scroll.toEnd()
  connection.start()

  return {
    /** False when the room cannot take it: then the plain form may. */
    say(said: Said): boolean {
      if (connection.link.is === 'stopped' && connection.link.why !== 'session') return false
      outbox.add({ ...said, at: Date.now() })
      attention.spoke()
      scroll.toEnd()
      return true
    },
    /** False without connection: the text stays where it is. */
    change({ id, texto }: Edited): boolean {
      if (!connection.send({ t: 'editar', id, texto })) {
        toast(say('unreachable'), { icon: 'unplug' })
        return false
      }
      changing = { id, texto }
      return true
    },
    editLast: actions.editLast,
    typing: () => void connection.send({ t: 'escribiendo' }),
    retry: outbox.retry,
    discard: outbox.discard,
    /** The newest is in sight again. */
    toEnd(): void {
      scroll.toEnd()
      scroller.focus({ preventScroll: true })
    },
    /** Draws the unread line where it belongs now. */
    drawLine({ line }: Unseen): void {
      const first = line && view.itemOf(line.first)
      if (first) view.markUnread(first, line.count)
      else view.clearUnread()
    },
    showLine,
    end(): void {
      connection.end()
      scroll.end()
      banner.end()
      attention.end()
      typists.clear()
    },
  }
}

export type Life = ReturnType<typeof bringToLife>
