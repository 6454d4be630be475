// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type PhraseName, type Refusal } from '../../core'
import { field, icon, passwordField, type View, type Visitor } from '../../views'
import type { Creation } from '../door/creation'
import { refusalNotice } from './join'

interface CreateForm {
  typed: Partial<Creation>
  limits: { keptDays: number; keptDaysMaximum: number }
  refusal?: Refusal
}

/** Fields with a place for a sentence of their own. */
const shown = ['nombre', 'clave', 'dias', 'codigo']

export function createPage(visitor: Visitor, given: CreateForm): View {
  const { t } = visitor
  return {
    title: t('rooms.create'),
    section: 'rooms',
    body: html`<div class="page page--read"><nav class="crumbs" aria-label="${t('shared.back')}"><a href="/salas">${icon('arrow-left')}${t('rooms.title')}</a></nav><div class="page-head"><div class="page-head__text"><h1>${t('rooms.create')}</h1><p>${t('rooms.settingsLater')}</p></div></div>
<form class="stack stack--lg" method="post" action="/salas">${given.refusal && !shown.some((name) => given.refusal?.fields[name]) ? refusalNotice(visitor, given.refusal) : ''}${fields(visitor, given)}<div class="cluster cluster--end"><a class="btn btn--quiet" href="/salas">${t('shared.cancel')}</a><button class="btn btn--primary" type="submit">${t('rooms.createButton')}</button></div></form></div>`,
  }
}

/** The same for `#dialog`. */
export function createDialog(visitor: Visitor, given: CreateForm): Html {
  const { t } = visitor
  return html`<form method="post" action="/salas"><div class="dialog__head"><h2>${t('rooms.create')}</h2><button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button></div><div class="dialog__body">${fields(visitor, given)}</div><div class="dialog__foot"><button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button><button class="btn btn--primary" type="submit">${t('rooms.createButton')}</button></div></form>`
}

function fields(visitor: Visitor, { typed, limits, refusal }: CreateForm): Html {
  const { t } = visitor
  const wrong = (name: string) => {
    const phrase: PhraseName | undefined = refusal?.fields[name]
    return phrase ? { error: t.say(phrase, refusal?.values) } : {}
  }
  const kept = typed.historial === 'guardada'
  return html`<div class="fields">${field({ name: 'nombre', label: t('rooms.name'), hint: t('rooms.nameHint'), input: { type: 'text', value: typed.nombre ?? '', maxlength: 60, required: true, autocomplete: 'off' }, ...wrong('nombre') })}
<fieldset class="field"><legend class="legend">${t('rooms.whoSees')}</legend><div class="choices choices--2">${choice({ id: 'privada', name: 'tipo', value: 'privada', on: typed.tipo !== 'grupal', title: t('rooms.private'), hint: t('rooms.privateHint') })}${choice({ id: 'grupo', name: 'tipo', value: 'grupal', on: typed.tipo === 'grupal', title: t('rooms.group'), hint: t('rooms.groupHint') })}</div></fieldset>
${historyChoice(visitor, kept)}
${passwordField(t, { name: 'clave', id: 'clave-nueva', label: t('rooms.password'), hint: `${t('rooms.passwordHint')} ${t('rooms.passwordMayLack')}`, input: { autocomplete: 'new-password' }, ...wrong('clave') })}
${daysField(visitor, typed.dias, limits, wrong('dias').error)}
${field({ name: 'codigo', id: 'codigo-propio', label: html`${t('rooms.code')} <span class="field__optional">${t('shared.optional')}</span>`, hint: t('rooms.codeHint'), input: { type: 'text', value: typed.codigo ?? '', maxlength: 20, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' }, ...wrong('codigo') })}</div>`
}

function historyChoice({ t }: Visitor, kept: boolean): Html {
  return html`<fieldset class="field"><legend class="legend">${t('rooms.whatHappens')}</legend><div class="choices choices--2">${choice({ id: 'efimera', name: 'historial', value: 'efimera', on: !kept, title: t('rooms.ephemeral'), hint: t('rooms.ephemeralHint') })}${choice({ id: 'guardada', name: 'historial', value: 'guardada', on: kept, title: t('rooms.kept'), hint: t('rooms.keptHint') })}</div></fieldset>`
}

/** Ephemeral or kept, and for how long: also among the settings. */
export function historyFields(
  visitor: Visitor,
  { kept, days, limits, error }: { kept: boolean; days: string; limits: CreateForm['limits']; error?: string },
): Html {
  return html`${historyChoice(visitor, kept)}${daysField(visitor, days, limits, error)}`
}

interface Choice {
  id: string
  name: string
  value: string
  on: boolean
  title: string
  hint: string
}

function choice({ id, name, value, on, title, hint }: Choice): Html {
  return html`<label class="choice"><input type="radio"${attributes({ id, name, value, checked: on })}><span class="choice__mark"></span><span class="choice__title">${title}</span><span class="choice__hint">${hint}</span><span class="choice__frame"></span></label>`
}

const offered = [7, 30, 90, 365]

function daysField({ t }: Visitor, typed: string | undefined, { keptDays, keptDaysMaximum }: CreateForm['limits'], error?: string): Html {
  const chosen = Number(typed ?? keptDays)
  const days = [...new Set([...offered, keptDays, ...(Number.isInteger(chosen) && chosen > 0 ? [chosen] : [])])]
    .filter((one) => one <= keptDaysMaximum)
    .sort((a, b) => a - b)
  return html`<div class="field"><label class="field__label" for="dias">${t('rooms.keepFor')}</label><select class="input" id="dias" name="dias" aria-describedby="dias-h">${days.map((one) => html`<option${attributes({ value: one, selected: one === chosen })}>${one === 365 ? t('rooms.year') : t('rooms.days', { n: one })}</option>`)}</select><span class="field__hint" id="dias-h">${error ?? t('rooms.keepForHint')}</span></div>`
}
