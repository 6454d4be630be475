// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html } from '../../core'
import { icon, type View, type Visitor } from '../../views'
import type { Overview } from '../model'
import { adminView } from './frame'
import { laxText } from './quarantine'
import { record } from './record'

export function overviewPage(visitor: Visitor, overview: Overview, now: number): View {
  const { t } = visitor
  const { free, total } = overview.disk
  const waiting = overview.warnings.length + (overview.pending > 0 ? 1 : 0)
  return adminView(visitor, {
    section: 'summary',
    pending: overview.pending,
    heading: t('admin.title'),
    lead: waiting === 0 ? t('admin.allWell') : t('admin.waiting', { n: waiting }),
    body: html`${waiting > 0 ? toDo(visitor, overview, free) : ''}
<section aria-labelledby="ahora"><h2 class="section__title" id="ahora">${t('admin.now')}</h2><dl class="figures">
${figure(t('admin.peopleOnline', { n: overview.online }), overview.online)}
${figure(t('admin.roomsEphemeral', { n: overview.rooms, ephemeral: t('admin.ephemeralCount', { n: overview.ephemeralRooms }) }), overview.rooms)}
${figure(t('admin.filesSize', { n: overview.files, size: t.format.size(overview.fileBytes) }), overview.files)}
${figure(t('admin.free', { n: t.format.size(total) }), t.format.size(free))}
</dl></section>
<section aria-labelledby="ultimo"><div class="section__head"><h2 class="section__title" id="ultimo">${t('admin.latest')}</h2><a href="/admin/auditoria">${t('audit.see')}</a></div>
${overview.latest.length === 0 ? html`<p class="muted">${t('admin.nothingYet')}</p>` : html`<ol class="audit">${overview.latest.map((entry) => record(visitor, entry, t.format.short(entry.at, now)))}</ol>`}</section>`,
  })
}

function figure(word: string, value: string | number): Html {
  return html`<div><dt>${word}</dt><dd class="num">${value}</dd></div>`
}

function toDo(visitor: Visitor, { warnings, pending, scanner, foreign }: Overview, free: number): Html {
  const { t } = visitor
  const texts = {
    disk: { icon: 'hard-drive', title: t('admin.diskLow', { n: t.format.size(free) }), text: t('admin.diskLowText'), is: 'bad' },
    scanner: {
      icon: 'shield-alert',
      title: scanner.is === 'lax' ? t('admin.scannerLax') : t('admin.scannerSilent'),
      text: scanner.is === 'lax' ? laxText(t, scanner) : t('admin.scannerSilentText'),
      is: 'warn',
    },
    foreign: { icon: 'folder', title: t('admin.foreign', { n: foreign }), text: t('admin.foreignText'), is: 'warn' },
    clock: { icon: 'clock', title: t('admin.clockUntrusted'), text: t('admin.clockUntrustedText'), is: 'warn' },
  } as const
  return html`<section aria-labelledby="pendiente"><h2 class="section__title" id="pendiente">${t('admin.waitingForPerson')}</h2><ul class="list todo-list">${
    pending > 0
      ? html`<li class="todo" data-is="warn"><span class="todo__icon">${icon('shield-alert')}</span><div><h3>${t('admin.filesWait', { n: pending })}</h3><p>${t('admin.filesWaitText')}</p></div><a class="btn btn--sm" href="/admin/cuarentena">${t('admin.review')}</a></li>`
      : ''
  }${warnings.map(
    (warning) =>
      html`<li class="todo" data-is="${texts[warning].is}"><span class="todo__icon">${icon(texts[warning].icon)}</span><div><h3>${texts[warning].title}</h3><p>${texts[warning].text}</p></div><a class="btn btn--sm" href="/admin/sistema">${t('admin.seeSystem')}</a></li>`,
  )}</ul></section>`
}
