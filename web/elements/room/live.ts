// SPDX-License-Identifier: GPL-3.0-or-later
import type { ClientFrame, ServerFrame } from '../../../src/rooms/protocol'
import { toast } from '../../lib/toast'
import { createActions } from './actions'
import { type Edited, type Said, tell } from './answering'
import { createAttention, type Unseen } from './attention'
import { createBanner, toSignIn } from './banner'
import { createChanges } from './changes'
import { createConnection, type Link, type Stop, browserTimers as timers } from './connection'
import { watchDays } from './days'
import { elsewhere } from './elsewhere'
import { createLogView, find } from './log-view'
import { createNews } from './news'
import { refuseFiles } from './no-files'
import { createOrder } from './order'
import { createOwn } from './own'
import { askPage } from './page'
import { createPaging } from './paging'
import { doubtPeople, dropPerson, showPeople } from './people'
import { phrase, say } from './phrases'
import { reduce, type Step, unlevel } from './reducer'
import { watchScroll } from './scroll'
import { showTyping } from './typing-line'
import { createTypists } from './typists'
import { createWaiting } from './waiting'
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

/** Joins connection, reducer, outbox and page into one room; ends with `signal`. */
export function bringToLife(room: HTMLElement, telling: Telling, signal: AbortSignal) {
  const main = room.closest('main') ?? document.body
  const { me = '' } = room.dataset
  // Another code is another address, also for a page that stays because something is typed on it.
  const page = () => room.dataset.page ?? ''
  const scroller = find(room, '.talk__scroll')
  const actions = createActions({
    room,
    main,
    scroller,
    itemOf: (id) => view.itemOf(id),
    isOwn: (item) => view.isOwn(item),
    send: (frame) => connection.send(frame),
    jump: (item) => paging.showItem(item),
    offline,
    signal,
  })
  const changes = createChanges({
    send: (frame) => connection.send(frame),
    life: () => paging.log.epoca,
    back(edited, { whole }) {
      if (whole) return void tell(room, 'room-edit', edited)
      tell(room, 'room-write', edited.texto)
      toast(say('changeLost'), { icon: 'circle-alert' })
    },
  })
  const view = createLogView(room, actions.tend)
  const scroll = watchScroll(scroller, {
    moved: (atEnd) => atNewest(atEnd && paging.log.ceiling === undefined),
    nearTop: () => connection.link.is === 'open' && paging.older.want(),
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

  function atNewest(now: boolean): void {
    attention.setAtEnd(now)
    telling.atEnd(now)
  }

  const typists = createTypists({
    timers,
    ms: Number(room.dataset.typingMs) || 5_000,
    changed: (names) => showTyping(main, room, names),
  })

  const connection = createConnection({
    open: () => new WebSocket(new URL(`${page()}/vivo`, location.href.replace(/^http/, 'ws'))),
    timers,
    hello,
    onFrame: hear,
    onLink: follow,
    ask: () => askPage(page(), room.dataset.room ?? '', order.moveTo),
  })

  const order = createOrder({ main, room, unsent, signal })

  const banner = createBanner({
    main,
    farewell: order.farewell,
    room,
    timers,
    retry: () => connection.now(),
    shown(is, before) {
      for (const pending of outbox.all) view.showPending(pending, { waits: is !== 'ok' })
      if (is === 'ok' && before === 'retrying') toast(phrase(room, 'back'), { icon: 'link' })
      telling.link(is)
      doubtPeople(main, is !== 'ok')
    },
  })

  const waiting = createWaiting({
    main,
    room,
    signal,
    timers,
    send: connection.send,
    stuck: connection.restart,
    changed(cid) {
      const pending = outbox.find(cid)
      if (pending) view.showPending(pending, { waits: banner.is !== 'ok' })
      else view.dropPending(cid)
    },
  })
  const { outbox } = waiting

  const paging = createPaging({
    room,
    scroller,
    view,
    scroll,
    attention,
    unreadHere: telling.unreadHere,
    redraw: telling.unseen,
    ask: () => connection.send(hello()),
    restart: connection.restart,
    signal,
  })

  const own = createOwn({ outbox, view, isPast: (n) => paging.log.level && n <= (paging.log.n ?? 0) })

  function offline(): void {
    toast(say('unreachable'), { icon: 'unplug' })
  }

  function hello(): ClientFrame {
    const { n, epoca } = paging.log
    return { t: 'hola', ...(n === undefined ? {} : { desde: n }), ...(epoca === undefined ? {} : { epoca }), ...order.shown() }
  }

  function follow(link: Link): void {
    if (link.is === 'open') {
      unlevel(paging.log)
      attention.forget()
    } else {
      outbox.closed()
      typists.clear()
      if (link.is === 'waiting') paging.lost()
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
    return outbox.all.length > 0 || changes.any || text.trim() !== ''
  }

  function hear(frame: ServerFrame): void {
    const { log } = paging
    for (const step of reduce(log, frame)) take(step)
    if (log.level && log.ceiling === undefined) attention.upTo(log.n ?? 0)
    paging.tidy()
    if (frame.t === 'cambio') {
      own.changed(frame)
      changes.heard(frame.id)
      waiting.changed(frame)
    } else if (frame.t === 'lista') levelled(frame)
    else if (frame.t === 'quienes') showPeople(main, room, frame.quienes)
    else if (frame.t === 'escribiendo' && frame.quien.id !== me) typists.heard(frame.quien)
    else if (frame.t === 'ok') own.acknowledged(frame)
    else if (frame.t === 'no') refused(frame)
    else if (frame.t === 'fuera') elsewhere(frame, me)
    order.hear(frame)
  }

  function take(step: Step): void {
    if (step.do === 'ask') return void connection.send(hello())
    if (step.do === 'reload') return void paging.reload()
    const middle = step.do !== 'insert' || step.before !== null
    const release = middle ? scroll.hold(view.inSight()) : null
    const item = view.apply(step)
    release?.()
    if (item?.dataset.kind === 'gone' || item?.dataset.kind === 'removed') dropPerson(main, item.dataset.author ?? '')
    if (item?.matches('.msg') && paging.log.level && step.do === 'insert' && step.before === null) days.arrived(item)
    if (item?.matches('.msg') && !view.isOwn(item)) {
      typists.stop(item.dataset.author ?? '')
      attention.arrived(item.id.slice(2))
      if (paging.log.level) news(item)
    }
  }

  function levelled({ quienes }: Extract<ServerFrame, { t: 'lista' }>): void {
    showPeople(main, room, quienes)
    own.levelled()
    waiting.levelled()
    outbox.opened()
    if (paging.log.stale) return
    paging.found()
    changes.levelled()
  }

  function refused(frame: Extract<ServerFrame, { t: 'no' }>): void {
    outbox.refused(frame)
    if (frame.cid !== undefined) return
    changes.refused(frame)
    if (frame.error !== 'throttled' || frame.id !== undefined) toast(frame.message, { icon: 'circle-alert' })
    // What was not answered may have been the question of what was missed.
    else if (!paging.log.level) timers.after((frame.espera ?? 1) * 1_000, () => connection.send(hello()))
  }

  watchWindow({
    back: () => connection.now(),
    network: () => connection.now({ doubted: true }),
    visible(now) {
      if (now) paging.showLine()
      attention.setVisible(now)
    },
    leaving: attention.leaving,
    removed: waiting.removed,
    wouldLose: () => changes.any || waiting.wouldLose(),
    signal,
  })
  const days = watchDays(view, signal)
  if (!room.dataset.may?.split(' ').includes('upload')) refuseFiles(signal)
  const news = createNews(room, main)
  watchWalk(scroller, { toEnd: () => void paging.toEnd(), write: () => main.querySelector<HTMLElement>('.composer__text')?.focus() })
  for (const pending of outbox.all) view.showPending(pending, { waits: false })
  paging.open()
  atNewest(scroll.atEnd && paging.log.ceiling === undefined)
  connection.start()

  return {
    /** False when the room cannot take it: then the plain form may. */
    say(said: Said): boolean {
      if (connection.link.is === 'stopped' && connection.link.why !== 'session') return false
      outbox.add({ ...said, at: Date.now() })
      attention.spoke()
      void paging.toEnd()
      return true
    },
    change(edited: Edited): boolean {
      const made = changes.make(edited)
      if (!made) offline()
      return made
    },
    editLast: actions.editLast,
    typing: () => void connection.send({ t: 'escribiendo' }),
    retry: outbox.retry,
    discard: outbox.discard,
    /** The newest is in sight again. */
    async toEnd(): Promise<void> {
      await paging.toEnd()
      scroller.focus({ preventScroll: true })
    },
    /** Draws the unread line where it belongs now. */
    drawLine({ line }: Unseen): void {
      const first = line && view.itemOf(line.first)
      if (first) view.markUnread(first, line.count)
      else view.clearUnread()
    },
    showLine: paging.showLine,
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
