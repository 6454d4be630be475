// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html } from '../../core'
import {
  kindOf,
  newsOf,
  pageAddress,
  promisedKind,
  type ReviewGroup,
  type ReviewItem,
  reviewGroups,
  type ScannerReport,
  stateBadge,
  typeSheet,
  type Unfinished,
  whyOf,
} from '../../files'
import { art, field, icon, notice, type View, type Visitor } from '../../views'
import { adminView } from './frame'

export interface QuarantinePage {
  group: ReviewGroup
  items: readonly ReviewItem[]
  counts: Readonly<Record<ReviewGroup, number>>
  /** Uploads that have begun and not ended: they set space aside. */
  unfinished: readonly Unfinished[]
  /** What can still be brought back. */
  trash: { files: number; bytes: number }
  scanner: ScannerReport & { waiting: number; meanTime: number | null; opensUnscanned: boolean }
  now: number
  /** The news the page knows; see `Files.lastStep`. */
  step: number
  problem?: string
}

const words = {
  espera: 'admin.reviewWaiting',
  camino: 'admin.reviewOnTheWay',
  decididos: 'admin.reviewDecided',
  papelera: 'admin.reviewTrash',
} as const

export function quarantineAddress(group: ReviewGroup): string {
  return group === 'espera' ? '/admin/cuarentena' : `/admin/cuarentena?estado=${group}`
}

export function quarantinePage(visitor: Visitor, page: QuarantinePage): View {
  const { t } = visitor
  const { group, items, counts } = page
  const pending = counts.espera
  const here = quarantineAddress(group)
  return adminView(visitor, {
    section: 'quarantine',
    pending,
    heading: t('admin.quarantine'),
    ...(pending > 0 ? { lead: t('admin.filesWait', { n: pending }) } : {}),
    body: html`<div class="cols cols--review" id="quarantine" hx-get="${here}" hx-trigger="files-changed from:body" hx-target="this" hx-select="#quarantine" hx-swap="outerSync">${newsOf(page.step)}
<div class="stack">${page.problem ? notice('bad', page.problem) : ''}${trouble(visitor, page)}
<nav class="chips chips--scroll" aria-label="${t('files.filterByState')}">${reviewGroups.map(
      (name) =>
        html`<a class="chip" href="${quarantineAddress(name)}"${attributes({ 'aria-current': name === group ? 'true' : null })}>${t(words[name])}<span class="chip__n">${counts[name]}</span></a>`,
    )}</nav>${group === 'papelera' ? trashLine(visitor, page.trash) : ''}${group === 'camino' ? underWay(visitor, page) : ''}
${items.length === 0 ? (group === 'camino' && page.unfinished.length > 0 ? '' : emptiness(visitor, group)) : html`<ul class="list reviews" id="review">${items.map((item) => card(visitor, item, page))}</ul>${items.length > 1 ? inBulk(visitor, page) : ''}`}</div>
<div class="stack">${scannerCard(visitor, page.scanner)}<section class="card card--canvas" aria-labelledby="quien-decide"><h2 class="card__title" id="quien-decide">${t('admin.whoDecides')}</h2><p class="card__text">${t('admin.whoDecidesText')}</p></section></div></div>`,
  })
}

/** Who went away in the middle keeps space from everybody until it expires. */
function underWay({ t }: Visitor, { unfinished, now }: QuarantinePage): Content {
  if (unfinished.length === 0) return ''
  const line = ({
    id,
    name,
    owner,
    size,
    offset,
    expires,
  }: Unfinished) => html`<li class="review" id="upload-${id}"><div class="review__head">${typeSheet({ name, type: '' })}<div hx-ignore><h2 class="review__name">${name}</h2><p class="review__meta">${owner.name}</p></div></div>
<div class="stack stack--sm"><p class="review__why">${t('admin.uploadStands', { n: t.format.size(offset), of: t.format.size(size) })}</p><p class="review__meta">${t('admin.uploadEnds', { d: t.format.moment(expires, now) })}</p></div>
<div class="review__foot"><form method="post" action="/admin/cuarentena/subidas/${id}/fin" hx-post="/admin/cuarentena/subidas/${id}/fin"><button class="btn btn--danger" type="submit">${icon('x')}${t('admin.giveUpload')}<span class="vh" hx-ignore> ${name}</span></button></form></div></li>`
  return html`<ul class="list reviews" aria-label="${t('admin.uploadsUnderWay')}">${unfinished.map(line)}</ul>`
}

