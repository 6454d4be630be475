// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html, type Refusal, showCode } from '../../core'
import { avatar, field, icon, notice, passwordField, sentence, type View, type Visitor } from '../../views'
import { invitationLifeNames } from '../door/invitations'
import type { Ban, Invitation, Present, Room } from '../model'
import { roomLifeNames, type SettingsForm, slowSteps } from '../order/settings'
import { historyFields } from './create'

export interface SettingsPage {
  room: Room
  members: readonly Present[]
  bans: readonly Ban[]
  invitations: readonly Invitation[]
  limits: { keptDays: number; keptDaysMaximum: number }
  /** A link just made: readable here and nowhere else. */
  link?: string
  refusal?: Refusal
  /** What was typed into the first section and refused. */
  typed?: SettingsForm | undefined
  /** What was just changed, said where it was changed. */
  told?: { section: SettingsSection; say: string; bad?: boolean }
}

const sections = { general, password, history, invitations, code, exports, handOver, banned }
export type SettingsSection = keyof typeof sections

export function settingsPage(visitor: Visitor, given: SettingsPage): View {
  const { t } = visitor
  const { room } = given
  return {
    title: t('rooms.settingsOf', { room: room.name }),
    section: 'rooms',
    roomId: room.id,
    body: html`<div class="page page--read"><nav class="crumbs" aria-label="${t('shared.back')}"><a href="/salas/${room.code}">${icon('arrow-left', { small: true })}${t('rooms.backToRoom')}</a></nav><div class="page-head"><div class="page-head__text"><h1>${t('rooms.settingsTitle')}</h1><p hx-ignore>${room.name}</p></div></div>${allSections(visitor, given)}</div>`,
  }
}

/** The same for `#dialog`. */
export function settingsDialog(visitor: Visitor, given: SettingsPage): Html {
  const { t } = visitor
  return html`<div class="dialog__head"><h2>${t('rooms.settingsTitle')}</h2><button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button></div><div class="dialog__body">${allSections(visitor, given)}</div>`
}

/** One of them alone, in the place of what was there. */
export function settingsSection(visitor: Visitor, name: SettingsSection, given: SettingsPage): Html {
  return sections[name](visitor, given)
}

/** All of them, also where another code has changed every address. */
export function allSections(visitor: Visitor, given: SettingsPage): Html {
  const { refusal } = given
  const elsewhere = refusal && Object.keys(refusal.fields).length === 0 ? notice('bad', sentence(visitor, refusal)) : ''
  return html`<div class="stack stack--lg" id="room-settings">${elsewhere}${Object.values(sections).map((section) => section(visitor, given))}</div>`
}

function card(id: string, heading: string, hint: Content, body: Content): Html {
  return html`<section class="card" aria-labelledby="${id}"><h2 class="card__title" id="${id}">${heading}</h2>${hint ? html`<p class="card__text">${hint}</p>` : ''}${body}</section>`
}

/** The sentence takes the focus, which the button it came from has lost. */
function told({ told }: SettingsPage, section: SettingsSection): Content {
  return told?.section === section
    ? html`<div class="told" tabindex="-1" data-told>${notice(told.bad ? 'bad' : 'good', told.say)}</div>`
    : ''
}

/** Without script the whole page comes back, with it the section alone. */
function asks(action: string): Html {
  return html` method="post" action="${action}" hx-post="${action}" hx-target="closest .card" hx-swap="outerHTML"`
}

const wrong = ({ t }: Visitor, refusal: Refusal | undefined, name: string) => {
  const phrase = refusal?.fields[name]
  return phrase ? { error: t.say(phrase, refusal?.values) } : {}
}

function select(id: string, label: string, options: readonly (readonly [value: string, word: string, on: boolean])[], hint?: string): Html {
  return html`<div class="field"><label class="field__label" for="${id}">${label}</label><select class="input" id="${id}" name="${id}"${attributes({ 'aria-describedby': hint ? `${id}-h` : null })}>${options.map(([value, word, on]) => html`<option${attributes({ value, selected: on })}>${word}</option>`)}</select>${hint ? html`<span class="field__hint" id="${id}-h">${hint}</span>` : ''}</div>`
}

