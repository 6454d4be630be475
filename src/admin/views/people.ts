// SPDX-License-Identifier: GPL-3.0-or-later
import { type Role, roles } from '../../accounts'
import { attributes, type Content, type Html, html } from '../../core'
import { avatar, field, icon, type View, type Visitor } from '../../views'
import type { PersonRow } from '../model'
import { adminView, closeButton } from './frame'
import { quotaAddress, spaceWords } from './quota'

interface PeoplePage {
  people: readonly PersonRow[]
  total: number
  search: string
  now: number
}

export function peoplePage(visitor: Visitor, { people: rows, total, search, now }: PeoplePage): View {
  const { t } = visitor
  return adminView(visitor, {
    section: 'people',
    heading: t('admin.people'),
    lead: t('admin.accountsCount', {
      n: total,
      online: t('admin.accountsOnline', { n: rows.filter((row) => isHere(visitor, row)).length }),
    }),
    actions: html`<a class="btn btn--primary" href="/admin/usuarios/nueva" hx-get="/admin/usuarios/nueva" hx-target="#dialog">${icon('user-plus')}${t('admin.addByHand')}</a>`,
    body: html`<form class="files-tools__row" role="search" action="/admin/usuarios"><div class="input-group">${icon('search')}<label class="vh" for="buscar">${t('admin.searchPerson')}</label><input class="input" id="buscar" name="buscar" type="search" value="${search}" maxlength="100" placeholder="${t('admin.searchPerson')}" hx-get="/admin/usuarios" hx-trigger="input delay:300ms" hx-target="#users" hx-select="#users" hx-swap="outerHTML" hx-push-url="true"></div></form>
${peopleTable(visitor, rows, search, now)}
<section class="card card--canvas" aria-labelledby="roles"><h2 class="card__title" id="roles">${t('admin.whatRolesDo')}</h2><dl class="facts">${roles.map(
      (role) => html`<div><dt><strong>${t(`shared.role_${role}`)}</strong></dt><dd>${t(`admin.${role}Does`)}</dd></div>`,
    )}</dl></section>`,
  })
}

function peopleTable(visitor: Visitor, rows: readonly PersonRow[], search: string, now: number): Html {
  const { t } = visitor
  if (rows.length === 0) return html`<div class="table-box" id="users"><p class="muted">${t('admin.noPeople', { q: search })}</p></div>`
  const heads: readonly (readonly [word: Content, end?: boolean])[] = [
    [t('admin.person')],
    [t('admin.role')],
    [t('admin.status')],
    [t('admin.lastSeen')],
    [t('admin.space'), true],
    [t('admin.sessions'), true],
    [html`<span class="vh">${t('shared.actions')}</span>`],
  ]
  return html`<div class="table-box" id="users"><table class="table" role="table"><caption class="vh">${t('admin.people')}</caption><thead role="rowgroup"><tr role="row">${heads.map(
    ([word, end]) => html`<th role="columnheader" scope="col"${attributes({ class: end ? 'end' : null })}>${word}</th>`,
  )}</tr></thead><tbody role="rowgroup">${rows.map((row) => personRow(visitor, row, now))}</tbody></table></div>`
}

/** One row: page, answer to a change and search share it. `chosen`: its role was given just now, and the button for it is gone. */
export function personRow(visitor: Visitor, row: PersonRow, now: number, { chosen = false } = {}): Html {
  const { t, viewer } = visitor
  const self = row.id === viewer?.id
  return html`<tr role="row" id="user-${row.id}">
<td role="cell" class="cell-lead"><span class="who">${avatar(row)}<span class="who__text" hx-ignore><span class="who__name">${row.name}</span><span class="who__sub">@${row.username}</span></span></span></td>
<td role="cell">${self || row.paused ? t(`shared.role_${row.role}`) : roleForm(visitor, row, chosen)}</td>
<td role="cell">${state(visitor, row)}</td>
<td role="cell" data-label="${t('admin.lastSeen')}" class="num">${row.lastSeen === null ? t('admin.never') : t.format.moment(row.lastSeen, now)}</td>
<td role="cell" class="end num" data-label="${t('admin.space')}">${space(visitor, row)}</td>
<td role="cell" class="end num" data-label="${t('admin.sessions')}">${row.sessions}</td>
<td role="cell" class="cell-actions"><div class="cluster">${self ? html`<span class="muted"><small>${t('shared.me')}</small></span>` : menu(visitor, row)}</div></td>
</tr>`
}

/** Choosing gives nobody a role: whoever goes through the list with the arrows would change it at each step (WCAG 2.2, 3.2.2). */
function roleForm({ t }: Visitor, { id, name, role }: PersonRow, chosen: boolean): Html {
  const action = `/admin/usuarios/${id}/rol`
  return html`<form class="cluster role-form" method="post" action="${action}" hx-post="${action}" hx-target="#user-${id}" hx-swap="outerHTML"><label class="vh" for="rol-${id}">${t('admin.roleOf', { name })}</label><select class="input input--sm role-select" id="rol-${id}" name="rol" autocomplete="off"${attributes({ 'data-told': chosen })}>${roles.map(
    (one) => html`<option value="${one}"${attributes({ selected: one === role })}>${t(`shared.role_${one}`)}</option>`,
  )}</select><button class="btn btn--sm" type="submit">${t('admin.changeRole')}</button></form>`
}

