// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type Refusal, readCode, showCode } from '../../core'
import { belowField, icon, passwordField, sentence, type View, type Visitor } from '../../views'

/** What was typed (never the password) and what is wrong with it. */
export interface JoinForm {
  code: string
  refusal?: Refusal
}

/** The page a QR or a link opens; also for people who are not signed in yet. */
export function joinPage(visitor: Visitor, given: JoinForm): View {
  const { t, viewer } = visitor
  return {
    title: t('rooms.joinTitle'),
    shell: 'door',
    body: html`<form class="front__form" method="post" action="/salas/unirse"><div><h1>${t('rooms.joinTitle')}</h1><p class="front__lead">${t('rooms.joinLead')}</p></div><div class="fields">${codeField(visitor, given, { hint: t('rooms.roomCodeHint') })}${roomPassword(visitor, given)}</div><button class="btn btn--primary btn--wide" type="submit">${t('rooms.joinButton')}</button><p class="muted"><small>${viewer ? '' : html`${t('rooms.joinThenSignIn')} `}<a href="/salas">${t('rooms.backToRooms')}</a></small></p></form>`,
  }
}

/** The same in the lobby. */
export function codeForm(visitor: Visitor, given: JoinForm = { code: '' }): Html {
  return html`<form class="stack" method="post" action="/salas/unirse">${codeField(visitor, given)}${roomPassword(visitor, given)}<button class="btn btn--wide" type="submit">${visitor.t('rooms.joinButton')}</button></form>`
}

function codeField({ t }: Visitor, { code }: JoinForm, { hint }: { hint?: string } = {}): Html {
  const read = readCode(code)
  const input = attributes({
    id: 'codigo',
    name: 'codigo',
    type: 'text',
    value: read ? showCode(read) : code.slice(0, 32),
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    maxlength: 20,
    placeholder: 'XXXX-XXXX',
    required: true,
    'aria-describedby': hint ? 'codigo-h' : null,
  })
  return html`<div class="field"><label class="field__label" for="codigo">${t('rooms.roomCode')}</label><input class="input input--code"${input}>${belowField({ id: 'codigo', hint })}</div>`
}

function roomPassword(visitor: Visitor, { refusal }: JoinForm): Html {
  const { t } = visitor
  return passwordField(t, {
    name: 'clave',
    id: 'clave-sala',
    label: t('rooms.password'),
    input: { autocomplete: 'off', autofocus: refusal !== undefined },
    ...(refusal ? { error: sentence(visitor, refusal) } : {}),
  })
}

/** Drawn beside a refusal that belongs to no field. */
export function refusalNotice(visitor: Visitor, refusal: Refusal): Html {
  return html`<div class="notice notice--bad" role="alert">${icon('circle-alert')}<div class="notice__body"><p>${sentence(visitor, refusal)}</p></div></div>`
}
