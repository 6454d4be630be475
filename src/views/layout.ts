// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html } from '../core'
import type { PhraseKey } from '../i18n'
import { art } from './art'
import { asset } from './assets'
import { avatar, icon, mark, shownCount, sprout, tile, toast } from './parts'
import type { Visitor } from './visitor'

export type Section = 'rooms' | 'files' | 'admin' | 'profile'

/** A room as the side bar shows it. */
export interface SideRoom {
  id: string
  code: string
  name: string
  kept: boolean
  unread: number
  /** How many of the unread ones call this person. */
  mentions?: number
}

/** What every page knows of the house it stands in. */
export interface House {
  /** What the owner called it; empty before that. */
  place: string
  demo: boolean
  /** The name on the network, shown beside the sprout. */
  hostName: string
  sideRooms: readonly SideRoom[]
}

export interface View {
  title: string
  body: Content
  /**
   * `app` side bar and sheet · `room` the same with a page that fills the screen · `door` cover and sheet, before signing in ·
   * `bare` the page alone.
   */
  shell?: 'app' | 'room' | 'door' | 'bare'
  section?: Section
  /** The room that is open, marked in the side bar. */
  roomId?: string
  /** Two sentences on the cover of a `door`. */
  say?: readonly [string, string]
  /** Under the name of the product on a `door`, instead of the place. */
  subtitle?: string
  /** Skip links instead of the usual one: href → word. */
  skips?: readonly (readonly [href: string, word: string])[]
  /** A sentence that stays above the page: a full disk. */
  bar?: Content
  /** Scripts that this page needs beside the one of every page. */
  scripts?: readonly string[]
}

export function layout(visitor: Visitor, house: House, view: View): Html {
  const { t, locale, theme, flash } = visitor
  const shell = view.shell ?? 'app'
  const unread = house.sideRooms.reduce((sum, room) => sum + room.unread, 0)
  const bodyClass = [shell === 'room' ? 'is-room' : '', house.demo || view.bar ? 'has-bar' : ''].filter(Boolean).join(' ')
  const skips = view.skips ?? [['#contenido', t('shared.skipToContent')]]
  return html`<!doctype html>
<html lang="${locale}"${attributes({ 'data-theme': theme === 'system' ? null : theme })}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<title>${unread > 0 ? `(${shownCount(unread)}) ` : ''}${view.title} · PiChat</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${asset('favicon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('main.css')}">${shell === 'room' ? '' : html`<link rel="stylesheet" href="${asset('pages.css')}">`}
<script src="${asset('main.js')}" type="module"></script>${shell === 'room' ? '' : html`<script src="${asset('pages.js')}" type="module"></script>`}${(view.scripts ?? []).map((name) => html`<script src="${asset(name)}" type="module"></script>`)}
</head>
<body${attributes({ class: bodyClass || null })}>
${skips.map(([href, word]) => html`<a class="skip" href="${href}">${word}</a>`)}
${house.demo ? demoBar(visitor) : ''}${view.bar ?? ''}
${shells[shell](visitor, house, view, unread)}
<dialog class="dialog" id="dialog" aria-label="${t('shared.dialog')}"></dialog>
<div class="toasts" id="toasts" role="status" aria-live="polite">${flash ? toast(flash) : ''}</div>
</body>
</html>`
}

const shells: Record<NonNullable<View['shell']>, (visitor: Visitor, house: House, view: View, unread: number) => Html> = {
  app: (visitor, house, view, unread) => html`<div class="shell">${sideBar(visitor, house, view, unread)}
<main class="sheet" id="contenido" tabindex="-1">${topBar(visitor, house)}${view.body}</main></div>`,

  // The room brings its own <main>: header, log and composer share its grid.
  room: (visitor, house, view, unread) => html`<div class="shell">${sideBar(visitor, house, view, unread)}${view.body}</div>`,

  door: (visitor, house, view) => html`<div class="front">
<aside class="front__art" aria-label="${visitor.t('accounts.whatIsPiChat')}">${art.hero}<div class="front__say"><p>${view.say?.[0] ?? visitor.t('accounts.coverOne')}</p><p>${view.say?.[1] ?? visitor.t('accounts.coverTwo')}</p></div></aside>
<main class="front__main" id="contenido" tabindex="-1">
<div class="front__head"><a class="brand" href="/">${brandText(view.subtitle ?? house.place)}</a>${visitor.ownLanguage ? '' : languageLink(visitor)}</div>
${view.body}
</main></div>`,

  bare: (_visitor, _house, view) => html`${view.body}`,
}

function brandText(place: string): Html {
  return html`${mark}<span class="brand__text"><span class="brand__name">PiChat</span>${place ? html`<span class="brand__place">${place}</span>` : ''}</span>`
}

