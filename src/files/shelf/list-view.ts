// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Content, type Html, html } from '../../core'
import { art, icon, notice, type View, type Visitor } from '../../views'
import { fileAddress, listAddress, nextPage, pageAddress, zipAddress } from '../address'
import { groupNames, isReadable, type Listing, type ListQuery, type Sort, type Space, type StoredFile, stateGroups } from '../model'
import { queue, spaceMeter } from '../uploads/upload-view'
import { attachButton, belongsTo, chooseLink, folderBar, kept, kindFilter, listHead, sendAgain, sheetOf, uploadAddress } from './shelf-view'
import { newsOf, stateBadge } from './view-parts'

/** The sorts of the menu; a column's heading offers one more. */
const menuSorts = ['recientes', 'nombre', 'tamano', 'descargas'] as const

interface ListPage {
  listing: Listing
  space: Space
  /** Bytes of this person, and how many they may be; 0: no bound. */
  own: { used: number; limit: number }
  maxFileBytes: number
  scanning: boolean
  now: number
  problem?: string
}

export function listPage(visitor: Visitor, page: ListPage): View {
  const { t } = visitor
  const { listing } = page
  const uploader = mayUpload(visitor) && listing.query.choosing === null && (listing.place?.member ?? true)
  const head = listHead(visitor, listing)
  const list = html`${filter(visitor, listing.query)}${folderBar(visitor, listing)}${fileList(visitor, listing, page.now)}`
  return {
    title: head.title,
    section: 'files',
    body: html`<div class="page">
${head.back}<div class="page-head"><div class="page-head__text"><h1 hx-ignore>${head.title}</h1>${head.note ? html`<p>${head.note}</p>` : uploader ? fileCount(visitor, listing) : html`<p>${t('files.readerNote')}</p>`}</div>${headActions(visitor, listing, uploader)}</div>
${page.problem ? notice('bad', page.problem) : ''}
${
  uploader
    ? html`<div class="cols cols--files"><div>${dock(visitor)}${list}</div><div class="stack files-side">${queue(visitor, page, listing.query)}${spaceMeter(t, page.space, page.own)}</div></div>`
    : list
}
</div>`,
  }
}

/** Under the heading, outside of what a search replaces: the fragment brings it along. */
export function fileCount({ t }: Visitor, { counts }: Listing, { live = false }: { live?: boolean } = {}): Html {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.deleted
  return html`<p id="files-count"${attributes({ 'hx-swap-oob': live ? 'true' : null })}>${t('files.count', { n: all })}</p>`
}

function headActions(visitor: Visitor, listing: Listing, uploader: boolean): Content {
  const choose = chooseLink(visitor, listing)
  return uploader || choose
    ? html`<div class="page-head__actions">${uploader ? picker(visitor, listing) : ''}${choose}${uploader && !choose ? html`<a class="btn btn--quiet" href="/archivos/enlaces">${icon('link')}${visitor.t('files.links')}</a>` : ''}</div>`
    : ''
}

/** The form works by itself; with script the queue takes what is chosen. */
function picker({ t }: Visitor, listing: Listing): Html {
  return html`<form id="subir" method="post" action="${uploadAddress(listing)}" enctype="multipart/form-data"><label class="btn btn--primary file-pick">${icon('upload')}${t('files.uploadFiles')}<input type="file" name="archivo" multiple></label><noscript><button class="btn" type="submit">${t('files.send')}</button></noscript></form><form id="subir-carpeta" class="needs-script"><label class="btn file-pick">${icon('folder')}${t('files.uploadFolder')}<input type="file" webkitdirectory multiple></label></form>`
}

/** Below 1344 px the queue stands at the end of the page; this leads to it while something is under way. */
function dock({ t }: Visitor): Html {
  return html`<a class="up-dock" id="up-dock" href="#subidas" hidden>${icon('upload')}<span class="up-dock__text"><span data-dock-text></span><progress class="progress" max="100" value="0" aria-label="${t('files.uploadsProgress')}"></progress></span>${icon('chevron-down')}</a>`
}

function filter(visitor: Visitor, query: ListQuery): Html {
  const { t } = visitor
  return html`<div class="files-tools"><form class="files-tools__row" id="buscador" role="search" action="/archivos" hx-get="/archivos" hx-target="#files" hx-swap="outerSync" hx-trigger="input delay:300ms, submit" hx-sync="this:replace" hx-push-url="true">
<div class="input-group">${icon('search')}<label class="vh" for="buscar">${t('files.searchLabel')}</label><input class="input" id="buscar" name="q" type="search" value="${query.q}" placeholder="${t('shelf.searchHint')}" maxlength="200" data-search></div>
<label class="vh" for="orden">${t('files.sort')}</label><select class="input files-sort" id="orden" name="orden">${menuSorts.map((sort) => html`<option value="${sort}"${attributes({ selected: sort === query.sort })}>${t(`files.sort_${sort}`)}</option>`)}</select>${kindFilter(visitor, query)}<noscript><button class="btn" type="submit">${t('shared.search')}</button></noscript>
</form></div>`
}

