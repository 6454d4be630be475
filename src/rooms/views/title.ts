// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import type { T } from '../../i18n'
import { icon, initials } from '../../views'
import type { Room } from '../model'

const stamps = new WeakMap<Room, string>()

/** The same as long as the title says the same: by it a page that was away learns whether it has to be told. */
export function roomStamp(room: Room): string {
  const known = stamps.get(room)
  if (known) return known
  const { name, kind, kept, days, ownerId, locked, slow, endsAt } = room
  const stamp = Bun.hash(JSON.stringify([name, kind, kept, days, ownerId, locked, slow, endsAt])).toString(36)
  stamps.set(room, stamp)
  return stamp
}

/**
 * Name and nature of a room, for its page and for the frame that says that they changed: true for everybody. Its `data-*` say the same to
 * other parts of an open page: history, owner, the signs of the tile, the name of the log.
 */
export function roomTitle(t: T, room: Room): Html {
  const kind = room.kind === 'grupal' ? html`${icon('users')}${t('rooms.group')}` : html`${icon('lock')}${t('rooms.private')}`
  const badge = room.kept
    ? html`<span class="badge">${icon('history')}${t('rooms.keptBadge', { n: room.days })}</span>`
    : html`<span class="badge badge--line">${icon('wind')}${t('rooms.ephemeralBadge')}</span>`
  return html`<div class="room__title" id="room-title" data-stamp="${roomStamp(room)}" data-keep="${room.kept ? 'yes' : 'no'}" data-owner="${room.ownerId ?? ''}" data-signs="${initials(room.name)}" data-log="${t('rooms.messagesIn', { room: room.name })}"><h1 hx-ignore>${room.name}</h1><div class="room__sub">${badge}<span class="icon-note room__kind">${kind}</span>${marks(t, room)}</div></div>`
}

function marks(t: T, { locked, slow, endsAt }: Room): Html {
  return html`${locked ? mark('lock', t('rooms.locked'), '') : ''}${slow > 0 ? mark('timer', t('rooms.slowEvery', { n: slow }), `${slow} s`) : ''}${endsAt === null ? '' : html`<span class="icon-note">${icon('hourglass')}${t('rooms.endsAt', { t: t.format.moment(endsAt, Date.now()) })}</span>`}`
}

/** A sign with its word where there is space, with `brief` where there is little; it is read out and pointed at by its word. */
function mark(sign: string, word: string, brief: string): Html {
  return html`<span class="icon-note" role="img" aria-label="${word}" title="${word}">${icon(sign)}<span class="room__brief">${brief}</span><span class="room__kind">${word}</span></span>`
}
