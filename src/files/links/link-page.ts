// SPDX-License-Identifier: GPL-3.0-or-later
import { html, type Refusal } from '../../core'
import { icon, notice, passwordField, sentence, type View, type Visitor } from '../../views'
import type { StoredFile } from '../model'
import { stateBadge, typeSheet } from '../shelf/view-parts'
import type { LinkRow } from './links'

interface LinkPage {
  file: StoredFile
  link: LinkRow
  now: number
  refusal?: Refusal
}

/** What somebody sees who has a link with a password: what it leads to, and one field. */
export function linkPage(visitor: Visitor, { file, link, now, refusal }: LinkPage): View {
  const { t } = visitor
  const wrong = refusal?.code === 'invalid' ? sentence(visitor, refusal) : null
  const ends = t('files.expires', { d: t.format.moment(link.expires_at, now) })
  const left = link.most === null ? '' : ` ${t('files.linkLeft', { n: Math.max(0, link.most - link.uses) })}`
  return {
    title: file.name,
    shell: 'door',
    body: html`<form class="front__form" method="post" data-download>
<div hx-ignore><p class="muted">${t('files.sharesThis', { name: link.maker_name })}</p></div>
<div class="fileview">${typeSheet(file, 'lg')}<div><h1 hx-ignore>${file.name}</h1><div class="cluster cluster--wide">${stateBadge(t, file)}<span class="muted num">${t.format.size(file.size)}</span></div></div></div>
${refusal && wrong === null ? notice('bad', sentence(visitor, refusal)) : ''}
${passwordField(t, { name: 'clave-descarga', label: t('files.linkPassword'), hint: t('files.linkPasswordHint'), ...(wrong ? { error: wrong } : {}), input: { autocomplete: 'off', required: true, autofocus: true } })}
<button class="btn btn--primary btn--wide" type="submit">${icon('download')}${t('files.download')}</button>
<p class="muted"><small>${ends}.${left}</small></p>
</form>
<div class="front__foot"><p class="plain">${icon('hash', { small: true })}<span>SHA-256 <span class="hash">${file.sha256.slice(0, 16)}…${file.sha256.slice(-8)}</span></span></p></div>`,
  }
}
