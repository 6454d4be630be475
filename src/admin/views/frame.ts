// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html } from '../../core'
import { icon, type View, type Visitor } from '../../views'

export type AdminSection = 'summary' | 'quarantine' | 'people' | 'rooms' | 'audit' | 'system'

const sections = [
  { name: 'summary', href: '/admin', icon: 'list-checks' },
  { name: 'quarantine', href: '/admin/cuarentena', icon: 'shield-alert' },
  { name: 'people', href: '/admin/usuarios', icon: 'users' },
  { name: 'rooms', href: '/admin/salas', icon: 'messages-square' },
  { name: 'audit', href: '/admin/auditoria', icon: 'scroll-text' },
  { name: 'system', href: '/admin/sistema', icon: 'cpu' },
] as const

interface Page {
  section: AdminSection
  /** Files that wait for a decision, where the page knows. */
  pending?: number
  heading: string
  lead?: Content
  actions?: Content
  body: Content
}

/** The frame of every page of administration: its sections, a heading, the content. Only sections that exist are listed. */
export function adminView({ t }: Visitor, { section, heading, lead, actions, body, pending = 0 }: Page): View {
  const home = section === 'summary'
  return {
    title: heading,
    section: 'admin',
    body: html`<div class="page"><div class="admin${home ? ' admin--home' : ''}">
${home ? '' : html`<nav class="crumbs only-narrow" aria-label="${t('shared.back')}"><a href="/admin">${icon('arrow-left', { small: true })}${t('admin.title')}</a></nav>`}
<nav class="subnav" aria-label="${t('admin.title')}"><ul>${sections.map(
      ({ name, href, icon: sign }) =>
        html`<li${attributes({ class: name === 'summary' ? 'subnav__home' : null })}><a href="${href}"${attributes({ 'aria-current': name === section ? 'page' : null })}>${icon(sign)}<span class="subnav__label">${t(`admin.${name}`)}</span>${name === 'quarantine' && pending > 0 ? html`<span class="badge badge--amber">${pending}<span class="vh"> ${t('admin.pending')}</span></span>` : ''}<span class="subnav__go">${icon('chevron-right')}</span></a></li>`,
    )}</ul></nav>
<div><div class="page-head"><div class="page-head__text"><h1>${heading}</h1>${lead ? html`<p>${lead}</p>` : ''}</div>${actions ? html`<div class="page-head__actions">${actions}</div>` : ''}</div>
<div class="stack stack--lg">${body}</div></div>
</div></div>`,
  }
}

type Is = 'ok' | 'warn' | 'bad' | 'na'
const verdictIcons: Record<Is, string> = { ok: 'circle-check', warn: 'triangle-alert', bad: 'circle-x', na: 'circle-minus' }

/** A card that says how one part of the machine is: word, figure, sentence. */
export function healthCard(
  { t }: Visitor,
  { icon: sign, name, is = 'ok', value, text, bar }: { icon: string; name: string; is?: Is; value: Content; text: Content; bar?: Content },
): Html {
  const verdict = { ok: t('admin.good'), warn: t('admin.attention'), bad: t('admin.bad'), na: t('admin.notInstalled') }[is]
  return html`<section class="health"${attributes({ 'data-is': is === 'ok' || is === 'na' ? null : is })} aria-label="${name}"><h2 class="health__name">${icon(sign, { small: true })}${name}</h2><span class="verdict" data-is="${is}">${icon(verdictIcons[is])}${verdict}</span><p class="health__value">${value}</p>${bar ?? ''}<p class="health__text">${text}</p></section>`
}

export function bar(label: string, percent: number): Html {
  const value = Math.max(0, Math.min(100, Math.round(percent)))
  return html`<progress class="progress" max="100" value="${value}" aria-label="${label}">${value} %</progress>`
}

/** In the dialog alone: a page has its own way back. */
export function closeButton({ t, partial }: Visitor): Html {
  return partial
    ? html`<button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button>`
    : html``
}
