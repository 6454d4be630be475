// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html, type Refusal } from '../core'
import type { T } from '../i18n'
import { avatar, field, icon, notice, passwordField, sentence, type Theme, type View, type Visitor } from '../views'
import { errorsOf, newPasswordFields } from './entrance-views'
import { type KeysSection, keysSection } from './key-views'
import type { OpenSession, Person, Session } from './model'

/** Which of the forms came back, and why. */
export interface Returned {
  form: 'nombre' | 'clave'
  refusal: Refusal
  /** What was typed, never a password. */
  nombre?: string
}

interface Profile {
  person: Person
  sessions: readonly OpenSession[]
  now: number
  minimum: number
  keys: KeysSection
  returned?: Returned
}

export function profilePage(visitor: Visitor, { person, sessions, now, minimum, keys, returned }: Profile): View {
  const { t } = visitor
  return {
    title: t('shared.profile'),
    section: 'profile',
    body: html`<div class="page page--settings">
<div class="page-head"><div class="who">${avatar(person, 'lg')}<div class="page-head__text" hx-ignore><h1>${person.name}</h1><p>${t('accounts.handle', { user: person.username, role: t(`shared.role_${person.role}`) })}</p></div></div><div class="page-head__actions">${signOutForm(visitor)}</div></div>
<div class="settings">
${section('nombre', t('accounts.nameTitle'), t('accounts.nameIntro'), nameForm(visitor, person, returned))}
${section('clave', t('accounts.passwordTitle'), t('accounts.passwordIntro'), passwordForm(visitor, { minimum, refusal: returned?.form === 'clave' ? returned.refusal : undefined }))}
${section('aspecto', t('accounts.look'), t('accounts.lookIntro'), themeForm(visitor))}
${section('avisos', t('accounts.alerts'), t('accounts.alertsIntro'), alertChoices(t))}
${section('idioma', t('accounts.language'), t('accounts.languageIntro'), languageForm(visitor))}
${section('sesiones', t('accounts.sessions'), t('accounts.sessionsIntro'), sessionList(t, sessions, now))}
${section('claves', t('accounts.keys'), t('accounts.keysIntro'), keysSection(visitor, keys))}
</div></div>`,
  }
}

/** Alone on the page: somebody with a temporary password goes nowhere else, anybody else may come here too. */
export function passwordPage(
  visitor: Visitor,
  { mustChange }: Session,
  { minimum, refusal }: { minimum: number; refusal?: Refusal | undefined },
): View {
  const { t } = visitor
  const form = passwordForm(visitor, { minimum, refusal })
  if (!mustChange) {
    const body = html`<div class="page page--settings"><div class="page-head"><div class="page-head__text"><h1>${t('accounts.changePassword')}</h1><p>${t('accounts.passwordIntro')}</p></div></div>${form}</div>`
    return { title: t('accounts.changePassword'), section: 'profile', body }
  }
  return {
    title: t('accounts.changePassword'),
    shell: 'door',
    body: html`<div class="front__form stack"><div><h1>${t('accounts.changePassword')}</h1><p class="front__lead">${t('accounts.mustChange')}</p></div>${form}<div class="or">${t('accounts.or')}</div>${signOutForm(visitor)}</div>`,
  }
}

function section(id: string, title: string, intro: string, body: Content): Html {
  return html`<section id="${id}" aria-labelledby="${id}-t"><div class="settings__intro"><h2 id="${id}-t">${title}</h2><p>${intro}</p></div><div class="stack">${body}</div></section>`
}

function signOutForm({ t, viewer }: Visitor): Html {
  return html`<form method="post" action="/salir" data-signs-out="${viewer?.id ?? ''}"><button class="btn" type="submit">${icon('log-out')}${t('accounts.signOut')}</button></form>`
}

function nameForm(visitor: Visitor, person: Person, returned: Returned | undefined): Html {
  const { t } = visitor
  const refusal = returned?.form === 'nombre' ? returned.refusal : undefined
  const value = refusal ? (returned?.nombre ?? '') : person.name
  const input = { type: 'text', value, autocomplete: 'name', required: true }
  const name = field({
    name: 'nombre',
    id: 'p-nombre',
    label: t('accounts.displayName'),
    error: errorsOf(visitor, refusal)('nombre'),
    input,
  })
  return html`<form class="input-row" method="post" action="/perfil">${name}<button class="btn" type="submit" data-busy="${t('shared.saving')}">${t('shared.save')}</button></form>`
}

