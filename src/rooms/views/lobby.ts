// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { art, avatar, icon, qr, shownCount, tile, type View, type Visitor } from '../../views'
import type { LobbyData, MyRoom, OpenRoom } from '../door/lobby'
import type { Room } from '../model'
import { lineOf } from './first-line'
import { codeForm, type JoinForm } from './join'

interface LobbyPage extends LobbyData {
  origins: readonly string[]
  join?: JoinForm
}

export function lobbyPage(visitor: Visitor, given: LobbyPage): View {
  const { t } = visitor
  const { mine, open, online } = given
  const none = mine.length === 0 && open.length === 0
  return {
    title: t('rooms.title'),
    section: 'rooms',
    body: html`<div class="page"><div class="page-head"><div class="page-head__text"><h1>${t('rooms.title')}</h1>${none ? '' : html`<p>${t('rooms.online', { n: online })}</p>`}</div>${none ? '' : actions(visitor, mine)}</div>
<div class="cols cols--aside">${none ? nothingYet(visitor) : html`<div class="stack stack--lg">${mine.length > 0 ? myRooms(visitor, mine) : ''}${open.length > 0 ? groupRooms(visitor, open) : ''}</div>`}
<div class="stack">${byCode(visitor, given.join)}${invite(visitor, given.origins)}</div></div></div>`,
  }
}

function actions({ t }: Visitor, mine: readonly MyRoom[]): Html {
  const search = mine.some(({ room }) => room.kept)
    ? html`<a class="btn btn--quiet" href="/buscar" data-search>${icon('search')}${t('rooms.search')}</a>`
    : ''
  return html`<div class="page-head__actions page-head__actions--fill">${search}<a class="btn btn--primary" href="/salas/nueva" hx-get="/salas/nueva" hx-target="#dialog">${icon('plus')}${t('rooms.create')}</a><a class="btn only-narrow" href="#con-codigo">${icon('qr-code')}${t('rooms.haveCode')}</a></div>`
}

function nothingYet({ t }: Visitor): Html {
  return html`<div><div class="empty">${art.noRooms}<h2>${t('rooms.none')}</h2><p>${t('rooms.noneHint')}</p><div class="cluster"><a class="btn btn--primary" href="/salas/nueva">${icon('plus')}${t('rooms.createFirst')}</a></div></div></div>`
}

/** Asked for again every so often while the page is open; the list is replaced whole. */
const refresh = 'every 15s'

function myRooms(visitor: Visitor, mine: readonly MyRoom[]): Html {
  return html`<section aria-labelledby="mias"><div class="section__head"><h2 class="section__title" id="mias">${visitor.t('rooms.myRooms')}</h2></div>
<ul class="list" id="my-rooms" hx-get="/salas" hx-select="#my-rooms" hx-target="this" hx-swap="outerSync" hx-trigger="${refresh}">${mine.map((room) => myRoom(visitor, room))}</ul></section>`
}

function myRoom(visitor: Visitor, { room, unread, mentions, last, here }: MyRoom): Html {
  const { t } = visitor
  const line = last
    ? html`<b>${last.author.name}:</b> ${lineOf(t, last)}`
    : here.length > 0
      ? t('rooms.peopleNow', { n: here.length })
      : t('rooms.nobodyNow')
  const end = [
    last ? html`<span>${t.format.short(last.at, Date.now())}</span>` : '',
    mentions > 0
      ? html`<span class="unread unread--mention" data-mentions="${mentions}"><span aria-hidden="true">@ ${shownCount(mentions)}</span><span class="vh">${t('rooms.callsMe', { n: mentions })}</span></span>`
      : '',
    unread > 0 ? html`<span class="unread">${shownCount(unread)}<span class="vh"> ${t('shared.unread')}</span></span>` : '',
    !last && here.length > 0
      ? html`<span class="avatar-stack" aria-hidden="true">${here.slice(0, 3).map((person) => avatar(person, 'xs'))}</span>`
      : '',
  ]
  return html`<li class="room-row"${attributes({ 'data-unread': unread > 0 })} hx-ignore>${tile(room)}<div class="room-row__text"><p class="room-row__name"><a href="/salas/${room.code}">${room.name}</a>${historyNote(visitor, room)}</p><p class="room-row__line">${line}</p></div><div class="room-row__end">${end}</div></li>`
}

function historyNote({ t }: Visitor, room: Room): Html {
  return room.kept
    ? html`<span class="icon-note">${icon('history')}${t('rooms.days', { n: room.days })}</span>`
    : html`<span class="icon-note">${icon('wind')}${t('rooms.ephemeral')}</span>`
}

function groupRooms(visitor: Visitor, open: readonly OpenRoom[]): Html {
  const { t } = visitor
  return html`<section aria-labelledby="grupales"><div class="section__head"><h2 class="section__title" id="grupales">${t('rooms.groupRooms')}</h2><p>${t(open.some(({ room }) => room.hasPassword) ? 'rooms.groupRoomsAsk' : 'rooms.groupRoomsHint')}</p></div>
<ul class="list">${open.map(
    ({ room, here }) =>
      html`<li class="room-row">${tile(room)}<div class="room-row__text" hx-ignore><p class="room-row__name"><span>${room.name}</span>${historyNote(visitor, room)}${room.hasPassword ? html`<span class="icon-note">${icon('lock')}${t('rooms.withPassword')}</span>` : ''}</p><p class="room-row__line">${here > 0 ? t('rooms.peopleNow', { n: here }) : t('rooms.nobodyNow')}</p></div><div class="room-row__end">${enter(visitor, room)}</div></li>`,
  )}</ul></section>`
}

/** A click, or first the page that asks for the password. */
function enter({ t }: Visitor, { code, name, hasPassword }: Room): Html {
  const words = html`${t('rooms.enter')}<span class="vh"> ${name}</span>`
  return hasPassword
    ? html`<a class="btn btn--sm" href="/unirse/${code}">${words}</a>`
    : html`<form method="post" action="/salas/unirse"><input type="hidden" name="codigo" value="${code}"><button class="btn btn--sm" type="submit">${words}</button></form>`
}

function byCode(visitor: Visitor, join?: JoinForm): Html {
  const { t } = visitor
  return html`<section class="card card--canvas" aria-labelledby="con-codigo"><h2 class="card__title" id="con-codigo">${t('rooms.joinByCode')}</h2>${codeForm(visitor, join)}<p class="card__text">${t('rooms.joinByCodeHint')}</p></section>`
}

function invite({ t }: Visitor, origins: readonly string[]): Html {
  const [best = '', ...others] = origins
  return html`<section class="card" aria-labelledby="invita"><div class="invite">${qr(best, t('rooms.addressQr'), { small: true, again: true })}<div><h2 class="card__title" id="invita">${t('rooms.bringSomeone')}</h2><p class="card__text">${t('rooms.bringSomeoneHint')}</p></div><p class="invite__url mono"><strong>${best}</strong>${others.slice(0, 2).map((other) => html`<br><span class="muted">${other}</span>`)}</p></div></section>`
}
