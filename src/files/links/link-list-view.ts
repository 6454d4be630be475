// SPDX-License-Identifier: GPL-3.0-or-later
import { html } from '../../core'
import { art, icon, type View, type Visitor } from '../../views'
import type { FileLink } from '../model'
import { linkRow } from './link-view'

interface Living {
  link: FileLink
  file: { id: string; name: string }
}

/** Every link that works now: for administrators all of them, for others their own. */
export function linksPage(visitor: Visitor, living: readonly Living[], now: number): View {
  const { t, viewer } = visitor
  const lead = viewer?.role === 'administrator' ? t('files.linksOfAll') : t('files.linksOfMine')
  return {
    title: t('files.links'),
    section: 'files',
    body: html`<div class="page">
<nav class="crumbs" aria-label="${t('shared.back')}"><a href="/archivos">${icon('arrow-left', { small: true })}${t('files.title')}</a></nav>
<div class="page-head"><div class="page-head__text"><h1>${t('files.links')}</h1><p>${lead}</p></div></div>
${
  living.length > 0
    ? html`<ul class="list" id="links">${living.map(({ link, file }) => linkRow(visitor, file, link, now, { named: true }))}</ul>`
    : html`<div class="empty">${art.noFiles}<h2>${t('files.noLinks')}</h2><p>${t('files.noLinksHint')}</p></div>`
}
</div>`,
  }
}
