// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type Refusal, showCode } from '../../core'
import type { Room, RoomRow } from '../../rooms'
import { field, icon, tile, type View, type Visitor } from '../../views'
import { adminView } from './frame'
import { keepingAddress } from './keeping'

interface List {
  rows: readonly RoomRow[]
  /** Days that any room remembers at most. */
  most: number
  now: number
}

export function roomsPage(visitor: Visitor, { rows, most, now }: List): View {
  const { t } = visitor
  return adminView(visitor, {
    section: 'rooms',
    heading: t('admin.rooms'),
    lead: t('admin.roomsCount', { n: rows.length, ephemeral: rows.filter(({ room }) => !room.kept).length }),
    actions: html`<a class="btn" href="${keepingAddress}" hx-get="${keepingAddress}" hx-target="#dialog">${icon('history')}${t('admin.keepButton', { n: most })}</a><a class="btn btn--primary" href="/salas/nueva" hx-get="/salas/nueva" hx-target="#dialog">${icon('plus')}${t('admin.createRoom')}</a>`,
    body: html`${rows.length === 0 ? html`<p class="muted">${t('admin.noRooms')}</p>` : table(visitor, rows, now)}<p class="card__text">${t('admin.noRoomMessages')}</p>`,
  })
}

function table(visitor: Visitor, rows: readonly RoomRow[], now: number): Html {
  const { t } = visitor
  const heads: readonly (readonly [word: string, end?: boolean])[] = [
    [t('admin.room')],
    [t('admin.code')],
    [t('admin.history')],
    [t('admin.now'), true],
    [t('admin.members'), true],
    [t('admin.activity')],
  ]
  return html`<div class="table-box"><table class="table" role="table"><caption class="vh">${t('admin.rooms')}</caption><thead role="rowgroup"><tr role="row">${heads.map(
    ([word, end]) => html`<th role="columnheader" scope="col"${attributes({ class: end ? 'end' : null })}>${word}</th>`,
  )}<th role="columnheader" scope="col"><span class="vh">${t('shared.actions')}</span></th></tr></thead><tbody role="rowgroup">${rows.map((row) => roomRow(visitor, row, now))}</tbody></table></div>`
}

/** One row: page and answer to a change share it. */
export function roomRow(visitor: Visitor, { room, owner, members, here, lastActivity }: RoomRow, now: number): Html {
  const { t } = visitor
  const kind = t(room.kind === 'grupal' ? 'admin.group' : 'admin.private')
  const history = room.kept
    ? html`<span class="badge">${icon('history')}${t('admin.days', { n: room.days })}</span>`
    : html`<span class="badge badge--line">${icon('wind')}${t('admin.ephemeral')}</span>`
  const under = [kind, owner, room.locked ? t('admin.locked') : null].filter(Boolean).join(' · ')
  return html`<tr role="row" id="room-${room.id}">
<td role="cell" class="cell-lead"><span class="who">${tile(room, 'row')}<span class="who__text" hx-ignore><span class="who__name">${room.name}</span><span class="who__sub">${under}</span></span></span></td>
<td role="cell"><span class="tag">${showCode(room.code)}</span></td>
<td role="cell">${history}</td>
<td role="cell" class="end num" data-label="${t('admin.peopleNow')}">${here}</td>
<td role="cell" class="end num" data-label="${t('admin.members')}">${members}</td>
<td role="cell" class="num" data-label="${t('admin.lastActivity')}">${t.format.moment(lastActivity, now)}</td>
<td role="cell" class="cell-actions"><div class="cluster">${menu(visitor, room)}</div></td>
</tr>`
}

function menu({ t }: Visitor, room: Room): Html {
  const title = t('admin.actionsFor', { name: room.name })
  const at = `/admin/salas/${room.id}`
  const act = (verb: string, sign: string, word: string, fields: Html = html``) =>
    html`<form method="post" action="${at}/${verb}" hx-post="${at}/${verb}" hx-target="#room-${room.id}" hx-swap="outerHTML">${fields}<button class="menu__item" type="submit">${icon(sign)}${word}</button></form>`
  const ask = (verb: string, sign: string, word: string) =>
    html`<a class="menu__item menu__item--danger" href="${at}/${verb}" hx-get="${at}/${verb}" hx-target="#dialog">${icon(sign)}${word}</a>`
  const lock = html`<input type="hidden" name="cerrojo" value="${room.locked ? 'no' : 'si'}">`
  return html`<details class="menu" name="menu"><summary class="btn btn--quiet btn--icon btn--sm" title="${title}">${icon('ellipsis')}<span class="vh">${title}</span></summary><div class="menu__panel">
${act('codigo', 'refresh-cw', t('admin.newCode'))}${act('cerrojo', room.locked ? 'lock-open' : 'lock', t(room.locked ? 'admin.unlock' : 'admin.lock'), lock)}
${room.kept && room.kind === 'grupal' ? html`<a class="menu__item" href="${at}/exportar" download hx-boost="false">${icon('download')}${t('admin.exportRoom')}</a>` : ''}${room.kept ? ask('borrado', 'eraser', t('admin.erase')) : ''}${ask('eliminacion', 'trash-2', t('admin.removeRoom'))}</div></details>`
}

export function eraseForm(visitor: Visitor, { room, messages }: { room: Room; messages: number }): Html {
  const { t } = visitor
  return question(visitor, {
    action: `/admin/salas/${room.id}/borrado`,
    heading: t('admin.eraseTitle', { room: room.name }),
    body: html`<p>${t('admin.eraseText', { n: messages })}</p>`,
    button: t('admin.eraseButton'),
  })
}

interface Removal {
  room: Room
  connections: number
  messages: number
  refusal?: Refusal | undefined
}

export function removeForm(visitor: Visitor, { room, connections, messages, refusal }: Removal): Html {
  const { t } = visitor
  const phrase = refusal?.fields.nombre
  return question(visitor, {
    action: `/admin/salas/${room.id}/eliminacion`,
    heading: t('admin.removeButton'),
    body: html`<p hx-ignore>${t('admin.removeText', { room: room.name, n: connections, m: messages })}</p>${field({ name: 'nombre', id: 'nombre-sala', label: t('admin.removeName'), input: { type: 'text', required: true, maxlength: 60, autocomplete: 'off' }, ...(phrase ? { error: t.say(phrase) } : {}) })}`,
    button: t('admin.removeButton'),
  })
}

function question({ t, partial }: Visitor, given: { action: string; heading: string; body: Html; button: string }): Html {
  const { action, heading, body, button } = given
  const cross = partial
    ? html`<button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button>`
    : ''
  const cancel = partial
    ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>`
    : html`<a class="btn btn--quiet" href="/admin/salas">${t('shared.cancel')}</a>`
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#dialog"><div class="dialog__head"><h2 id="dialog-title" hx-ignore>${heading}</h2>${cross}</div><div class="dialog__body">${body}</div><div class="dialog__foot">${cancel}<button class="btn btn--danger-solid" type="submit">${button}</button></div></form>`
}

/** What the dialog holds, as a page for browsers without script. */
export function askPage(visitor: Visitor, content: Html): View {
  return adminView(visitor, { section: 'rooms', heading: visitor.t('admin.rooms'), body: html`<section class="card">${content}</section>` })
}