/**
 * Everything that changes with a search, a filter or a new file; asks for itself again when the house says so. It stays in the page and gets
 * new contents: news that come while an older answer is being put in would be asked for by something that is gone, and lost.
 */
export function fileList(visitor: Visitor, listing: Listing, now: number): Html {
  const { query, files } = listing
  const here = listAddress(query, { shown: query.shown })
  return html`<div id="files" hx-get="${here}" hx-trigger="files-changed from:body" hx-target="this" hx-swap="outerSync" hx-sync="this:replace">${newsOf(listing.step, { waits: waits(listing) })}${kept(query)}${chips(visitor, listing)}${files.length > 0 ? html`${query.choosing === null ? selection(visitor, listing) : ''}<div class="table-box">${table(visitor, listing, now)}</div>${pager(visitor, listing)}` : emptiness(visitor, listing)}</div>`
}

/** Whether a state will change without anybody's doing. */
function waits({ counts }: Listing): boolean {
  return stateGroups.revision.some((state) => counts[state] > 0)
}

function chips({ t }: Visitor, { query, counts }: Listing): Html {
  const count = (group: (typeof groupNames)[number]) => stateGroups[group].reduce((sum, state) => sum + counts[state], 0)
  const all = groupNames.reduce((sum, group) => sum + count(group), 0)
  const shown = groupNames.filter((group) => group !== 'sin-analizar' || count(group) > 0 || query.group === group)
  const chip = (group: (typeof groupNames)[number] | null, n: number) => {
    const href = listAddress(query, { group })
    return html`<a class="chip" href="${href}"${attributes({ 'aria-current': group === query.group ? 'true' : null })} hx-get="${href}" hx-target="#files" hx-swap="outerSync" hx-push-url="true">${t(`files.group_${group ?? 'todos'}`)}<span class="chip__n">${n}</span></a>`
  }
  return html`<div class="files-tools"><nav class="chips chips--scroll" aria-label="${t('files.filterByState')}">${chip(null, all)}${shown.map((group) => chip(group, count(group)))}</nav></div>`
}

function table(visitor: Visitor, listing: Listing, now: number): Html {
  const { t } = visitor
  const { files, query } = listing
  return html`<table class="table" role="table"><caption class="vh">${t('files.title')}</caption>
<thead role="rowgroup"><tr role="row">${heading(visitor, query, 'nombre', 'files.name')}${heading(visitor, query, 'estado', 'files.state')}${heading(visitor, query, 'tamano', 'files.size', 'end')}${heading(visitor, query, 'recientes', 'files.uploadedBy')}<th role="columnheader" scope="col"><span class="vh">${t('shared.actions')}</span></th></tr></thead>
<tbody role="rowgroup">${files.map((file) => fileRow(visitor, file, listing, now))}</tbody></table>`
}

function heading(
  { t }: Visitor,
  query: ListQuery,
  sort: Sort,
  word: 'files.name' | 'files.state' | 'files.size' | 'files.uploadedBy',
  look = '',
): Html {
  const href = listAddress(query, { sort })
  const down = sort === 'tamano' || sort === 'recientes'
  const active = sort === query.sort
  return html`<th role="columnheader" scope="col"${attributes({ class: look || null, 'aria-sort': active ? (down ? 'descending' : 'ascending') : null })}><a class="sort" href="${href}" hx-get="${href}" hx-target="#files" hx-swap="outerSync" hx-push-url="true">${t(word)}${active ? icon(down ? 'arrow-down' : 'arrow-up', { small: true }) : ''}</a></th>`
}

function fileRow(visitor: Visitor, file: StoredFile, listing: Listing, now: number): Html {
  const { t } = visitor
  return html`<tr role="row" id="row-${file.id}">
<td role="cell" class="cell-lead" hx-ignore><div class="cell-file${listing.query.choosing === null ? ' cell-file--pick' : ''}">${listing.query.choosing !== null ? '' : isReadable(file) ? pick(t, file) : html`<span></span>`}${sheetOf(file)}<div><a href="${pageAddress(file)}">${file.name}</a><p class="cell-file__sub">${belongsTo(visitor, file, listing)}<span class="hash" title="${t('files.fingerprint')}">${file.sha256.slice(0, 4)}…${file.sha256.slice(-4)}</span></p></div></div></td>
<td role="cell">${stateBadge(t, file)}</td>
<td role="cell" class="end num">${t.format.size(file.size)}</td>
<td role="cell" hx-ignore><span class="who__text who__text--inline"><span>${file.owner.name}</span><span class="who__sub">${t.format.moment(file.at, now)}</span></span></td>
<td role="cell" class="cell-actions"><div class="cluster">${
    listing.query.choosing !== null
      ? attachButton(visitor, file, listing)
      : isReadable(file)
        ? html`<a class="btn btn--quiet btn--icon btn--sm" href="${fileAddress(file)}" download title="${t('files.download')}">${icon('download')}<span class="vh">${t('files.downloadOf', { name: file.name })}</span></a>`
        : ''
  }${listing.query.choosing === null ? menu(visitor, file, listing) : ''}</div></td>
</tr>`
}