/** Whoever looks at this page is here, whether or not a room is open. */
function isHere({ viewer }: Visitor, { id, online }: PersonRow): boolean {
  return online || id === viewer?.id
}

function space(visitor: Visitor, { space: used, quota }: PersonRow): string {
  if (quota > 0) return spaceWords(visitor, { used: used ?? 0, limit: quota })
  return used === null ? '—' : visitor.t.format.size(used)
}

function state(visitor: Visitor, row: PersonRow): Html {
  const { t } = visitor
  const { paused, lastSeen, mustChange } = row
  if (paused) return html`<span class="cluster">${icon('pause', { small: true })}${t('admin.paused')}</span>`
  if (isHere(visitor, row)) return html`<span class="cluster"><span class="presence" data-is="here"></span>${t('shared.connected')}</span>`
  const word = lastSeen === null ? t('admin.notYetIn') : mustChange ? t('admin.mustChange') : t('shared.offline')
  return html`<span class="cluster"><span class="presence" data-is="off"></span>${word}</span>`
}

function menu(visitor: Visitor, row: PersonRow): Html {
  const { t } = visitor
  const title = t('admin.actionsFor', { name: row.name })
  return html`<details class="menu" name="menu"><summary class="btn btn--quiet btn--icon btn--sm" title="${title}">${icon('ellipsis')}<span class="vh">${title}</span></summary><div class="menu__panel">
${row.paused ? '' : html`${act(row, 'clave', 'key-round', t('admin.giveTemporary'), '#dialog')}${act(row, 'salida', 'log-out', t('admin.endSessions'))}<div class="menu__sep"></div>`}
<a class="menu__item" href="${quotaAddress(row.id)}" hx-get="${quotaAddress(row.id)}" hx-target="#dialog">${icon('hard-drive')}${t('admin.quotaEllipsis')}</a>
${row.paused ? act(row, 'reactivacion', 'play', t('admin.reactivate')) : act(row, 'pausa', 'pause', t('admin.pause'))}
</div></details>`
}

function act({ id }: PersonRow, verb: string, sign: string, word: string, target = `#user-${id}`): Html {
  const action = `/admin/usuarios/${id}/${verb}`
  const swap = target === '#dialog' ? 'innerHTML' : 'outerHTML'
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="${target}" hx-swap="${swap}"><button class="menu__item" type="submit">${icon(sign)}${word}</button></form>`
}

export interface NewPerson {
  usuario?: string
  nombre?: string
  rol?: Role
}

/** The form for a new account: in the dialog with script, a page of its own without. */
export function newPersonForm(
  visitor: Visitor,
  typed: NewPerson = {},
  errors: Readonly<Record<string, string>> = {},
  problem?: Content,
): Html {
  const { t } = visitor
  return html`<form method="post" action="/admin/usuarios" hx-post="/admin/usuarios" hx-target="#dialog">
<div class="dialog__head"><h2 id="dialog-title">${t('admin.addByHand')}</h2>${closeButton(visitor)}</div>
<div class="dialog__body"><div class="fields">${problem ?? ''}
${field({ name: 'nombre', label: t('admin.name'), hint: t('admin.nameHint'), error: errors.nombre, input: { type: 'text', value: typed.nombre ?? '', autofocus: Object.keys(errors).length === 0, required: true, maxlength: 128, autocomplete: 'off' } })}
${field({ name: 'usuario', label: t('admin.username'), hint: t('admin.usernameHint'), error: errors.usuario, input: { type: 'text', value: typed.usuario ?? '', required: true, maxlength: 64, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' } })}
<div class="field"><label class="field__label" for="rol">${t('admin.role')}</label><select class="input" id="rol" name="rol">${[...roles]
    .reverse()
    .map(
      (one) =>
        html`<option value="${one}"${attributes({ selected: one === (typed.rol ?? 'usuario') })}>${t(`shared.role_${one}`)}</option>`,
    )}</select></div>
<p class="card__text">${t('admin.temporaryHint')}</p></div></div>
<div class="dialog__foot">${visitor.partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="/admin/usuarios">${t('shared.cancel')}</a>`}<button class="btn btn--primary" type="submit">${t('admin.addAccount')}</button></div></form>`
}

/** A password that exists in readable form only on this answer. */
export function temporaryPassword(visitor: Visitor, name: string, password: string): Html {
  const { t } = visitor
  return html`<div class="dialog__head"><h2 id="dialog-title" hx-ignore>${t('admin.temporaryOf', { name })}</h2>${closeButton(visitor)}</div>
<div class="dialog__body"><p class="card__text">${t('admin.temporaryOnce')}</p><div class="input-row"><label class="field"><span class="vh">${t('admin.temporaryOf', { name })}</span><input class="input mono" id="temporal" readonly value="${password}"></label><button class="btn needs-script" type="button" data-copy-from="temporal">${icon('copy', { small: true })}${t('shared.copy')}</button></div></div>
<div class="dialog__foot"><a class="btn btn--primary" href="/admin/usuarios">${t('admin.done')}</a></div>`
}

/** What the dialog holds, as a page for browsers without script. */
export function alonePage(visitor: Visitor, heading: string, content: Html): View {
  return adminView(visitor, { section: 'people', heading, body: html`<section class="card">${content}</section>` })
}
