// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type Refusal, version } from '../core'
import type { T } from '../i18n'
import { field, icon, notice, passwordField, sentence, type View, type Visitor } from '../views'
import { demoAccounts } from './demo'

interface Entrance {
  place: string
  demo: boolean
  volver: string
  /** What was typed before, never the password. */
  usuario?: string
  compartido?: boolean
  refusal?: Refusal
}

export function entrancePage(visitor: Visitor, { place, demo, volver, usuario = '', compartido = false, refusal }: Entrance): View {
  const { t } = visitor
  const wrong = errorsOf(visitor, refusal)
  const again = refusal !== undefined && Object.keys(refusal.fields).length === 0
  return {
    title: t('accounts.enter'),
    shell: 'door',
    body: html`<form class="front__form" method="post" action="/entrar">
<input type="hidden" name="volver" value="${volver}">
<div><h1>${t('accounts.enter')}</h1>${place ? html`<p class="front__lead" hx-ignore>${t('accounts.placeOf', { place })}</p>` : ''}</div>
${again ? notice('bad', sentence(visitor, refusal), { title: t('accounts.enterFailed') }) : ''}
<div class="fields">
${field({ name: 'usuario', label: t('accounts.username'), error: wrong('usuario'), input: { type: 'text', value: usuario, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, autofocus: !refusal } })}
${passwordField(t, { name: 'clave', label: t('accounts.password'), error: wrong('clave'), input: { autocomplete: 'current-password', required: true, autofocus: again } })}
<label class="check"><input type="checkbox" id="compartido" name="compartido"${attributes({ checked: compartido })}><span class="check__text"><span>${t('accounts.shared')}</span><span class="check__hint">${t('accounts.sharedHint')}</span></span></label>
</div>
<button class="btn btn--primary btn--wide" type="submit" data-busy="${t('accounts.entering')}">${t('accounts.enter')}</button>
${demo ? demoCard(t) : html`<p class="muted"><small>${t('accounts.noAccount')}</small></p>`}
<div class="or">${t('accounts.or')}</div>
<a class="btn btn--wide" href="/salas/unirse">${icon('qr-code')}${t('accounts.haveRoomCode')}</a>
</form>
<div class="front__foot"><p class="plain">${icon('lock-open', { small: true })}<span>${t('accounts.plainHttp')} <a href="/diagnostico">${t('selfTest.meaning')}</a></span></p></div>`,
  }
}

/** Their passwords are public on purpose; a demo is the only place that has them. */
function demoCard(t: T): Html {
  return html`<section class="card card--soft stack stack--sm" aria-labelledby="demo"><h2 class="card__title" id="demo">${t('accounts.demoAccounts')}</h2><dl class="facts facts--tight">${demoAccounts.map(
    ({ username, password, role }) => html`<div><dt>${t(`shared.role_${role}`)}</dt><dd class="mono">${username} · ${password}</dd></div>`,
  )}</dl></section>`
}

interface FirstRun {
  minimum: number
  codigo?: string
  lugar?: string
  nombre?: string
  usuario?: string
  refusal?: Refusal
}

export function firstRunPage(visitor: Visitor, { minimum, codigo = '', lugar = '', nombre = '', usuario = '', refusal }: FirstRun): View {
  const { t } = visitor
  const wrong = errorsOf(visitor, refusal)
  const unplaced = refusal !== undefined && Object.keys(refusal.fields).length === 0
  return {
    title: t('accounts.firstRun'),
    shell: 'door',
    subtitle: t('accounts.firstRun'),
    say: [t('accounts.noOwner'), t('accounts.codeProves')],
    body: html`<form class="front__form front__form--wide" method="post" action="/primer-arranque">
<div><h1>${t('accounts.setUp')}</h1><p class="front__lead">${t('accounts.setUpLead')}</p></div>
${unplaced ? notice('bad', sentence(visitor, refusal)) : ''}
<div class="numbered">
${step(
  1,
  t('accounts.proveAtHand'),
  html`${field({ name: 'codigo', id: 'codigo-inicial', label: t('accounts.setupCode'), hint: t('accounts.setupCodeHint'), error: wrong('codigo'), input: { type: 'text', value: codigo, autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: 'false', maxlength: 11, placeholder: 'XXXX-XXXX', required: true } })}
<pre class="terminal" role="img" aria-label="${t('accounts.setupScreen')}">PiChat ${version}
${visitor.origin}
${t('accounts.setupCode')}  <b>H4TQ-9WX2</b></pre>`,
)}
${step(2, t('accounts.namePlace'), field({ name: 'lugar', label: t('accounts.placeName'), hint: t('accounts.placeHint'), error: wrong('lugar'), input: { type: 'text', value: lugar, placeholder: t('accounts.placeExample'), maxlength: 64 } }))}
${step(
  3,
  t('accounts.createAdmin'),
  html`<div class="fields fields--2">
${field({ name: 'nombre', label: t('accounts.personName'), error: wrong('nombre'), input: { type: 'text', value: nombre, autocomplete: 'name', required: true } })}
${field({ name: 'usuario', label: t('accounts.username'), error: wrong('usuario'), input: { type: 'text', value: usuario, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true } })}
</div>
${passwordField(t, { name: 'clave', label: t('accounts.password'), hint: t('accounts.newPasswordHint', { n: minimum }), error: wrong('clave'), input: { autocomplete: 'new-password', required: true } })}`,
)}
</div>
<button class="btn btn--primary btn--wide" type="submit" data-busy="${t('shared.saving')}">${t('accounts.finishSetUp')}</button>
</form>`,
  }
}

function step(n: number, title: string, body: Html): Html {
  return html`<section><div class="numbered__head"><span class="numbered__n" aria-hidden="true">${n}</span><h2>${title}</h2></div>${body}</section>`
}

/** The page behind a link that was made at the console. */
export function resetPage(visitor: Visitor, { user, minimum, refusal }: { user: string; minimum: number; refusal?: Refusal }): View {
  const { t } = visitor
  const wrong = errorsOf(visitor, refusal)
  return {
    title: t('accounts.resetTitle'),
    shell: 'door',
    body: html`<form class="front__form" method="post">
<div><h1>${t('accounts.resetTitle')}</h1><p class="front__lead">${t('accounts.resetLead', { user })}</p></div>
${refusal && Object.keys(refusal.fields).length === 0 ? notice('bad', sentence(visitor, refusal)) : ''}
<input type="hidden" autocomplete="username" value="${user}">
<div class="fields">${newPasswordFields(t, { minimum, wrong })}</div>
<button class="btn btn--primary btn--wide" type="submit" data-busy="${t('shared.saving')}">${t('accounts.resetSave')}</button>
</form>`,
  }
}

export function newPasswordFields(t: T, { minimum, wrong }: { minimum: number; wrong: (name: string) => string | null }): Html {
  return html`${passwordField(t, { name: 'nueva', label: t('accounts.newPassword'), hint: t('accounts.newPasswordHint', { n: minimum }), error: wrong('nueva'), input: { autocomplete: 'new-password', required: true } })}${passwordField(t, { name: 'repite', label: t('accounts.repeatPassword'), error: wrong('repite'), input: { autocomplete: 'new-password', required: true } })}`
}

/** The sentence beside a field, if the refusal has one for it. */
export function errorsOf({ t }: Visitor, refusal: Refusal | undefined): (name: string) => string | null {
  return (name) => {
    const phrase = refusal?.fields[name]
    return refusal && phrase ? t.say(phrase, refusal.values) : null
  }
}