const trashAddress = '/admin/cuarentena/papelera/vaciado'

/** What lies there is room that somebody may need now. */
function trashLine({ t }: Visitor, { files, bytes }: QuarantinePage['trash']): Content {
  if (files === 0) return ''
  return html`<div class="spread"><p>${t('admin.trashHolds', { n: files, size: t.format.size(bytes) })}</p><a class="btn btn--danger" href="${trashAddress}" hx-get="${trashAddress}" hx-target="#dialog" hx-swap="innerHTML">${icon('eraser')}${t('admin.emptyTrash')}</a></div>`
}

/** The question before the trash is emptied: in the dialog with script, a page of its own without. */
export function emptyTrashForm({ t, partial }: Visitor, { files, bytes }: QuarantinePage['trash']): Html {
  return html`<form method="post" action="${trashAddress}" hx-post="${trashAddress}">
<div class="dialog__head"><h2 id="dialog-title">${t('admin.emptyTrashQuestion')}</h2>${partial ? html`<button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button>` : ''}</div>
<div class="dialog__body"><p>${t('admin.emptyTrashConsequence', { n: files, size: t.format.size(bytes) })}</p></div>
<div class="dialog__foot">${partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="${quarantineAddress('papelera')}">${t('shared.cancel')}</a>`}<button class="btn btn--danger-solid" type="submit">${icon('eraser')}${t('admin.emptyTrashNow')}</button></div></form>`
}

/** Said where it matters: what the antivirus cannot do now, and what to do about it. */
function trouble({ t }: Visitor, { scanner }: QuarantinePage): Content {
  if (scanner.is === 'silent') return notice('warn', t('admin.scannerSilentText'), { title: t('admin.scannerSilent') })
  if (scanner.is === 'starting') return notice('info', t('admin.scannerStarting'))
  return scanner.is === 'lax' ? notice('warn', laxText(t, scanner), { title: t('admin.scannerLax') }) : ''
}

export function laxText(t: Visitor['t'], { missingLines }: ScannerReport): Html {
  return t.rich('admin.scannerLaxText', {
    lines: html`${missingLines.map((line, i) => html`${i > 0 ? ', ' : ''}<code>${line}</code>`)}`,
    file: html`<code>/etc/clamav/clamd.conf</code>`,
  })
}

function emptiness({ t }: Visitor, group: ReviewGroup): Html {
  return group === 'espera'
    ? html`<div class="empty">${art.calm}<h2>${t('admin.nothingWaits')}</h2><p>${t('admin.nothingWaitsText')}</p></div>`
    : html`<div class="empty">${art.calm}<h2>${t('admin.nothingHere')}</h2></div>`
}

function card(
  visitor: Visitor,
  { file, last, excerpt, picture, endsAt, infected }: ReviewItem,
  { group, now, scanner }: QuarantinePage,
): Html {
  const { t } = visitor
  const name = group === 'papelera' ? file.name : html`<a href="${pageAddress(file)}">${file.name}</a>`
  const lines = [
    why(visitor, { file, last }),
    mismatch(visitor, file),
    endsAt === null ? null : t('admin.bytesGo', { d: t.format.moment(endsAt, now) }),
  ].filter((line) => line !== null)
  return html`<li class="review" id="review-${file.id}"><div class="review__head">${typeSheet(file)}<div hx-ignore><h2 class="review__name">${name}</h2><p class="review__meta">${t.format.size(file.size)} · ${file.owner.name} · ${t.format.moment(file.at, now)}</p></div></div>
