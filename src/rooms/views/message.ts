// SPDX-License-Identifier: GPL-3.0-or-later
//
// One item of a room's log, for page, history and live frame alike. It knows no viewer and no neighbour: author and picture are always
// there, the browser (and a whole page) marks one's own messages and those that continue the one before.
import { attributes, type Html, html } from '../../core'
import { fileCard } from '../../files'
import type { T } from '../../i18n'
import { icon, initials, toneOf } from '../../views'
import { type Item, type Notice, type OrderKind, orderKinds, type Reaction, type Said } from '../model'
import { lineOf, tombstone } from './first-line'
import { momentOf } from './moment'
import { messageText } from './text'

/** What only a whole page knows: who looks at it, and what stands above. */
export interface Standing {
  own?: boolean
  continued?: boolean
  /** The page was asked for because of it. */
  target?: boolean
  /** Where it can be changed or removed without script. */
  edit?: string
  /** Shown behind one's own text: what was acknowledged is not lost. */
  tick?: Html
}

export function logItem(t: T, item: Item, standing: Standing = {}): Html {
  return item.kind === 'said' ? messageItem(t, item, standing) : noticeItem(t, item)
}

export function messageItem(t: T, said: Said, { own = false, continued = false, target = false, edit, tick }: Standing = {}): Html {
  const { id, author, n, at, replyTo, fileId, mentions } = said
  const { time, day, iso } = momentOf(t, at)
  const classes = `msg${own ? ' msg--own' : ''}${continued ? ' msg--cont' : ''}${target ? ' msg--target' : ''}`
  const more =
    replyTo === null && fileId === null && mentions.length === 0
      ? ''
      : attributes({ 'data-reply': replyTo, 'data-file': fileId, 'data-mentions': mentions.map((one) => one.id).join(' ') || null })
  return html`<article class="${classes}" id="m-${id}" data-author="${author.id}" data-n="${n}" data-at="${at}" data-day="${day}"${more} tabindex="-1" aria-label="${own ? t('shared.me') : author.name}, ${time}" hx-ignore><span class="avatar" data-tone="${toneOf(author.id)}" aria-hidden="true">${initials(author.name)}</span><div class="msg__meta"><span class="msg__author">${author.name}</span><time datetime="${iso}">${time}</time></div>${bubble(t, said, tick)}${said.reactions.length > 0 ? reactions(t, said.reactions) : ''}${edit ? html`<noscript><a class="msg__edit" href="${edit}">${t(own ? 'rooms.editMessage' : 'rooms.deleteMessage')}</a></noscript>` : ''}</article>`
}

function bubble(t: T, said: Said, tick: Html | undefined): Html {
  const { text, editedAt, removedBy, replyTo, fileId, file, mentions } = said
  if (removedBy) return html`<div class="msg__bubble msg__bubble--gone">${icon('trash-2', { small: true })}${tombstone(t, said)}</div>`
  const edited = editedAt === null ? '' : html`<span class="edited">${t('rooms.editedAt', { t: momentOf(t, editedAt).time })}</span>`
  if (replyTo === null && fileId === null) return html`<div class="msg__bubble">${messageText(text, [edited, tick], mentions)}</div>`
  const card = file ? fileCard(t, file) : fileId === null ? '' : html`<p class="muted">${t('rooms.fileGone')}</p>`
  // A card stands by itself, without a bubble around it and without a tick: there is no word that it could stand behind.
  const words = text === '' ? (replyTo === null ? edited : [edited, tick]) : messageText(text, [edited, tick], mentions)
  return html`<div class="msg__bubble${text === '' && replyTo === null ? ' msg__bubble--bare' : ''}">${replyTo === null ? '' : quote(t, said)}${words}${card}</div>`
}

/** The message that is answered, as it is now: of a removed one only that it was removed. */
function quote(t: T, { replyTo, quote: original }: Said): Html {
  if (!original) return html`<span class="quote" data-quote="${replyTo}" data-gone><span>${t('rooms.quoteGone')}</span></span>`
  const { id, author, removedBy } = original
  return html`<a class="quote" href="?mensaje=${id}#m-${id}" data-quote="${id}" data-quote-author="${author.id}"${attributes({ 'data-gone': removedBy !== null })}><b>${author.name}</b><span>${lineOf(t, original)}</span></a>`
}

/** Names shown behind an emoji; the rest is counted. */
const namesShown = 20

function reactions(t: T, all: readonly Reaction[]): Html {
  return html`<div class="reactions">${all.map(({ emoji, people }) => {
    const names = people
      .slice(0, namesShown)
      .map(({ name }) => name)
      .join(', ')
    const others = people.length - namesShown
    const who = others > 0 ? t('rooms.reactedMore', { names, n: others }) : names
    return html`<button class="reaction" type="button" data-emoji="${emoji}" data-who="${people.map(({ id }) => id).join(' ')}" title="${who}"><span aria-hidden="true">${emoji}</span> ${people.length}<span class="vh"> ${t('rooms.reactedWith', { n: people.length, emoji })}</span></button>`
  })}</div>`
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
      return html`${t.rich('rooms.nowKept', { n: order.days ?? 0 })}${order.erased ? ` ${t('rooms.beforeErased')}` : ''}`
  }
}

/** A sign that the message is kept, or has been delivered where nothing is kept. */
export function tickOf(t: T, kept: boolean): Html {
  const word = t(kept ? 'rooms.saved' : 'rooms.delivered')
  return html`<span class="tick" title="${word}">${icon('check', { small: true })}<span class="vh">${word}</span></span>`
}