/** Boxes of a form that stands elsewhere: rows hold forms of their own. */
function pick(t: Visitor['t'], { id, name }: StoredFile): Html {
  return html`<label class="check pick"><input type="checkbox" name="id" value="${id}" form="seleccion"><span class="vh">${t('files.selectFile', { name })}</span></label>`
}

/** Takes away what is marked below; without script the button is always there. */
function selection({ t }: Visitor, { files, query }: Listing): Html {
  if (!files.some(isReadable)) return html``
  return html`<form class="selection" id="seleccion" action="/archivos/zip" data-download><label class="check pick--all needs-script"><input type="checkbox" data-select-all><span class="check__text">${t('files.selectAll')}</span></label><span class="muted num needs-script" data-selected aria-live="polite"></span><button class="btn btn--sm" id="zip-marcado" type="submit">${icon('download', { small: true })}${t('files.zipSelected')}</button>${query.folder || query.room ? html`<a class="btn btn--sm" href="${zipAddress(query)}" download hx-boost="false">${icon('folder', { small: true })}${t('files.zipAll')}</a>` : ''}</form>`
}

function menu(visitor: Visitor, file: StoredFile, listing: Listing): Html {
  const { t, viewer } = visitor
  const words = t('files.actionsFor', { name: file.name })
  const sharing = viewer?.role !== 'usuario' && isReadable(file)
  return html`<details class="menu" name="menu"><summary class="btn btn--quiet btn--icon btn--sm" title="${words}">${icon('ellipsis')}<span class="vh">${words}</span></summary><div class="menu__panel"><a class="menu__item" href="${pageAddress(file)}">${icon('info')}${t('files.details')}</a>${sharing ? html`<a class="menu__item" href="${pageAddress(file)}#enlaces">${icon('link')}${t('files.createLink')}</a>` : ''}${sendAgain(visitor, file, listing)}<button class="menu__item needs-script" type="button" data-copy="${file.sha256}">${icon('hash')}${t('files.copyFingerprint')}</button>${
    viewer?.role === 'administrator'
      ? html`<div class="menu__sep"></div><form method="post" action="${pageAddress(file)}/eliminar" hx-delete="${fileAddress(file)}" hx-target="#row-${file.id}" hx-swap="delete"${deleteQuestion(t, file)}><button class="menu__item menu__item--danger" type="submit">${icon('trash-2')}${t('files.deleteEllipsis')}</button></form>`
      : ''
  }</div></details>`
}

/** Asked by the script before anything is sent; without it the button deletes at once. */
export function deleteQuestion(t: Visitor['t'], { name }: StoredFile): Html {
  return attributes({
    'data-confirm': t('files.deleteQuestion', { name }),
    'data-confirm-text': t('files.deleteConsequence'),
    'data-confirm-yes': t('files.deleteYes'),
    'data-confirm-danger': true,
  })
}

function pager({ t }: Visitor, { query, files, total }: Listing): Html {
  const href = listAddress(query, nextPage(query))
  return html`<div class="pager"><span>${t('files.range', { a: 1, b: files.length, n: total })}</span>${files.length < total ? html`<a class="btn btn--sm" id="more-files" href="${href}" hx-get="${href}" hx-target="#files" hx-swap="outerSync show:none" hx-push-url="true">${t('files.more')}</a>` : ''}</div>`
}

function emptiness(visitor: Visitor, { query, place }: Listing): Content {
  const { t } = visitor
  const way = html`<div class="cluster"><a class="btn" href="/archivos">${t('files.seeAll')}</a></div>`
  if (query.q)
    return html`<div class="empty" hx-ignore>${art.noFiles}<h2>${t('files.nothingTitle', { q: query.q })}</h2><p>${t('files.nothing')}</p>${way}</div>`
  if (query.group || query.kind) return html`<div class="empty">${art.noFiles}<h2>${t('files.nothingInState')}</h2>${way}</div>`
  if (query.folder)
    return html`<div class="empty">${art.noFiles}<h2>${t('shelf.folderEmpty')}</h2><p>${t('shelf.folderEmptyText')}</p></div>`
  if (place && query.room)
    return html`<div class="empty">${art.noFiles}<h2>${t('shelf.emptyRoom')}</h2><p>${t('shelf.emptyRoomText')}</p></div>`
  return html`<div class="empty">${art.noFiles}<h2>${t('files.emptyTitle')}</h2><p>${mayUpload(visitor) ? t('files.emptyUploader') : t('files.emptyReader')}</p></div>`
}

export function mayUpload({ viewer }: Visitor): boolean {
  return viewer !== null && viewer.role !== 'usuario'
}
