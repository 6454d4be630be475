// SPDX-License-Identifier: GPL-3.0-or-later
//
// One item of a room's log, for page, history and live frame alike. It knows no viewer and no neighbour: author and picture are always
// there, the browser (and a whole page) marks one's own messages and those that continue the one before.
import { attributes, type Html, html } from '../../core'
import type { T } from '../../i18n'
import { icon, initials, toneOf } from '../../views'
import { type Item, type Notice, type OrderKind, orderKinds, type Said } from '../model'
import { momentOf } from './moment'
import { messageText } from './text'

/** What only a whole page knows: who looks at it, and what stands above. */
export interface Standing {
  own?: boolean
  continued?: boolean
  /** Shown behind one's own text: what was acknowledged is not lost. */
  tick?: Html
}

export function logItem(t: T, item: Item, standing: Standing = {}): Html {
  return item.kind === 'said' ? messageItem(t, item, standing) : noticeItem(t, item)
}

export function messageItem(t: T, said: Said, { own = false, continued = false, tick }: Standing = {}): Html {
  const { id, author, n, at } = said
  const { time, day, iso } = momentOf(t, at)
  return html`<article class="msg${own ? ' msg--own' : ''}${continued ? ' msg--cont' : ''}" id="m-${id}" data-author="${author.id}" data-n="${n}" data-at="${at}" data-day="${day}" tabindex="-1" aria-label="${own ? t('shared.me') : author.name}, ${time}" hx-ignore><span class="avatar" data-tone="${toneOf(author.id)}" aria-hidden="true">${initials(author.name)}</span><div class="msg__meta"><span class="msg__author">${author.name}</span><time datetime="${iso}">${time}</time></div>${bubble(t, said, tick)}</article>`
}

function bubble(t: T, { author, text, editedAt, removedBy }: Said, tick: Html | undefined): Html {
  if (removedBy) {
    const words = removedBy === 'author' ? t('rooms.removedBy', { name: author.name }) : t('rooms.removedByAdmin')
    return html`<div class="msg__bubble msg__bubble--gone">${icon('trash-2', { small: true })}${words}</div>`
  }
  const edited = editedAt === null ? '' : html`<span class="edited">${t('rooms.editedAt', { t: momentOf(t, editedAt).time })}</span>`
  return html`<div class="msg__bubble">${messageText(text, [edited, tick])}</div>`
}

const noticeIcons = {
  added: 'user-plus',
  gone: 'log-out',
  joined: 'log-in',
  left: 'log-out',
  removed: 'door-open',
  muted: 'volume-x',
  'now-ephemeral': 'wind',
  'now-kept': 'history',
} as const
const noticeWords = {
  added: 'rooms.personAdded',
  gone: 'rooms.personGone',
  joined: 'rooms.personJoined',
  left: 'rooms.personLeft',
} as const

function noticeItem(t: T, notice: Notice): Html {
  const { id, kind, author, n, at, others } = notice
  const { time, day, iso } = momentOf(t, at)
  const name = html`<b>${author.name}</b>`
  const words = isOrder(notice)
    ? orderWords(t, notice)
    : others > 0 && (kind === 'joined' || kind === 'left')
      ? t.rich(kind === 'joined' ? 'rooms.manyJoined' : 'rooms.manyLeft', { name, n: others })
      : t.rich(noticeWords[kind as keyof typeof noticeWords], { name })
  return html`<p class="event" id="m-${id}" data-n="${n}" data-author="${author.id}" data-kind="${kind}" data-day="${day}"${attributes({ 'data-others': others || null })} hx-ignore>${icon(noticeIcons[kind])}${words} · <time datetime="${iso}">${time}</time></p>`
}

function isOrder(notice: Notice): notice is Notice & { kind: OrderKind } {
  return orderKinds.some((kind) => kind === notice.kind)
}

function orderWords(t: T, { kind, author, order = {} }: Notice & { kind: OrderKind }): Html {
  const admin = html`<b>${order.by ?? ''}</b>`
  const name = html`<b>${author.name}</b>`
  switch (kind) {
    case 'removed':
      return t.rich('rooms.personRemoved', { admin, name, reason: order.reason ?? '' })
    case 'muted':
      return t.rich('rooms.personMuted', { admin, name, t: t.format.time(order.until ?? 0) })
    case 'now-ephemeral':
      return t.rich('rooms.nowEphemeral')
    case 'now-kept':
      return t.rich('rooms.nowKept', { n: order.days ?? 0 })
  }
}

/** A sign that the message is kept, or has been delivered where nothing is kept. */
export function tickOf(t: T, kept: boolean): Html {
  const word = t(kept ? 'rooms.saved' : 'rooms.delivered')
  return html`<span class="tick" title="${word}">${icon('check', { small: true })}<span class="vh">${word}</span></span>`
}
