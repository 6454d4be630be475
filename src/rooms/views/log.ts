// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { art, icon, type Visitor } from '../../views'
import type { Item, Room } from '../model'
import { mayOrder } from '../order/order'
import type { LogPage } from '../talk/talk'
import { logItem, tickOf } from './message'
import { momentOf } from './moment'

/** Messages of one person within so many milliseconds stand together. The browser knows the same number. */
export const togetherMs = 5 * 60_000

/** The log of a room: what `#messages` holds, also when the browser asks for it anew. `target`: the message it was asked for. */
export function log(visitor: Visitor, room: Room, page: LogPage, seen: number, target?: string): Html {
  const { items, epoch, n, more, newer } = page
  const silent = !items.some(({ kind }) => kind === 'said')
  const marks = attributes({ 'data-seen': room.kept || seen > 0 ? seen : null, 'data-end': newer ? (items.at(-1)?.n ?? 0) : null })
  return html`<div class="talk__in" id="messages" data-n="${n}" data-epoca="${epoch}"${marks}>${more ? olderButton(visitor, room, items) : beginning(visitor, room)}${logItems(visitor, room, items, target)}${silent && !more && !newer ? nobodyWrote(visitor) : ''}${newer ? newerButton(visitor, room, items) : ''}</div>`
}

/** A page of older messages, in the place of the button that asked for it. */
export function olderItems(visitor: Visitor, room: Room, { items, more }: LogPage): Html {
  return html`${more ? olderButton(visitor, room, items) : beginning(visitor, room)}${logItems(visitor, room, items)}`
}

/** The same in the other direction; without a button at its end everything is there. */
export function newerItems(visitor: Visitor, room: Room, { items, newer }: LogPage): Html {
  return html`${logItems(visitor, room, items)}${newer ? newerButton(visitor, room, items) : ''}`
}

function logItems(visitor: Visitor, room: Room, items: readonly Item[], target?: string): Html {
  const { t, viewer } = visitor
  const tick = tickOf(t, room.kept)
  const orders = viewer !== null && mayOrder(viewer, room)
  const today = momentOf(t, Date.now()).day
  let day = ''
  let above: Item | null = null
  const drawn: Html[] = []
  for (const item of items) {
    const its = momentOf(t, item.at).day
    if (its !== day) {
      drawn.push(dayLine(visitor, its, today))
      day = its
      above = null
    }
    const own = item.author.id === viewer?.id
    const continued =
      item.kind === 'said' && above?.kind === 'said' && above.author.id === item.author.id && Math.abs(item.at - above.at) < togetherMs
    const may = item.kind === 'said' && !item.removedBy && (own || orders) && !visitor.htmx
    const edit = may ? { edit: `/salas/${room.code}/mensajes/${item.id}/editar` } : {}
    drawn.push(logItem(t, item, { own, continued, target: item.id === target, ...edit, ...(own && item.kind === 'said' ? { tick } : {}) }))
    above = item
  }
  return html`${drawn}`
}

function dayLine({ t }: Visitor, day: string, today: string): Html {
  const words = day === today ? t('rooms.dayToday', { day }) : day.charAt(0).toUpperCase() + day.slice(1)
  return html`<h2 class="day" data-day="${day}">${words}</h2>`
}

function olderButton({ t }: Visitor, room: Room, items: readonly Item[]): Html {
  const address = `/salas/${room.code}?antes=${items[0]?.n ?? 0}`
  return html`<div class="center" id="older"><a class="btn btn--sm" href="${address}" hx-get="${address}" hx-target="#older" hx-swap="outerHTML">${icon('history', { small: true })}${t('rooms.earlier')}</a></div>`
}

function newerButton({ t }: Visitor, room: Room, items: readonly Item[]): Html {
  const address = `/salas/${room.code}?despues=${items.at(-1)?.n ?? 0}`
  return html`<div class="center" id="newer"><a class="btn btn--sm" href="${address}#older" hx-get="${address}" hx-target="#newer" hx-swap="outerHTML">${icon('arrow-down', { small: true })}${t('rooms.later')}</a></div>`
}

function beginning({ t }: Visitor, room: Room): Html {
  return html`<p class="event" data-kind="note">${icon(room.kept ? 'history' : 'wind')}${room.kept ? t('rooms.onlyDays', { n: room.days }) : t('rooms.ephemeralNote')}</p>`
}

function nobodyWrote({ t }: Visitor): Html {
  return html`<div class="empty">${art.alone}<h2>${t('rooms.nobodyWrote')}</h2><p>${t('rooms.nobodyWroteHint')}</p><div class="cluster"><button class="btn needs-script" type="button" data-dialog="dlg-qr">${icon('qr-code')}${t('rooms.showQrShort')}</button></div></div>`
}
