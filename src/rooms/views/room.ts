// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, showCode } from '../../core'
import { icon, qr, sprout, tile, type View, type Visitor } from '../../views'
import { mayOrder } from '../order/order'
import { newCid } from '../talk/cid'
import type { LogPage } from '../talk/talk'
import { attachButton, attachLink, attachTray, dropPlace } from './attach'
import { log } from './log'
import { momentOf } from './moment'
import { type People, peopleOf } from './people'
import { joinAddress } from './poster'
import { templates } from './templates'
import { roomTitle } from './title'

export interface RoomPage extends People {
  page: LogPage
  /** The message the page was asked for. */
  target?: string | undefined
  /** The last number this person has seen before now. */
  seen: number
  /** Why this person may not write now. */
  silence: string | null
  /** Addresses of this house as people can type them, best first: `http://pichat.local:8000`. */
  origins: readonly string[]
  limits: { messageCharacters: number; typingFor: number }
  /** Whether an antivirus looks at what is uploaded. */
  scanning: boolean
  /** Why the last message was refused, and the text itself, for pages without script. */
  refused?: { sentence: string; text: string }
}

/** The whole screen of a room. Its elements and attributes are what `web/elements/room-live.ts` works with. */
export function roomPage(visitor: Visitor, given: RoomPage): View {
  const { t } = visitor
  const { room } = given
  return {
    title: room.name,
    shell: 'room',
    section: 'rooms',
    roomId: room.id,
    skips: [
      ['#messages', t('rooms.skipToMessages')],
      ['#escribir', t('rooms.skipToWriting')],
    ],
    body: html`<main class="sheet room room--members" id="contenido" tabindex="-1">
${head(visitor, given)}
${banner(visitor)}
${conversation(visitor, given)}
<p class="typing" id="typing" hx-ignore></p>
${composer(visitor, given)}
${peopleOf(visitor, given)}
<div class="scrim" data-drawer="personas"></div>${mayUpload(visitor) ? dropPlace(visitor, given) : ''}
</main>
${invitation(visitor, given)}`,
  }
}

function head({ t, viewer }: Visitor, { room, members }: RoomPage): Html {
  const here = members.filter((member) => member.here).length
  const keeper = viewer !== null && mayOrder(viewer, room)
  return html`<header class="room__head"><a class="btn btn--quiet btn--icon room__back" href="/salas">${icon('arrow-left')}<span class="vh">${t('rooms.backToRooms')}</span></a><span class="room__wide">${tile(room)}</span>
${roomTitle(t, room)}
<noscript><span class="tag room__wide">${showCode(room.code)}</span></noscript><button class="tag room__wide needs-script" type="button" title="${t('rooms.copyCode')}" data-copy="${showCode(room.code)}">${showCode(room.code)}${icon('copy')}<span class="vh">${t('rooms.copyCode')}</span></button>
<button class="btn btn--quiet btn--icon room__wide needs-script" type="button" data-dialog="dlg-qr" title="${t('rooms.qr')}">${icon('qr-code')}<span class="vh">${t('rooms.showQr')}</span></button>
<button class="btn btn--quiet btn--sm room__people needs-script" type="button" data-drawer="personas" aria-controls="personas" aria-expanded="false">${icon('users')}<span class="vh">${t('rooms.peopleInRoom')}: </span><span class="num" data-people-count>${here}</span></button><a class="btn btn--quiet btn--sm room__people without-script" href="#personas">${icon('users')}<span class="vh">${t('rooms.peopleInRoom')}: </span><span class="num">${here}</span></a>
<details class="menu" name="menu"><summary class="btn btn--quiet btn--icon" title="${t('rooms.options')}">${icon('ellipsis-vertical')}<span class="vh">${t('rooms.options')}</span></summary><div class="menu__panel">
<div class="room__narrow"><button class="menu__item needs-script" type="button" data-dialog="dlg-qr">${icon('qr-code')}${t('rooms.showQr')}</button></div>
${keeper ? html`<a class="menu__item" href="/salas/${room.code}/ajustes" hx-get="/salas/${room.code}/ajustes" hx-target="#dialog">${icon('settings-2')}${t('rooms.settings')}</a>` : ''}${room.kept ? html`<a class="menu__item" href="/buscar?sala=${room.code}" data-search>${icon('search')}${t('rooms.searchRoom')}</a>` : ''}${keeper && room.kept ? html`<a class="menu__item" href="/salas/${room.code}/exportar" download hx-boost="false">${icon('download')}${t('rooms.exportRoom')}</a>` : ''}<a class="menu__item" href="/archivos?sala=${room.code}">${icon('folder')}${t('shelf.filesOfRoom')}</a><a class="menu__item" href="/salas/${room.code}/cartel">${icon('printer')}${t('rooms.printPoster')}</a><div class="menu__sep"></div>
<form method="post" action="/salas/${room.code}/salida"><button class="menu__item menu__item--danger" type="submit" data-confirm="${t(room.hasPassword ? 'rooms.leaveSure' : 'rooms.leaveOpenSure', { room: room.name })}">${icon('log-out')}${t('rooms.leave')}</button></form>${
    keeper
      ? html`<div class="menu__sep"></div><form method="post" action="/salas/${room.code}/cierre"><button class="menu__item menu__item--danger" type="submit" data-confirm="${t('rooms.closeSure', { room: room.name })}">${icon('trash-2')}${t('rooms.close')}</button></form>`
      : ''
  }</div></details></header>`
}