/** Works without script and before signing in: the choice is a cookie. */
function languageLink({ locale, t, path }: Visitor): Html {
  const other = locale === 'es' ? 'en' : 'es'
  return html`<a class="btn btn--quiet btn--sm" href="/idioma/${other}?volver=${encodeURIComponent(path)}" hreflang="${other}" lang="${other}">${t('shared.otherLanguage')}</a>`
}

const tabs: readonly { section: Section; href: string; icon: string; word: PhraseKey }[] = [
  { section: 'rooms', href: '/salas', icon: 'messages-square', word: 'shared.rooms' },
  { section: 'files', href: '/archivos', icon: 'folder', word: 'shared.files' },
  { section: 'admin', href: '/admin', icon: 'sliders-horizontal', word: 'shared.administer' },
  { section: 'profile', href: '/perfil', icon: 'circle-user-round', word: 'shared.profile' },
]

function sideBar(visitor: Visitor, house: House, view: View, unread: number): Html {
  const { t, viewer } = visitor
  const shown = tabs.filter(({ section }) => section !== 'admin' || viewer?.role === 'administrator')
  return html`<header class="side">
<a class="brand" href="/salas">${brandText(house.place)}</a>
<nav class="side__nav" aria-label="${t('shared.main')}"><ul>${shown.map(
    (tab) =>
      html`<li><a class="tab${tab.section === 'profile' ? ' tab--me' : ''}" href="${tab.href}"${attributes({ 'aria-current': tab.section === view.section ? 'page' : null })}><span class="tab__icon">${icon(tab.icon)}</span><span class="tab__label">${t(tab.word as 'shared.rooms')}</span>${tab.section === 'rooms' ? html`<span class="unread" data-unread-total${attributes({ hidden: unread === 0 })}><span data-unread-count="${unread}">${shownCount(unread)}</span><span class="vh"> ${t('shared.unreadMessages')}</span></span>` : ''}</a></li>`,
  )}</ul></nav>
${sideRooms(visitor, house.sideRooms, view.roomId)}
<div class="side__foot"><a class="device" href="/diagnostico" title="${t('selfTest.see')}" data-link="ok">${sprout}<span class="device__text"><span class="device__name">${house.hostName}</span><span class="device__state" data-link-word data-ok="${t('shared.connected')}" data-retrying="${t('shared.lookingForConnection')}" data-off="${t('shared.offline')}">${t('shared.connected')}</span></span><span class="vh"> ${t('shared.connectedTo', { host: house.hostName })}</span></a>${
    viewer
      ? html`<a class="me" href="/perfil">${avatar(viewer)}<span hx-ignore><span class="me__name">${viewer.name}</span><span class="me__role">${t(`shared.role_${viewer.role}`)}</span></span></a>`
      : ''
  }</div>
</header>`
}

/** Also what the browser asks for every so often, to know what is unread. */
export function sideRooms({ t }: Visitor, rooms: readonly SideRoom[], openId?: string): Html {
  if (rooms.length === 0) return html`<nav class="side__rooms" aria-label="${t('shared.myRooms')}" hidden></nav>`
  return html`<nav class="side__rooms" aria-label="${t('shared.myRooms')}"><div class="side__title"><span>${t('shared.myRooms')}</span><a class="btn btn--quiet btn--icon btn--sm" href="/salas/nueva" title="${t('shared.createRoom')}">${icon('plus', { small: true })}<span class="vh">${t('shared.createRoom')}</span></a></div><ul hx-ignore>${rooms.map(
    (room) =>
      html`<li><a class="side-room" href="/salas/${room.code}" data-room="${room.id}"${attributes({ 'data-unread': room.unread || null, 'data-mentions': room.mentions || null, 'aria-current': room.id === openId ? 'page' : null })}>${tile(room, 'sm')}<span class="truncate">${room.name}</span>${room.unread > 0 ? html`<span class="unread">${room.mentions ? '@ ' : ''}${shownCount(room.unread)}<span class="vh"> ${t('shared.unread')}</span></span>` : ''}</a></li>`,
  )}</ul></nav>`
}

function topBar({ t }: Visitor, house: House): Html {
  return html`<div class="topbar"><a class="brand" href="/salas">${brandText(house.place)}</a><a class="btn btn--quiet btn--icon" href="/diagnostico" title="${t('selfTest.see')}" data-link="ok">${sprout}<span class="vh">${t('shared.connectedTo', { host: house.hostName })}</span></a></div>`
}

function demoBar({ t }: Visitor): Html {
  return html`<aside class="bar" aria-label="${t('shared.demo')}"><p>${icon('flask-conical', { small: true })}<span><strong>${t('shared.demo')}</strong> · ${t('shared.demoText')}</span></p></aside>`
}