function passwordForm(visitor: Visitor, { minimum, refusal }: { minimum: number; refusal: Refusal | undefined }): Html {
  const { t } = visitor
  const wrong = errorsOf(visitor, refusal)
  const unplaced = refusal && Object.keys(refusal.fields).length === 0
  const input = { autocomplete: 'current-password', required: true }
  return html`${unplaced ? notice('bad', sentence(visitor, refusal)) : ''}<form class="fields" method="post" action="/perfil/clave">
<input type="hidden" autocomplete="username" value="${visitor.viewer?.username ?? ''}">
${passwordField(t, { name: 'actual', label: t('accounts.currentPassword'), error: wrong('actual'), input })}
<div class="fields fields--2">${newPasswordFields(t, { minimum, wrong })}</div>
<div class="cluster cluster--end"><button class="btn" type="submit" data-busy="${t('shared.saving')}">${t('accounts.changePassword')}</button></div>
</form>`
}

const themes: readonly { value: 'auto' | 'light' | 'dark'; theme: Theme; word: 'themeSystem' | 'themeLight' | 'themeDark'; art: Html }[] = [
  {
    value: 'auto',
    theme: 'system',
    word: 'themeSystem',
    art: html`<rect class="ta-canvas-l" width="120" height="64"></rect><path class="ta-sheet-l" d="M32 14a8 8 0 0 1 8-8h20v58H32z"></path><rect class="ta-line-l" x="40" y="18" width="16" height="5" rx="2.5"></rect><path class="ta-canvas-d" d="M60 0h60v64H60z"></path><path class="ta-sheet-d" d="M60 6h60v58H60z"></path><rect class="ta-line-d" x="66" y="18" width="26" height="5" rx="2.5"></rect><rect class="ta-own" x="82" y="34" width="30" height="9" rx="4"></rect>`,
  },
  {
    value: 'light',
    theme: 'light',
    word: 'themeLight',
    art: html`<rect class="ta-canvas-l" width="120" height="64"></rect><path class="ta-sheet-l" d="M32 14a8 8 0 0 1 8-8h80v58H32z"></path><rect class="ta-line-l" x="40" y="18" width="40" height="5" rx="2.5"></rect><rect class="ta-line-l" x="40" y="28" width="28" height="5" rx="2.5"></rect><rect class="ta-own" x="78" y="42" width="34" height="9" rx="4"></rect>`,
  },
  {
    value: 'dark',
    theme: 'dark',
    word: 'themeDark',
    art: html`<rect class="ta-canvas-d" width="120" height="64"></rect><path class="ta-sheet-d" d="M32 14a8 8 0 0 1 8-8h80v58H32z"></path><rect class="ta-line-d" x="40" y="18" width="40" height="5" rx="2.5"></rect><rect class="ta-line-d" x="40" y="28" width="28" height="5" rx="2.5"></rect><rect class="ta-own" x="78" y="42" width="34" height="9" rx="4"></rect>`,
  },
]

/** With script a choice shows and is kept at once; without it the button keeps it. */
function themeForm({ t, theme }: Visitor): Html {
  const choices = themes.map(
    ({ value, theme: one, word, art }) =>
      html`<label class="choice"><input type="radio" name="tema" value="${value}" data-theme-set="${value}"${attributes({ checked: one === theme })}><svg class="theme-art" viewBox="0 0 120 64" aria-hidden="true" focusable="false">${art}</svg><span class="choice__mark"></span><span class="choice__title">${t(`accounts.${word}`)}</span><span class="choice__frame"></span></label>`,
  )
  return html`<form class="stack" method="post" action="/perfil/aspecto" hx-post="/perfil/aspecto" hx-trigger="change" hx-swap="none"><fieldset class="field"><legend class="legend">${t('accounts.theme')}</legend><div class="choices choices--3 choices--theme">${choices}</div></fieldset><div class="cluster cluster--end without-script"><button class="btn" type="submit">${t('shared.save')}</button></div></form>`
}