function general(visitor: Visitor, given: SettingsPage): Html {
  const { t } = visitor
  const { room, refusal, typed } = given
  const pace = (seconds: number) =>
    seconds === 0
      ? t('rooms.slowNone')
      : seconds < 60
        ? t('rooms.slowSeconds', { n: seconds })
        : t('rooms.slowMinutes', { n: seconds / 60 })
  const ends: (readonly [string, string, boolean])[] = [
    ...(room.endsAt === null
      ? []
      : [
          [
            'keep',
            t('rooms.endsKeep', { t: t.format.moment(room.endsAt, Date.now()) }),
            !typed?.caduca || typed.caduca === 'keep',
          ] as const,
        ]),
    ['never', t('rooms.endsNever'), typed?.caduca ? typed.caduca === 'never' : room.endsAt === null],
    ...roomLifeNames.map((life) => [life, t(`rooms.ends${life}`), typed?.caduca === life] as const),
  ]
  return html`<form class="card"${asks(`/salas/${room.code}/ajustes`)}>${told(given, 'general')}<div class="fields">${field({ name: 'nombre', label: t('rooms.name'), input: { type: 'text', value: typed?.nombre ?? room.name, maxlength: 60, required: true, autocomplete: 'off' }, ...wrong(visitor, refusal, 'nombre') })}
<label class="check"><input type="checkbox" name="cerrojo" value="si"${attributes({ checked: typed ? typed.cerrojo === 'si' : room.locked })}><span class="check__text"><span>${t('rooms.lock')}</span></span></label>
${select(
  'lento',
  t('rooms.slow'),
  slowSteps.map((seconds) => [String(seconds), pace(seconds), String(seconds) === (typed?.lento ?? String(room.slow))] as const),
  t('rooms.slowHint'),
)}
${select('caduca', t('rooms.ends'), ends, t('rooms.endsHint'))}</div><div class="cluster cluster--end"><button class="btn btn--primary" type="submit">${t('rooms.saveSettings')}</button></div></form>`
}

function password(visitor: Visitor, given: SettingsPage): Html {
  const { t } = visitor
  const { room, refusal } = given
  const hint = room.kind === 'grupal' ? `${t('rooms.passwordHint')} ${t('rooms.passwordMayLack')}` : t('rooms.passwordHint')
  return card(
    'a-clave',
    t('rooms.changePassword'),
    t(room.hasPassword ? 'rooms.changePasswordHint' : 'rooms.noPasswordYet'),
    html`${told(given, 'password')}<form class="stack"${asks(`/salas/${room.code}/clave`)}>${passwordField(t, { name: 'clave', id: 'clave-nueva', label: t('rooms.newPassword'), hint, input: { autocomplete: 'new-password' }, ...wrong(visitor, refusal, 'clave') })}<div class="cluster cluster--end"><button class="btn" type="submit">${t('rooms.changePassword')}</button></div></form>`,
  )
}

function history(visitor: Visitor, given: SettingsPage): Html {
  const { t } = visitor
  const { room, limits, refusal } = given
  const error = wrong(visitor, refusal, 'dias')
  const erases = t(room.kept ? 'rooms.toEphemeralErases' : 'rooms.toKeptErases')
  const question = attributes({
    'data-confirm': t('rooms.changeHistorySure', { room: room.name }),
    'data-confirm-text': erases,
    'data-confirm-yes': t('rooms.changeHistory'),
    'data-confirm-danger': true,
    'data-confirm-if': room.kept ? 'historial=efimera' : 'historial=guardada',
  })
  return card(
    'a-historia',
    t('rooms.history'),
    erases,
    html`${told(given, 'history')}<form class="fields"${asks(`/salas/${room.code}/historia`)}${question}>${historyFields(visitor, { kept: room.kept, days: String(room.days), limits, ...error })}<div class="cluster cluster--end"><button class="btn" type="submit">${t('rooms.changeHistory')}</button></div></form>`,
  )
}

