// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import { icon, type Visitor } from '../../views'
import type { Room } from '../model'

export interface MenuOf {
  room: Pick<Room, 'code'>
  id: string
  name: string
  muted: boolean
}

/** What whoever keeps order may do about a member. Works by plain forms; with htmx the page stays. */
export function memberMenu({ t }: Visitor, { room, id, name, muted }: MenuOf): Html {
  const title = t('rooms.actionsFor', { name })
  const at = `/salas/${room.code}/personas/${id}`
  const act = (verb: string, sign: string, word: string, fields: Html = html``) =>
    html`<form method="post" action="${at}/${verb}" hx-post="${at}/${verb}" hx-target="#toasts" hx-swap="beforeend">${fields}<button class="menu__item" type="submit">${icon(sign)}${word}</button></form>`
  const minutes = (n: number) => html`<input type="hidden" name="minutos" value="${n}">`
  return html`<details class="menu" name="menu"><summary class="btn btn--quiet btn--icon btn--sm" title="${title}">${icon('ellipsis')}<span class="vh">${title}</span></summary><div class="menu__panel">
<button class="menu__item needs-script" type="button" data-mention="${name}">${icon('at-sign')}${t('rooms.mention')}</button><div class="menu__sep needs-script"></div>
${muted ? act('voz', 'volume-x', t('rooms.unmute')) : html`${act('silencio', 'volume-x', t('rooms.muteTen'), minutes(10))}${act('silencio', 'volume-x', t('rooms.muteHour'), minutes(60))}`}
<a class="menu__item" href="${at}/expulsion" hx-get="${at}/expulsion" hx-target="#dialog">${icon('door-open')}${t('rooms.removePerson')}</a>
<a class="menu__item menu__item--danger" href="${at}/veto" hx-get="${at}/veto" hx-target="#dialog">${icon('ban')}${t('rooms.banPerson')}</a>
<p class="menu__note">${t('rooms.seesReason')}</p></div></details>`
}