/** Kept in this browser alone, by web/lib/choices.ts; the notices stand where they are true. */
function alertChoices(t: T): Html {
  const row = (name: string, word: string, hint: string, extra: Record<string, string | boolean> = {}) =>
    html`<label class="check check--row"${attributes(extra)}><input type="checkbox" role="switch" data-choice="${name}"><span class="check__text"><span>${word}</span><span class="check__hint">${hint}</span></span></label>`
  const notice = (kind: string, title: string, text: string) =>
    html`<div class="notice" data-notifications="${kind}" hidden>${icon('bell-off')}<div class="notice__body"><p class="notice__title">${title}</p><p>${text}</p><div class="notice__actions"><a class="btn btn--sm" href="/diagnostico">${t('accounts.seeDiagnosis')}</a></div></div></div>`
  return html`<p class="without-script">${t('accounts.alertsNeedScript')}</p>${notice('none', t('accounts.noNotifications'), t('accounts.noNotificationsThen'))}${notice('denied', t('accounts.systemAlerts'), t('accounts.blockedNotifications'))}
<div class="stack needs-script">${row('notifications', t('accounts.systemAlerts'), t('accounts.systemAlertsHint'), { 'data-notifications': 'able', hidden: true })}${row('counter', t('accounts.titleCounter'), t('accounts.titleCounterHint'))}${row('sound', t('accounts.shortSound'), t('accounts.shortSoundHint'))}${row('mentionsOnly', t('accounts.onlyMentions'), t('accounts.onlyMentionsHint'))}${row('keys', t('accounts.singleKeys'), t('accounts.singleKeysHint'))}<div class="cluster cluster--end"><button class="btn btn--sm" type="button" data-try-alert>${icon('bell', { small: true })}${t('accounts.trySound')}</button></div></div>`
}

function languageForm({ t, locale }: Visitor): Html {
  const option = (value: 'es' | 'en', word: string) =>
    html`<option value="${value}" lang="${value}"${attributes({ selected: value === locale })}>${word}</option>`
  return html`<form class="input-row" method="post" action="/perfil/idioma"><div class="field"><label class="field__label" for="idioma-cuenta">${t('accounts.language')}</label><select class="input" id="idioma-cuenta" name="idioma">${option('es', 'Español')}${option('en', 'English')}</select></div><button class="btn" type="submit">${t('shared.save')}</button></form>`
}

function sessionList(t: T, sessions: readonly OpenSession[], now: number): Html {
  const others = sessions.some(({ current }) => !current)
  return html`<ul class="list list--lines">${sessions.map((session) => sessionRow(t, session, now))}</ul>${
    others
      ? html`<form class="cluster cluster--end" method="post" action="/perfil/sesiones/cierre" data-confirm="${t('accounts.endOthersQuestion')}" data-confirm-yes="${t('accounts.endOthers')}"><button class="btn btn--danger btn--sm" type="submit">${t('accounts.endOthers')}</button></form>`
      : ''
  }`
}

function sessionRow(t: T, { id, device, phone, ip, lastSeenAt, current }: OpenSession, now: number): Html {
  const name = device || t('accounts.unknownDevice')
  const end = html`<form method="post" action="/perfil/sesiones/${id}/cierre"><button class="btn btn--quiet btn--sm" type="submit">${t('shared.close')}<span class="vh"> ${t('accounts.endSessionOf', { device: name })}</span></button></form>`
  return html`<li class="backup-row">${icon(phone ? 'smartphone' : 'monitor')}<span class="grow"><strong>${name}</strong>${current ? html` <span class="badge badge--accent">${t('accounts.thisSession')}</span>` : ''}<br><small class="muted">${ip} · ${current ? t('accounts.now') : lastSeen(t, lastSeenAt, now)}</small></span>${current ? '' : end}</li>`
}

const twoDays = 172_800_000

function lastSeen(t: T, at: number, now: number): string {
  // 0: written while the clock of the box could not be right.
  if (at === 0 || at > now) return t('accounts.timeUnknown')
  return now - at < twoDays ? t('accounts.ago', { time: t.format.duration(now - at) }) : t.format.moment(at, now)
}