/** Shown by the browser when the socket has been away for two seconds. */
function banner({ t }: Visitor): Html {
  return html`<div class="room__banner" id="banner" role="status" data-link="retrying" hidden>${sprout}<p><strong>${t('rooms.noConnection')}</strong> <span data-banner-text></span></p><button class="btn btn--sm" type="button" data-act="reconnect">${t('rooms.tryNow')}</button></div>`
}

function conversation(visitor: Visitor, { room, page, seen, target, limits }: RoomPage): Html {
  const { t, viewer } = visitor
  const keep = room.kept ? 'yes' : 'no'
  return html`<room-live class="talk" data-room="${room.id}" data-code="${room.code}" data-page="/salas/${room.code}" data-keep="${keep}" data-me="${viewer?.id ?? ''}" data-may="${mayOf(visitor, room)}" data-typing-ms="${limits.typingFor}" data-today="${momentOf(t, Date.now()).day}"${phrases(visitor)}><div class="talk__scroll" role="log" aria-label="${t('rooms.messagesIn', { room: room.name })}" aria-relevant="additions" tabindex="0" data-at="end">${log(visitor, room, page, seen, target)}</div><button class="btn btn--sm talk__jump" id="jump" type="button" hidden>${icon('arrow-down', { small: true })}<span data-jump-text>${t('rooms.toLatest')}</span></button>${templates(visitor, room)}</room-live>`
}

/** What this person may do with messages of others, and with files: the fragments know no viewer. */
function mayOf({ viewer }: Visitor, room: RoomPage['room']): string {
  if (!viewer) return ''
  const order = mayOrder(viewer, room)
  return [order ? 'delete' : '', order && room.kept ? 'export' : '', mayUpload({ viewer }) ? 'upload' : ''].filter(Boolean).join(' ')
}

function mayUpload({ viewer }: Pick<Visitor, 'viewer'>): boolean {
  return viewer !== null && viewer.role !== 'usuario'
}

/** Everything the browser has to say by itself; it has no dictionary of its own. */
function phrases({ t }: Visitor): Html {
  // Places stay as they are: `{n}` is filled by the browser.
  const words: [string, string][] = [
    ['me', t('shared.me')],
    ['me-too', t('rooms.andMe')],
    ['today', t.say('rooms.dayToday')],
    ['typing-one', t.say('rooms.typingOne')],
    ['typing-two', t.say('rooms.typingTwo')],
    ['typing-many', t('rooms.typingMany')],
    ['retrying', t.say('rooms.retrying')],
    ['back', t('rooms.connectionBack')],
    ['latest', t('rooms.toLatest')],
    ['below-one', t('rooms.below', { n: 1 })],
    ['below-other', t.say('rooms.below', {})],
    ['new-one', t('rooms.newMessages', { n: 1 })],
    ['new-other', t.say('rooms.newMessages', {})],
    ['gap', t.say('rooms.gap')],
    ['gap-gone', t.say('rooms.gapGone')],
    ['waiting', t('rooms.waiting')],
    ['failed', t('rooms.notSent')],
    ['role-administrator', t('shared.role_administrator')],
    ['role-cliente', t('shared.role_cliente')],
    ['role-usuario', t('shared.role_usuario')],
  ]
  return html`${words.map(([name, phrase]) => html` data-say-${name}="${phrase}"`)}`
}