function invitations(visitor: Visitor, given: SettingsPage): Html {
  const { t } = visitor
  const { room, invitations: living, link } = given
  const fresh = link
    ? html`<div class="told" tabindex="-1" data-told>${notice('good', t('rooms.invitationMade'))}</div><div class="input-row"><label class="field"><span class="vh">${t('rooms.link')}</span><input class="input mono" id="invitacion-nueva" readonly value="${link}"></label><button class="btn needs-script" type="button" data-copy-from="invitacion-nueva">${icon('copy', { small: true })}${t('shared.copy')}</button></div>`
    : ''
  return card(
    'a-invitaciones',
    t('rooms.invitations'),
    t('rooms.invitationsHint'),
    html`${fresh}${told(given, 'invitations')}<form class="stack"${asks(`/salas/${room.code}/invitaciones`)}>${select(
      'para',
      t('rooms.invitationFor'),
      [
        ['una', t('rooms.forOne'), true],
        ['todas', t('rooms.forAll'), false],
      ],
    )}${select(
      'vence',
      t('rooms.invitationLife'),
      invitationLifeNames.map((life) => [life, t(`rooms.life${life}`), life === '1d'] as const),
    )}<div class="cluster cluster--end"><button class="btn" type="submit">${t('rooms.makeInvitation')}</button></div></form>
${
  living.length === 0
    ? ''
    : html`<ul class="list">${living.map(
        ({ id, maker, expiresAt, once, uses }) =>
          html`<li class="cluster"><span hx-ignore>${t('rooms.invitationLine', { name: maker, t: t.format.moment(expiresAt, Date.now()) })} · ${t(once ? 'rooms.forOne' : 'rooms.forAll')}${uses > 0 ? html` · ${t('rooms.invitationUses', { n: uses })}` : ''}</span><form${asks(`/salas/${room.code}/invitaciones/${id}/revocacion`)}><button class="btn btn--sm" type="submit">${t('rooms.revoke')}</button></form></li>`,
      )}</ul>`
}`,
  )
}

function code({ t }: Visitor, given: SettingsPage): Html {
  const { room } = given
  return card(
    'a-codigo',
    t('rooms.code'),
    t('rooms.newCodeHint'),
    html`${told(given, 'code')}<div class="cluster"><span class="tag">${showCode(room.code)}</span><form method="post" action="/salas/${room.code}/codigo" hx-post="/salas/${room.code}/codigo" hx-target="#room-settings" hx-swap="outerHTML"><button class="btn btn--sm" type="submit">${icon('refresh-cw', { small: true })}${t('rooms.newCode')}</button></form><a class="btn btn--sm" href="/salas/${room.code}/cartel">${icon('printer', { small: true })}${t('rooms.printPoster')}</a></div>`,
  )
}

function exports({ t }: Visitor, { room }: SettingsPage): Html {
  if (!room.kept) return html``
  const at = `/salas/${room.code}/exportar`
  return card(
    'a-exportar',
    t('rooms.exportRoom'),
    t('rooms.exportHint'),
    html`<div class="cluster"><a class="btn btn--sm" href="${at}" download hx-boost="false">${icon('download', { small: true })}${t('rooms.exportToRead')}</a><a class="btn btn--sm" href="${at}?formato=json" download hx-boost="false">${icon('download', { small: true })}${t('rooms.exportAsData')}</a></div>`,
  )
}

function handOver({ t }: Visitor, { room, members }: SettingsPage): Html {
  const others = members.filter(({ id }) => id !== room.ownerId)
  if (others.length === 0) return html``
  return card(
    'a-entrega',
    t('rooms.handOver'),
    t('rooms.handOverHint'),
    html`<form class="stack" method="post" action="/salas/${room.code}/entrega">${select(
      'persona',
      t('rooms.handOverTo'),
      others.map(({ id, name }) => [id, name, false] as const),
    )}<div class="cluster cluster--end"><button class="btn" type="submit">${t('rooms.handOver')}</button></div></form>`,
  )
}

function banned({ t }: Visitor, given: SettingsPage): Html {
  const { room, bans } = given
  const said = told(given, 'banned')
  if (bans.length === 0 && said === '') return html``
  return card(
    'a-vetos',
    t('rooms.banned'),
    '',
    html`${said}<ul class="list">${bans.map(
      ({ person, reason, by }) =>
        html`<li class="cluster"><span class="who">${avatar(person, 'sm')}<span class="who__text" hx-ignore><span class="who__name">${person.name}</span><span class="who__sub">${t('rooms.bannedBy', { admin: by, reason })}</span></span></span><form${asks(`/salas/${room.code}/vetos/${person.id}/perdon`)}><button class="btn btn--sm" type="submit">${t('rooms.unban')}</button></form></li>`,
    )}</ul>`,
  )
}
