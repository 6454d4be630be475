// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { icon, qr, type Visitor } from '../../views'
import { pageAddress } from '../address'
import { type FileLink, isReadable, type StoredFile } from '../model'
import type { LinkLife } from './links'

type Named = Pick<StoredFile, 'id' | 'name'>

export interface LinksSection {
  list: readonly FileLink[]
  lives: readonly LinkLife[]
  usual: LinkLife
  usesMaximum: number
  /** The link just made, with the address that is shown this once. */
  made?: { id: string; url: string }
}

export function linksSection(
  visitor: Visitor,
  file: StoredFile,
  { list, lives, usual, usesMaximum, made }: LinksSection,
  now: number,
): Html {
  const { t } = visitor
  return html`<section id="enlaces" aria-labelledby="enlaces-t"><div class="section__head"><h2 class="section__title" id="enlaces-t">${t('files.links')}</h2><p>${t('files.linksHint')}</p></div>
${isReadable(file) ? form(visitor, file, { lives, usual, usesMaximum }) : html`<p class="muted">${t('files.noLinkYet')}</p>`}
<ul class="list" id="links">${list.map((link) => linkRow(visitor, file, link, now, { url: link.id === made?.id ? made.url : null }))}</ul></section>`
}

function form(
  { t }: Visitor,
  file: StoredFile,
  { lives, usual, usesMaximum }: Pick<LinksSection, 'lives' | 'usual' | 'usesMaximum'>,
): Html {
  const action = `${pageAddress(file)}/enlaces`
  const optional = html` <span class="field__optional">${t('files.optional')}</span>`
  return html`<form class="card card--canvas stack" method="post" action="${action}#enlaces" hx-post="${action}" hx-target="#links" hx-swap="afterbegin"><div class="fields fields--3"><div class="field"><label class="field__label" for="vence">${t('files.expiresIn')}</label><select class="input" id="vence" name="vence">${lives.map((life) => html`<option value="${life}"${attributes({ selected: life === usual })}>${t(`files.life_${life}`)}</option>`)}</select></div>
<div class="field"><label class="field__label" for="max">${t('files.linkMost')}</label><input class="input" id="max" name="max" type="number" min="1" max="${usesMaximum}" inputmode="numeric" aria-describedby="max-h"><span class="field__hint" id="max-h">${t('files.linkMostHint')}</span></div>
<div class="field"><label class="field__label" for="clave-enlace">${t('files.linkOwnPassword')}${optional}</label><input class="input" id="clave-enlace" name="clave-enlace" type="text" minlength="4" maxlength="128" autocomplete="off" autocapitalize="none" spellcheck="false"></div></div>
<div class="field"><label class="field__label" for="nota">${t('files.linkNote')}${optional}</label><input class="input" id="nota" name="nota" maxlength="200" autocomplete="off" aria-describedby="nota-h"><span class="field__hint" id="nota-h">${t('files.linkNoteHint')}</span></div>
<div class="cluster cluster--end"><button class="btn btn--primary" type="submit">${icon('link')}${t('files.createsLink')}</button></div></form>`
}

interface Row {
  /** The address, while it is shown. */
  url?: string | null
  /** Says which file it leads to: in a list of many. */
  named?: boolean
}

/** One link. Its address is shown when it was just made: only a hash of it is kept. */
export function linkRow(visitor: Visitor, file: Named, link: FileLink, now: number, { url = null, named = false }: Row = {}): Html {
  const { t } = visitor
  return html`<li class="link-row${url ? ' link-row--qr' : ''}" id="link-${link.id}"><div class="stack stack--sm">
${named ? html`<p hx-ignore><a href="${pageAddress(file)}#enlaces">${file.name}</a></p>` : ''}<div class="cluster"><strong>${headline(visitor, link, now)}</strong>${badges(visitor, link)}</div>
${url ? address(visitor, link, url) : ''}
${link.note && isTheirs(visitor, link) ? html`<p hx-ignore>${link.note}</p>` : ''}<p class="muted" hx-ignore><small>${uses(visitor, link, now)}</small></p>
${link.living && isTheirs(visitor, link) ? revoke(visitor, file, link) : ''}
</div>${url ? qr(url, t('files.linkQr'), { small: true }) : ''}</li>`
}

function badges({ t }: Visitor, { living, guarded }: FileLink): Html {
  const is = living
    ? html`<span class="badge badge--accent">${t('files.linkActive')}</span>`
    : html`<span class="badge badge--line">${t('files.linkOver')}</span>`
  return html`${is}${guarded && living ? html`<span class="badge">${icon('key-round')}${t('files.linkGuarded')}</span>` : ''}`
}

function uses({ t }: Visitor, { uses: n, most, maker, at }: FileLink, now: number): string {
  const about = { name: maker.name, d: t.format.moment(at, now) }
  return most === null ? t('files.linkUses', { n, ...about }) : t('files.linkUsesOf', { a: n, n: most, ...about })
}

function headline({ t }: Visitor, { living, ended, expiresAt, uses: n, most }: FileLink, now: number): string {
  if (ended === 'used') return t('files.linkUsedUp', { a: n, n: most ?? n })
  if (living) return t('files.expires', { d: t.format.moment(expiresAt, now) })
  if (ended === 'expired' || ended === null) return t('files.expired', { d: t.format.moment(expiresAt, now) })
  return t(`files.linkWas_${ended}`)
}

function address({ t }: Visitor, { id }: FileLink, url: string): Html {
  return html`<p role="status">${t('files.linkMade')}</p><div class="input-row" hx-ignore><label class="field"><span class="vh">${t('files.link')}</span><input class="input mono" id="url-${id}" readonly value="${url}"></label><button class="btn needs-script" type="button" data-copy-from="url-${id}">${icon('copy')}${t('shared.copy')}</button></div>`
}

/** Who may end it, and read what its maker wrote down for themselves. */
function isTheirs({ viewer }: Visitor, { maker }: FileLink): boolean {
  return viewer?.role === 'administrator' || viewer?.id === maker.id
}

function revoke({ t }: Visitor, file: Named, { id }: FileLink): Html {
  const action = `${pageAddress(file)}/enlaces/${id}`
  return html`<form class="cluster" method="post" action="${action}/revocar" hx-delete="${action}" hx-target="#link-${id}" hx-swap="outerHTML"><button class="btn btn--danger btn--sm" type="submit">${icon('link-2-off', { small: true })}${t('files.revoke')}</button></form>`
}
