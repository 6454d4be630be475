// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import { field, type Visitor } from '../../views'
import { closeButton } from './frame'

export const keepingAddress = '/admin/salas/conservacion'

/** How long every room remembers at most: in the dialog with script, a page of its own without. */
export function keepingForm(
  visitor: Visitor,
  { chosen, allowed }: { chosen: number | null; allowed: number },
  { typed = chosen === null ? '' : String(chosen), error }: { typed?: string; error?: string } = {},
): Html {
  const { t, partial } = visitor
  return html`<form method="post" action="${keepingAddress}" hx-post="${keepingAddress}" hx-target="#dialog">
<div class="dialog__head"><h2 id="dialog-title">${t('admin.keepTitle')}</h2>${closeButton(visitor)}</div>
<div class="dialog__body"><p class="card__text">${t('admin.keepText')}</p>
${field({ name: 'dias', label: t('admin.keepLabel'), hint: t('admin.keepHint', { n: allowed }), ...(error ? { error } : {}), input: { type: 'text', autofocus: true, inputmode: 'numeric', value: typed, maxlength: 20, autocomplete: 'off', placeholder: String(allowed) } })}</div>
<div class="dialog__foot">${partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="/admin/salas">${t('shared.cancel')}</a>`}<button class="btn btn--primary" type="submit">${t('admin.keepSave')}</button></div></form>`
}
