// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html, type Refusal } from '../../core'
import { field, icon, sentence, type View, type Visitor } from '../../views'
import type { Present, Room } from '../model'

export interface ReasonForm {
  room: Room
  person: Present
  verb: 'expulsion' | 'veto'
  typed?: string
  refusal?: Refusal
}

/** Asks why somebody is sent away: in the dialog with script, a page of its own without. */
export function reasonPage(visitor: Visitor, given: ReasonForm): View {
  const heading = headingOf(visitor, given)
  return {
    title: heading,
    section: 'rooms',
    roomId: given.room.id,
    body: html`<div class="page page--read"><div class="page-head"><div class="page-head__text"><h1 hx-ignore>${heading}</h1></div></div><section class="card">${reasonForm(visitor, given)}</section></div>`,
  }
}

export function reasonForm(visitor: Visitor, given: ReasonForm): Html {
  const { t, partial } = visitor
  const { room, person, verb, typed = '', refusal } = given
  const action = `/salas/${room.code}/personas/${person.id}/${verb}`
  const ban = verb === 'veto'
  const error = refusal ? { error: sentence(visitor, refusal) } : {}
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#toasts" hx-swap="beforeend">${partial ? html`<div class="dialog__head"><h2 hx-ignore>${headingOf(visitor, given)}</h2><button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button></div>` : ''}
<div class="dialog__body"><p class="card__text">${t(ban ? 'rooms.banHint' : room.hasPassword ? 'rooms.removeHint' : 'rooms.removeOpenHint')}</p>${field({ name: 'motivo', label: t('rooms.reason'), hint: t('rooms.seesReason'), input: { type: 'text', value: typed, required: true, maxlength: 200, autocomplete: 'off' }, ...error })}</div>
<div class="dialog__foot">${partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="/salas/${room.code}">${t('shared.cancel')}</a>`}<button class="btn btn--danger-solid" type="submit">${t(ban ? 'rooms.banButton' : 'rooms.removePerson')}</button></div></form>`
}

function headingOf({ t }: Visitor, { person, verb }: ReasonForm): string {
  return t(verb === 'veto' ? 'rooms.banTitle' : 'rooms.removeTitle', { name: person.name })
}