<div class="stack stack--sm"><div class="cluster">${stateBadge(t, file)}<label class="check"><input type="checkbox" name="id" value="${file.id}" form="varios"><span>${t('admin.pick')}<span class="vh" hx-ignore> ${file.name}</span></span></label></div>
${lines.map((line) => html`<p class="review__why" hx-ignore>${line}</p>`)}
<p class="review__meta">${t(`files.kind_${kindOf(file.type)}`)} · <span class="hash" title="${t('files.fingerprint')}">${file.sha256}</span></p>
${picture ? html`<img class="review__shot" src="/admin/cuarentena/${file.id}/vista" alt="" loading="lazy" width="160">` : ''}${excerpt ? html`<details><summary>${t('admin.excerpt')}</summary><pre class="review__excerpt" tabindex="0" hx-ignore>${excerpt}</pre></details>` : ''}</div>
<div class="review__foot">${actions(visitor, { file, infected }, group, scanner.is !== 'none')}</div></li>`
}

function why({ t }: Visitor, { file, last }: Pick<ReviewItem, 'file' | 'last'>): Content {
  if (file.missing) return t('files.note_missing')
  if (file.state === 'infected') return t.rich('admin.infectedWhy', { virus: html`<code>${file.reason ?? '?'}</code>` })
  const own = whyOf(t, file.reason)
  if (own) return own
  if (file.state === 'released' || file.state === 'rejected') {
    const text = { name: last?.who ?? t('admin.someone'), reason: file.reason ?? '' }
    return file.state === 'released' ? t('admin.releasedBy', text) : t('admin.rejectedBy', text)
  }
  if (file.state === 'deleted' && last?.who) return t('admin.deletedBy', { name: last.who })
  if (file.state === 'unscanned') return t('files.note_unscannedWaits')
  return file.state === 'clean' ? t('files.note_cleanWaits') : null
}

/** A name that promises something else than what the first bytes show. */
function mismatch({ t }: Visitor, { name, type }: ReviewItem['file']): Content {
  const promised = promisedKind(name)
  return promised === null || promised === kindOf(type)
    ? null
    : t('admin.nameLies', { promised: t(`admin.kind_${promised}`), real: t(`admin.kind_${kindOf(type)}`) })
}

function actions(
  visitor: Visitor,
  { file: { id, state, missing }, infected }: Pick<ReviewItem, 'file' | 'infected'>,
  group: ReviewGroup,
  scans: boolean,
): Html {
  const { t } = visitor
  const ask = (verb: string, look: string, sign: string, word: string) =>
    html`<a class="btn ${look}" href="/admin/cuarentena/${id}/${verb}" hx-get="/admin/cuarentena/${id}/${verb}" hx-target="#dialog" hx-swap="innerHTML">${icon(sign)}${word}</a>`
  const act = (verb: string, sign: string, word: string, { download = false, danger = false } = {}) =>
    html`<form method="post" action="/admin/cuarentena/${id}/${verb}"${attributes(download ? { 'data-download': true } : { 'hx-post': `/admin/cuarentena/${id}/${verb}` })}><input type="hidden" name="estado" value="${group}"><button class="btn ${danger ? 'btn--danger' : 'btn--quiet'}" type="submit">${icon(sign)}${word}</button></form>`
  if (group === 'papelera') {
    return html`${act('restauracion', 'archive-restore', t('admin.restore'))}${act('borrado', 'eraser', t('admin.purge'), { danger: true })}`
  }
  const release = ask('liberacion', '', 'lock-open', t('admin.releaseEllipsis'))
  const reject = ask('rechazo', state === 'infected' ? 'btn--danger-solid' : 'btn--danger', 'ban', t('admin.rejectEllipsis'))
  const rescan = scans ? act('analisis', 'rotate-cw', t('admin.scanAgain')) : ''
  const sample = act('muestra', 'package-open', t('admin.takeSample'), { download: true })
  if (state === 'receiving') return html``
  if (missing) return state === 'rejected' ? html`` : reject
  // Nobody has to wait for a scan that takes its time.
  if (state === 'scanning') return html`${release}${reject}`
  if (state === 'infected') return html`${reject}${rescan}${sample}`
  if (state === 'released') return html`${reject}${rescan}`
  if (state === 'rejected')
    return html`${infected ? '' : release}${rescan}${sample}${act('borrado', 'eraser', t('admin.purge'), { danger: true })}`
  return html`${release}${reject}${rescan}${sample}`
}

/** For all that are ticked. The reason is asked here; a scan needs none. */
function inBulk({ t }: Visitor, { group, scanner }: QuarantinePage): Html {
  const button = (value: string, word: string, look = '') =>
    html`<button class="btn ${look}" type="submit" name="que" value="${value}">${word}</button>`
  return html`<form class="card card--canvas" id="varios" method="post" action="/admin/cuarentena/varios" hx-post="/admin/cuarentena/varios"><h2 class="card__title">${t('admin.picked')}</h2><input type="hidden" name="estado" value="${group}">