function composer(visitor: Visitor, { room, limits, refused, silence }: RoomPage): Html {
  const { t } = visitor
  const hint = t.rich('rooms.keysHint', { enter: html`<kbd>${t('rooms.enterKey')}</kbd>`, shift: html`<kbd>${t('rooms.shiftKey')}</kbd>` })
  return html`<message-composer class="composer-box" id="escribir" data-max="${limits.messageCharacters}" data-say-too-long-one="${t('rooms.tooLong', { n: 1 })}" data-say-too-long-other="${t.say('rooms.tooLong', {})}" data-say-keep-yes="${t('rooms.writeKept')}" data-say-keep-no="${t('rooms.writeEphemeral')}"${attributes({ closed: silence !== null })}><div class="notice notice--warn" id="silencio" role="status"${attributes({ hidden: silence === null })}>${icon('volume-x')}<div class="notice__body"><p data-silence>${silence ?? ''}</p></div></div>${
    refused
      ? html`<p class="field__error" id="texto-e" role="alert">${icon('circle-alert', { small: true })}<span>${refused.sentence}</span></p>`
      : ''
  }<form class="composer" method="post" action="/salas/${room.code}/mensajes"><input type="hidden" name="cid" value="${newCid()}">${mayUpload(visitor) ? attachTray(visitor, room) : ''}<div class="composer__row">${mayUpload(visitor) ? attachButton(visitor) : ''}${attachLink(visitor, room)}<label><span class="vh">${t('rooms.messageTo', { room: room.name })}</span><textarea class="composer__text" name="texto" rows="1"${attributes({ autocomplete: room.kept ? null : 'off' })} placeholder="${t(room.kept ? 'rooms.writeKept' : 'rooms.writeEphemeral')}" maxlength="${limits.messageCharacters}" required${attributes({ disabled: silence !== null })}${refused ? html` aria-invalid="true" aria-describedby="texto-e"` : ''}>${refused?.text ?? ''}</textarea></label><button class="btn btn--primary btn--icon" type="submit" title="${t('rooms.send')}">${icon('send-horizontal')}<span class="vh">${t('rooms.send')}</span></button></div></form><p class="composer__hint">${hint}${room.kept ? '' : html` · ${t('rooms.filesStay')}`}</p></message-composer>`
}

function invitation({ t, origin }: Visitor, { room, origins }: RoomPage): Html {
  const address = joinAddress(origins[0] ?? origin, room)
  return html`<dialog class="dialog" id="dlg-qr" aria-labelledby="dlg-qr-t"><form method="dialog"><div class="dialog__head"><h2 id="dlg-qr-t">${t('rooms.inviteTo', { room: room.name })}</h2><button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button></div><div class="dialog__body"><div class="qr">${qr(address, t('rooms.qrToJoin', { room: room.name }), { again: true })}<p class="tag tag--lg">${showCode(room.code)}</p></div><p class="card__text center">${t(room.hasPassword ? 'rooms.stillNeeds' : 'rooms.stillNeedsAccount')}</p><div class="field"><label class="field__label" for="enlace-sala">${t('rooms.link')}</label><div class="input-row"><input class="input mono" id="enlace-sala" readonly value="${address}"><button class="btn needs-script" type="button" data-copy-from="enlace-sala">${icon('copy')}${t('shared.copy')}</button></div></div></div><div class="dialog__foot"><a class="btn btn--quiet" href="/salas/${room.code}/cartel">${icon('printer', { small: true })}${t('rooms.printPoster')}</a><button class="btn btn--primary" type="button" data-close>${t('rooms.done')}</button></div></form></dialog>`
}
