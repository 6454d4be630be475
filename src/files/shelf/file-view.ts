// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html } from '../../core'
import { avatar, icon, notice, type View, type Visitor } from '../../views'
import { fileAddress, pageAddress } from '../address'
import { kindOf } from '../kinds'
import { type LinksSection, linksSection } from '../links/link-view'
import { type FileState, type FileStep, isReadable, type StoredFile, stateGroups } from '../model'
import { deleteQuestion } from './list-view'
import { type Look, placeForms, previewSection, takingsCard } from './look-view'
import { newsOf, stateBadge, stateIcons, stateNote, typeSheet, whyOf } from './view-parts'

interface FilePage {
  file: StoredFile
  steps: readonly FileStep[]
  /** Null for those who may not share. */
  links: LinksSection | null
  look: Look
  now: number
  problem?: string
  /** See `Files.lastStep`. */
  step?: number
}

export function filePage(visitor: Visitor, { file, steps, links, look, now, problem, step = 0 }: FilePage): View {
  const { t } = visitor
  // Of a page that may have a new link in it, or half a form, only the head comes anew: the link is shown once.
  const waits = (stateGroups.revision as readonly string[]).includes(file.state) && !isReadable(file)
  return {
    title: file.name,
    section: 'files',
    body: html`<div class="page" id="file-page"${waits ? attributes({ 'hx-get': `${pageAddress(file)}?vivo`, 'hx-trigger': 'files-changed from:body', 'hx-target': 'this', 'hx-select': '#file-page', 'hx-swap': 'outerSync' }) : ''}>${waits ? newsOf(step) : ''}
<nav class="crumbs" aria-label="${t('shared.back')}"><a href="/archivos">${icon('arrow-left', { small: true })}${t('files.title')}</a></nav>
${problem ? notice('bad', problem) : ''}
<div class="cols cols--aside">
<div class="stack stack--lg">${head(visitor, file, waits ? null : step, look)}${facts(visitor, file, look, now)}${previewSection(visitor, file, look.preview)}${fingerprint(visitor, file)}${links ? linksSection(visitor, file, links, now) : ''}</div>
<div class="stack"><section class="card" aria-labelledby="camino"><h2 class="card__title" id="camino">${t('files.path')}</h2><ol class="steps">${steps.map((step) => timelineStep(visitor, step, now, file.open))}</ol></section>${takingsCard(visitor, look.takings, now)}${placeForms(visitor, file, look.folders, now)}</div>
</div>
</div>`,
  }
}

/** `step`: it asks for itself; null: the whole page does. */
function head(visitor: Visitor, file: StoredFile, step: number | null, look: Look): Html {
  const { t, viewer } = visitor
  const note = stateNote(t, file)
  const readable = isReadable(file)
  const live =
    step === null
      ? null
      : {
          'hx-get': `${pageAddress(file)}?vivo`,
          'hx-trigger': 'files-changed from:body',
          'hx-target': 'this',
          'hx-select': '#file-head',
          'hx-swap': 'outerSync',
        }
  return html`<div class="fileview" id="file-head"${live ? attributes(live) : ''}>${step === null ? '' : newsOf(step, { waits: false })}${typeSheet(file, 'lg')}<div><h1 hx-ignore>${file.name}</h1><div class="cluster cluster--wide">${stateBadge(t, file)}<span class="muted num">${t.format.size(file.size)}</span></div>${note ? html`<p class="muted" hx-ignore>${note}</p>` : ''}</div>
<div class="fileview__acts">${readable ? html`<a class="btn btn--primary" href="${fileAddress(file)}" download>${icon('download')}${t('files.download')}</a>` : ''}${readable && viewer?.role !== 'usuario' ? html`<a class="btn" href="#enlaces">${icon('link')}${t('files.createLink')}</a>` : ''}${
    viewer?.role === 'administrator'
      ? html`${decisions(visitor, file, look)}<form method="post" action="${pageAddress(file)}/eliminar"${deleteQuestion(t, file)}><button class="btn btn--danger" type="submit">${icon('trash-2')}${t('files.delete')}</button></form>`
      : ''
  }</div></div>`
}

const underWay: readonly FileState[] = stateGroups.revision

/** What was rejected, perhaps because of what was found in it, is decided about in the review alone. */
const releasable: ReadonlySet<FileState> = new Set(['quarantined', 'scanning', 'clean', 'unscanned', 'unscannable'])