${group === 'papelera' ? '' : field({ name: 'motivo', id: 'motivo-varios', label: t('admin.fileReason'), hint: t('admin.fileReasonHint'), input: { type: 'text', maxlength: 300, autocomplete: 'off' } })}
<div class="cluster">${group === 'papelera' ? html`${button('restaurar', t('admin.restore'))}${button('borrar', t('admin.purge'), 'btn--danger')}` : html`${button('liberar', t('admin.releaseFiles'))}${button('rechazar', t('admin.rejectFiles'), 'btn--danger')}${scanner.is === 'none' ? '' : button('analizar', t('admin.scanAgain'), 'btn--quiet')}`}</div></form>`
}

function scannerCard({ t }: Visitor, scanner: QuarantinePage['scanner']): Html {
  const fact = (name: string, value: Content) => html`<div><dt>${name}</dt><dd class="num">${value}</dd></div>`
  const [is, word] = scannerVerdict(t, scanner)
  return html`<section class="card" aria-labelledby="av"><div class="spread"><h2 class="card__title" id="av">${t('admin.antivirus')}</h2><span class="verdict" data-is="${is}">${icon({ ok: 'circle-check', warn: 'triangle-alert', na: 'circle-minus' }[is])}${word}</span></div>
${
  scanner.is === 'none'
    ? html`<p class="card__text">${t(scanner.opensUnscanned ? 'admin.antivirusNoneText' : 'admin.antivirusNoneHeld')}</p>`
    : html`<dl class="facts facts--tight">${scanner.version ? fact('ClamAV', scanner.version.replace(/^ClamAV /, '')) : ''}${scanner.signatures ? fact(t('admin.signatures'), scanner.signatures) : ''}${fact(t('admin.inLine'), String(scanner.waiting))}${scanner.meanTime === null ? '' : fact(t('admin.meanTime'), t.format.duration(scanner.meanTime))}</dl>`
}</section>`
}

export function scannerVerdict(t: Visitor['t'], { is }: ScannerReport): readonly ['ok' | 'warn' | 'na', string] {
  if (is === 'ok') return ['ok', t('admin.scannerWorks')]
  if (is === 'none') return ['na', t('admin.notInstalled')]
  return ['warn', is === 'starting' ? t('admin.scannerStartingWord') : t('admin.attention')]
}

export type Decision = 'liberacion' | 'rechazo'

/** The question before a decision: in the dialog with script, a page of its own without. */
export function decisionForm(
  visitor: Visitor,
  { file }: Pick<ReviewItem, 'file'>,
  decision: Decision,
  { motivo = '', error }: { motivo?: string; error?: string } = {},
): Html {
  const { t, partial } = visitor
  const releases = decision === 'liberacion'
  const action = `/admin/cuarentena/${file.id}/${decision}`
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#dialog">
<div class="dialog__head"><h2 id="dialog-title" hx-ignore>${releases ? t('admin.releaseQuestion', { name: file.name }) : t('admin.rejectQuestion', { name: file.name })}</h2>${partial ? html`<button class="btn btn--quiet btn--icon" type="button" data-close>${icon('x')}<span class="vh">${t('shared.close')}</span></button>` : ''}</div>
<div class="dialog__body"><p>${releases ? t('admin.releaseConsequence') : t('admin.rejectConsequence')}</p>
${field({ name: 'motivo', label: t('admin.fileReason'), hint: t('admin.fileReasonHint'), ...(error ? { error } : {}), input: { type: 'text', value: motivo, required: true, autofocus: true, maxlength: 300, autocomplete: 'off' } })}</div>
<div class="dialog__foot">${partial ? html`<button class="btn btn--quiet" type="button" data-close>${t('shared.cancel')}</button>` : html`<a class="btn btn--quiet" href="/admin/cuarentena">${t('shared.cancel')}</a>`}<button class="btn ${releases ? 'btn--primary' : 'btn--danger-solid'}" type="submit">${icon(releases ? 'lock-open' : 'ban')}${releases ? t('admin.releaseFile') : t('admin.rejectAndErase')}</button></div></form>`
}

/** What the dialog holds, for browsers without script. */
export function decisionPage(visitor: Visitor, form: Html): View {
  return adminView(visitor, {
    section: 'quarantine',
    heading: visitor.t('admin.quarantine'),
    body: html`<section class="card">${form}</section>`,
  })
}
