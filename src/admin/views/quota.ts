// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import { writeAmount } from '../../files'
import { field, type Visitor } from '../../views'
import type { PersonQuota } from '../model'
import { closeButton } from './frame'

export const quotaAddress = (id: string) => `/admin/usuarios/${id}/cuota`

/** How much a person may keep: in the dialog with script, a page of its own without. */
export function quotaForm(
  visitor: Visitor,
  { person: { id, name }, used, limit, own, ofRole }: PersonQuota,
  { typed = own === null ? '' : writeAmount(own), error }: { typed?: string; error?: string } = {},
): Html {
  const { t, partial } = visitor
  const amount = (bytes: number) => (bytes === 0 ? t('admin.quotaNone') : t.format.size(bytes))
  const stands = limit === 0 ? t('admin.quotaFree', { used: t.format.size(used) }) : spaceWords(visitor, { used, limit })
  return html`<form method="post" action="${quotaAddress(id)}" hx-post="${quotaAddress(id)}" hx-target="#dialog">
<div class="dialog__head"><h2 id="dialog-title" hx-ignore>${t('admin.quotaOf', { name })}</h2>${closeButton(visitor)}</div>
<div class="dialog__body"><p class="card__text">${stands}</p>
${field({ name: 'cuota', label: t('admin.quota'), hint: t('admin.quotaHint', { role: amount(ofRole) }), ...(error ? { error } : {}), input: { type: 'text', autofocus: true, value: typed, maxlength: 20, autocomplete: 'off', placeholder: amount(ofRole) } })}</div>
<div class="dialog__foot">${partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="/admin/usuarios">${t('shared.cancel')}</a>`}<button class="btn btn--primary" type="submit">${t('admin.quotaSave')}</button></div></form>`
}

export function spaceWords({ t }: Visitor, { used, limit }: { used: number; limit: number }): string {
  return t('admin.spaceOf', { used: t.format.size(used), max: t.format.size(limit) })
}