/** What administrators decide where they see the file; what waits for them is gathered in the review as well. */
function decisions({ t }: Visitor, file: StoredFile, { scans }: Look): Content {
  const { id, state, missing } = file
  const review = `/admin/cuarentena/${id}`
  const word = state === 'unscanned' ? t('files.scan') : t('files.scanAgain')
  const scan = html`<form method="post" action="${review}/analisis"><input type="hidden" name="estado" value="camino"><button class="btn" type="submit">${icon('scan-search')}${word}</button></form>`
  const reject = html`<a class="btn btn--danger" href="${review}/rechazo">${icon('ban')}${t('files.rejectEllipsis')}</a>`
  const release = html`<a class="btn" href="${review}/liberacion">${icon('lock-open')}${t('files.releaseEllipsis')}</a>`
  const waits = !missing && !isReadable(file) && releasable.has(state)
  return html`${waits ? release : ''}${scans && !missing && !underWay.includes(state) ? scan : ''}${state === 'receiving' || state === 'rejected' ? '' : reject}`
}

function facts({ t }: Visitor, file: StoredFile, { room, folders }: Look, now: number): Html {
  const fact = (name: string, value: Html | string, look = '') =>
    html`<div><dt>${name}</dt><dd${attributes({ class: look || null })}>${value}</dd></div>`
  const folder = folders.find(({ id }) => id === file.folder)
  const who = html`<span class="who" hx-ignore>${avatar(file.owner, 'sm')}<span class="who__text"><span class="who__name">${file.owner.name}</span></span></span>`
  return html`<dl class="facts">${fact(t('files.uploadedBy'), who)}${fact(t('files.when'), t.format.moment(file.at, now))}${fact(t('files.type'), t(`files.kind_${kindOf(file.type)}`))}${fact(t('files.downloads'), t.format.number(file.downloads), 'num')}${fact(t('files.deletedOn'), file.endsAt === null ? t('files.never') : t.format.moment(file.endsAt, now))}${file.room === null ? '' : fact(t('shelf.ofRoom'), html`<span hx-ignore>${room?.name ?? t('shelf.roomGone')}</span>`)}${folder ? fact(t('shelf.folder'), html`<span hx-ignore>${folder.name}</span>`) : ''}</dl>`
}

/** In groups of 16, as people compare them; the copied text has no spaces. */
function fingerprint({ t }: Visitor, { sha256, name }: StoredFile): Html {
  return html`<section aria-labelledby="huella"><div class="section__head"><h2 class="section__title" id="huella">${t('files.fingerprint')}</h2><div class="cluster needs-script"><button class="btn btn--quiet btn--sm" type="button" data-copy="${sha256}">${icon('copy', { small: true })}${t('shared.copy')}</button><button class="btn btn--quiet btn--sm" type="button" data-copy="${checkLine(sha256, name)}">${icon('copy', { small: true })}${t('files.copyCheckLine')}</button></div></div><code class="hash-box">${sha256.replace(/(.{16})(?!$)/g, '$1 ')}</code><p class="field__hint">${t('files.fingerprintHint')}</p><details class="fold"><summary class="btn btn--quiet btn--sm btn--flush">${icon('hash', { small: true })}${t('shelf.checkLine')}</summary><code class="hash-box" hx-ignore>${checkLine(sha256, name)}</code></details></section>`
}

/** The name stands in quotes of the shell, so that no name can become a command. */
function checkLine(sha256: string, name: string): string {
  return `printf '%s  %s\\n' ${sha256} '${name.replaceAll("'", "'\\''")}' | sha256sum -c`
}

function timelineStep({ t }: Visitor, { state, at, who, note }: FileStep, now: number, open: boolean): Html {
  const time = t.format.moment(at, now)
  const title = state === 'receiving' ? t('files.step_receiving') : t(`files.state_${state}`)
  const readable = open && (state === 'clean' || state === 'released' || state === 'unscanned')
  const text =
    state === 'receiving'
      ? t('files.receivedComplete', { t: time })
      : who
        ? t('files.byWhom', { t: time, name: who })
        : readable
          ? t('files.canBeDownloaded', { t: time })
          : time
  const said = note === null ? null : (whyOf(t, note) ?? note)
  return html`<li class="step" data-is="done"><span class="step__dot">${icon(state === 'receiving' ? 'upload' : stateIcons[state])}</span><div hx-ignore><p class="step__title">${title}</p><p class="step__text">${text}</p>${said ? html`<p class="step__text">${said}</p>` : ''}</div></li>`
}
