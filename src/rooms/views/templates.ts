// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import { icon, type Visitor } from '../../views'
import type { Room } from '../model'
import { mayOrder } from '../order/order'
import { memberMenu } from './member-menu'
import { tickOf } from './message'
import { memberItem } from './people'

/** What the browser may have to show before the server can: cloned and filled with text, never written a second time. */
export function templates(visitor: Visitor, room: Room): Html {
  const { t, viewer } = visitor
  // Whoever comes in while the page is open gets the same menu; the browser puts id and name in.
  const menu = viewer && mayOrder(viewer, room) ? memberMenu(visitor, { room, id: '__id__', name: '__name__', muted: false }) : null
  return html`<template id="tpl-own"><article class="msg msg--own" data-sent="no" tabindex="-1" hx-ignore><div class="msg__meta"><time></time></div><div class="msg__bubble"><p></p></div></article></template>
<template id="tpl-tick">${tickOf(t, room.kept)}</template>
<template id="tpl-waiting"><p class="msg__status">${icon('clock')}${t('rooms.waiting')}</p></template>
<template id="tpl-failed"><p class="msg__status msg__status--bad">${icon('circle-alert')}<span data-reason>${t('rooms.notSent')}</span> <button class="btn btn--link btn--sm" type="button" data-act="retry">${t('rooms.retry')}</button><button class="btn btn--quiet btn--sm" type="button" data-act="discard">${t('rooms.discard')}</button></p></template>
<template id="tpl-day"><h2 class="day"></h2></template>
<template id="tpl-unread"><div class="unread-line" role="separator"><span></span></div></template>
<template id="tpl-gap"><div class="gap" role="note">${icon('unplug')}<p><strong>${t('rooms.missingMessages')}</strong> <span data-gap-text></span></p></div></template>
<template id="tpl-member">${memberItem({ id: '', name: '', username: '', tone: 1, signs: '', here: true, words: '', menu })}</template>
<template id="tpl-dots"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></template>`
}
