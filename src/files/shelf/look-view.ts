// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the page of a file shows beside its facts: the file itself, who took it, where it lies and until when.
import { attributes, type Content, type Html, html } from '../../core'
import { avatar, icon, type Visitor } from '../../views'
import { fileAddress, pageAddress } from '../address'
import type { Receipt } from '../downloads/receipts'
import type { Folder, StoredFile } from '../model'
import { fileLifeNames } from './expiry'
import type { Preview } from './preview'
import type { FileRoom } from './sight'

export interface Look {
  preview: Preview | null
  takings: { latest: readonly Receipt[]; total: number } | null
  room: FileRoom | null
  folders: readonly Folder[]
  /** Whether there is an antivirus that could be asked. */
  scans: boolean
}

/** A text is text in this page; everything else comes from the file's own address, which allows it to do nothing. */
export function previewSection({ t }: Visitor, file: StoredFile, preview: Preview | null): Content {
  if (!preview) return ''
  const head = html`<div class="section__head"><h2 class="section__title" id="vista">${t('shelf.preview')}</h2></div>`
  return html`<section aria-labelledby="vista" hx-ignore>${head}${shown(t, file, preview)}</section>`
}

function shown(t: Visitor['t'], file: StoredFile, preview: Preview): Html {
  const src = `${fileAddress(file)}?ver`
  const label = t('shelf.previewOf', { name: file.name })
  switch (preview.is) {
    case 'text':
      return html`<pre class="preview preview--text" tabindex="0" role="region" aria-label="${label}">${preview.text}</pre>${preview.more ? html`<p class="field__hint">${t('shelf.previewMore', { a: t.format.size(Buffer.byteLength(preview.text)), b: t.format.size(file.size) })}</p>` : ''}`
    case 'image':
      return html`<img class="preview" src="${src}" alt="${label}" decoding="async">`
    case 'audio':
      return html`<audio class="preview preview--audio" controls preload="metadata" src="${src}" aria-label="${label}"></audio>`
    case 'video':
      return html`<video class="preview" controls preload="metadata" src="${src}" aria-label="${label}"></video>`
  }
}

/** For whoever brought the file and for administrators. */
export function takingsCard({ t, viewer }: Visitor, takings: Look['takings'], now: number): Content {
  if (!takings) return ''
  const { latest, total } = takings
  const more = total - latest.length
  return html`<section class="card" aria-labelledby="quien"><h2 class="card__title" id="quien">${t('shelf.whoTook')}</h2>${latest.length === 0 ? html`<p class="card__text">${t('shelf.nobodyYet')}</p>` : html`<ul class="stack stack--sm" hx-ignore>${latest.map((receipt) => html`<li>${taking(t, receipt, now)}</li>`)}</ul>`}${more > 0 ? html`<p class="card__text">${t('shelf.moreTook', { n: more })}</p>` : ''}${viewer?.role === 'administrator' ? html`<a class="btn btn--quiet btn--sm btn--flush" href="/admin/auditoria?accion=archivos&amp;periodo=todo">${t('shelf.seeAudit')}</a>` : ''}</section>`
}

function taking(t: Visitor['t'], { who, whoId, from, at, times }: Receipt, now: number): Html {
  const d = t.format.moment(at, now)
  if (who !== null && whoId !== null) {
    return html`<span class="who">${avatar({ id: whoId, name: who }, 'sm')}<span class="who__text"><span class="who__name">${who}</span><span class="who__sub">${t('shelf.took', { d, n: times })}</span></span></span>`
  }
  const sub = from === null ? t('shelf.took', { d, n: times }) : t('shelf.tookFrom', { ip: from, d, n: times })
  return html`<span class="who"><span class="avatar avatar--sm" data-tone="1" aria-hidden="true">${icon('link', { small: true })}</span><span class="who__text"><span class="who__name">${t('shelf.byLink')}</span><span class="who__sub">${sub}</span></span></span>`
}

/** For whoever brought the file and for administrators: its folder and its end. */
export function placeForms(visitor: Visitor, file: StoredFile, folders: readonly Folder[], now: number): Content {
  const { viewer } = visitor
  const mayChange = viewer !== null && viewer.role !== 'usuario' && (viewer.role === 'administrator' || viewer.id === file.owner.id)
  if (!mayChange) return ''
  return html`<div class="card stack">${file.room === null && folders.length > 0 ? folderForm(visitor, file, folders) : ''}${endForm(visitor, file, now)}</div>`
}

function folderForm({ t }: Visitor, file: StoredFile, folders: readonly Folder[]): Html {
  const option = (id: string, word: string) =>
    html`<option value="${id}"${attributes({ selected: id === (file.folder ?? '') })}>${word}</option>`
  return html`<form method="post" action="${pageAddress(file)}/carpeta"><div class="field"><label class="field__label" for="carpeta">${t('shelf.folder')}</label><div class="input-row"><select class="input" id="carpeta" name="carpeta" hx-ignore>${option('', t('shelf.noFolder'))}${folders.map(({ id, name }) => option(id, name))}</select><button class="btn" type="submit">${t('shelf.putInto')}</button></div></div></form>`
}

function endForm({ t }: Visitor, file: StoredFile, now: number): Html {
  return html`<form method="post" action="${pageAddress(file)}/vencimiento"><div class="field"><label class="field__label" for="vencimiento">${t('shelf.endsWhen')}</label><div class="input-row"><select class="input" id="vencimiento" name="vence" aria-describedby="vencimiento-h">${file.endsAt === null ? '' : html`<option value="" selected>${t.format.moment(file.endsAt, now)}</option>`}${fileLifeNames.map((life) => html`<option value="${life}">${t(`shelf.life_${life}`)}</option>`)}</select><button class="btn" type="submit">${t('shelf.setEnd')}</button></div><span class="field__hint" id="vencimiento-h">${t('shelf.endHint')}</span></div></form>`
}
