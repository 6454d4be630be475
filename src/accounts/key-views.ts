// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type Refusal } from '../core'
import { field, icon, notice, sentence, type Visitor } from '../views'
import { errorsOf } from './entrance-views'
import { type ProgramKey, type Scope, scopes } from './model'
import { longestKeyName } from './program-keys'

/** The form fields of the scopes. */
export const scopeFields = { upload: 'subir', read: 'leer', chat: 'hablar' } as const satisfies Record<Scope, string>

export interface KeysSection {
  keys: readonly ProgramKey[]
  now: number
  /** The key just made, with the secret that is shown this once. */
  made?: { key: ProgramKey; secret: string }
  refusal?: Refusal
  /** What was typed, when it was refused. */
  typed?: { name: string; scopes: readonly Scope[] }
}

export function keysSection(visitor: Visitor, { keys, now, made, refusal, typed }: KeysSection): Html {
  return html`${made ? madeKey(visitor, made) : ''}${keys.length > 0 ? html`<ul class="list list--lines">${keys.map((key) => keyRow(visitor, key, now))}</ul>` : ''}
${keyForm(visitor, refusal, typed)}${offered(visitor).includes('upload') ? howTo(visitor, made?.secret) : ''}`
}

/** What a key of this person could open: the role still decides each time. */
function offered({ viewer }: Visitor): readonly Scope[] {
  return viewer?.role === 'usuario' ? scopes.filter((scope) => scope !== 'upload') : scopes
}

function keyRow({ t }: Visitor, { id, name, scopes: opens, createdAt, usedAt }: ProgramKey, now: number): Html {
  const used = usedAt === null ? t('accounts.keyNeverUsed') : t('accounts.keyUsed', { t: t.format.moment(usedAt, now) })
  const words = opens.map((scope) => t(`accounts.scope_${scope}`)).join(' · ')
  return html`<li class="backup-row">${icon('key-round')}<span class="grow"><strong hx-ignore>${name}</strong><br><small class="muted">${words}</small><br><small class="muted">${t('accounts.keyCreated', { d: t.format.date(createdAt), used })}</small></span><form method="post" action="/perfil/claves/${id}/revocar" data-confirm="${t('accounts.revokeKeyQuestion', { name })}" data-confirm-yes="${t('accounts.revokeKey')}"><button class="btn btn--danger btn--sm" type="submit">${t('accounts.revokeKey')}<span class="vh"> ${t('accounts.revokeKeyOf', { name })}</span></button></form></li>`
}

function madeKey({ t }: Visitor, { secret }: { secret: string }): Html {
  return html`${notice('good', t('accounts.keyMade', { key: secret }))}<div class="input-row" hx-ignore><label class="field"><span class="vh">${t('accounts.keyValue')}</span><input class="input mono" id="clave-nueva" readonly value="${secret}"></label><button class="btn needs-script" type="button" data-copy-from="clave-nueva">${icon('copy')}${t('shared.copy')}</button></div>`
}

function keyForm(visitor: Visitor, refusal: Refusal | undefined, typed: KeysSection['typed']): Html {
  const { t } = visitor
  const wrong = errorsOf(visitor, refusal)
  const unplaced = refusal && (Object.keys(refusal.fields).length === 0 || wrong('permite'))
  const name = field({
    name: 'nombre',
    id: 'k-nombre',
    label: t('accounts.keyFor'),
    error: wrong('nombre'),
    input: { type: 'text', value: typed?.name ?? '', maxlength: longestKeyName, required: true, autocomplete: 'off' },
  })
  const usual: readonly Scope[] = typed?.scopes ?? ['upload', 'read']
  const choices = offered(visitor).map(
    (scope) =>
      html`<label class="check"><input type="checkbox" name="${scopeFields[scope]}" value="si"${attributes({ checked: usual.includes(scope) })}><span class="check__text"><span>${t(`accounts.scope_${scope}`)}</span></span></label>`,
  )
  return html`${unplaced ? notice('bad', sentence(visitor, refusal)) : ''}<form class="stack" method="post" action="/perfil/claves#claves"><fieldset class="field"><legend class="legend">${t('accounts.keyOpens')}</legend>${choices}</fieldset><div class="input-row">${name}<button class="btn" type="submit" data-busy="${t('shared.saving')}">${t('accounts.makeKey')}</button></div></form>`
}

/** One line for the two command lines people have; with the key in it while the key can be shown. */
function howTo({ t, origin }: Visitor, secret: string | undefined): Html {
  const key = secret ?? t('accounts.keyPlace')
  const file = t('accounts.keyExampleFile')
  const curl = `curl -T ${file} ${origin}/archivos/ -H "Authorization: Bearer ${key}"`
  const shell = `Invoke-RestMethod -Method Put -InFile ${file} -Uri ${origin}/archivos/${file} -Headers @{Authorization='Bearer ${key}'}`
  const line = (id: string, label: string, text: string) =>
    html`<div class="input-row" hx-ignore><label class="field"><span class="field__label">${label}</span><input class="input mono" id="${id}" readonly value="${text}"></label><button class="btn needs-script" type="button" data-copy-from="${id}">${icon('copy')}${t('shared.copy')}<span class="vh"> ${label}</span></button></div>`
  return html`<div class="stack stack--sm"><h3>${t('accounts.keyHowTo')}</h3>${line('linea-curl', t('accounts.keyHowToCurl'), curl)}${line('linea-ps', t('accounts.keyHowToPowerShell'), shell)}</div>`
}
