// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands around the list of files: its folders, and whose files it shows.
import { attributes, type Content, type Html, html } from '../../core'
import { icon, type Visitor } from '../../views'
import { listAddress } from '../address'
import { isPicture, kindNames } from '../kinds'
import { type Folder, type Listing, type ListQuery, mayBeDrawn, type StoredFile } from '../model'
import { typeSheet } from './view-parts'

/** Title and way back of a list, by whose files it shows. */
export function listHead({ t }: Visitor, { query, place }: Listing): { title: string; note: string | null; back: Html | null } {
  if (!place) return { title: t('files.title'), note: null, back: null }
  const href = place.member ? `/salas/${place.code}` : '/archivos'
  const word = place.member ? t('shelf.backToRoom', { room: place.name }) : t('files.title')
  const back = html`<nav class="crumbs" aria-label="${t('shared.back')}" hx-ignore><a href="${href}">${icon('arrow-left', { small: true })}${word}</a></nav>`
  return query.choosing === null
    ? { title: t('shelf.roomFiles', { room: place.name }), note: t('shelf.roomNote'), back }
    : { title: t('shelf.chooseTitle', { room: place.name }), note: t('shelf.chooseNote'), back }
}

/** Beside the search: one kind alone. */
export function kindFilter({ t }: Visitor, query: ListQuery): Html {
  return html`<label class="vh" for="tipo">${t('shelf.filterByType')}</label><select class="input files-sort" id="tipo" name="tipo"><option value="">${t('shelf.type_todos')}</option>${kindNames.map((kind) => html`<option value="${kind}"${attributes({ selected: kind === query.kind })}>${t(`shelf.type_${kind}`)}</option>`)}</select>`
}

/** What the address says beside the words of the search, so that a search stays where it is. */
export function kept({ group, folder, room, choosing }: ListQuery): Html {
  const field = (name: string, value: string | null) =>
    value ? html`<input type="hidden" name="${name}" value="${value}" form="buscador">` : ''
  return html`${field('estado', group)}${field('carpeta', folder)}${field('sala', room)}${field('para', choosing)}`
}

/** The folders of the general drop; nothing where there are none and nobody here may make one. */
export function folderBar(visitor: Visitor, { query, folders }: Listing): Content {
  const { t, viewer } = visitor
  const makes = viewer !== null && viewer.role !== 'usuario' && query.choosing === null
  if (query.room !== null || (folders.length === 0 && !makes)) return ''
  const chosen = folders.find(({ id }) => id === query.folder) ?? null
  const chip = (id: string | null, word: string, n: number | null) => {
    const href = listAddress(query, { folder: id })
    return html`<a class="chip" href="${href}"${attributes({ 'aria-current': id === query.folder ? 'true' : null })}>${id === null ? '' : icon('folder', { small: true })}${word}${n === null ? '' : html`<span class="chip__n">${n}</span>`}</a>`
  }
  const bar =
    folders.length === 0
      ? ''
      : html`<nav class="chips chips--scroll" aria-label="${t('shelf.folders')}" hx-ignore>${chip(null, t('shelf.allFolders'), null)}${[...(chosen ? [chosen] : []), ...folders.filter((folder) => folder !== chosen)].map(({ id, name, files }) => chip(id, name, files))}</nav>`
  const tools = [
    makes && !chosen ? maker(visitor) : '',
    makes && chosen && mayChange(visitor, chosen) ? changer(visitor, chosen) : '',
  ].filter((tool) => tool !== '')
  return html`<div class="files-tools folders">${bar}${tools.length > 0 ? html`<div class="cluster">${tools}</div>` : ''}</div>`
}

function mayChange({ viewer }: Visitor, { maker }: Folder): boolean {
  return viewer?.role === 'administrator' || viewer?.id === maker.id
}

function maker({ t }: Visitor): Html {
  return html`<details class="fold"><summary class="btn btn--quiet btn--sm">${icon('folder', { small: true })}${t('shelf.newFolder')}</summary><form class="card card--canvas stack stack--sm" method="post" action="/archivos/carpetas">${nameField(t, 'carpeta-nueva', '')}<div class="cluster"><button class="btn btn--primary" type="submit">${t('shelf.createFolder')}</button></div></form></details>`
}

function changer({ t }: Visitor, { id, name }: Folder): Html {
  const action = `/archivos/carpetas/${id}`
  const question = attributes({
    'data-confirm': t('shelf.removeFolderQuestion', { name }),
    'data-confirm-text': t('shelf.removeFolderText'),
    'data-confirm-yes': t('shelf.removeFolder'),
    'data-confirm-danger': true,
  })
  return html`<details class="fold"><summary class="btn btn--quiet btn--sm">${icon('pencil', { small: true })}${t('shelf.folderOptions')}</summary><div class="card card--canvas stack stack--sm"><form class="stack stack--sm" method="post" action="${action}/nombre">${nameField(t, 'carpeta-nombre', name)}<div class="cluster"><button class="btn" type="submit">${t('shelf.renameFolder')}</button></div></form><form method="post" action="${action}/eliminar"${question}><button class="btn btn--danger btn--sm" type="submit">${icon('trash-2', { small: true })}${t('shelf.removeFolder')}</button></form></div></details>`
}

function nameField(t: Visitor['t'], id: string, value: string): Html {
  return html`<div class="field"><label class="field__label" for="${id}">${t('shelf.folderName')}</label><input class="input" id="${id}" name="nombre" value="${value}" maxlength="60" required autocomplete="off"></div>`
}

/** Before a name: the picture itself where one may be drawn, over the sheet that stands for it until it is there. */
export function sheetOf(file: StoredFile): Html {
  const sheet = typeSheet(file, 'sm')
  if (!mayBeDrawn(file) || !isPicture(file.type)) return sheet
  return html`<span class="thumb">${sheet}<img src="/miniaturas/${file.id}" alt="" loading="lazy" decoding="async"></span>`
}

/** Under a name: where it belongs. */
export function belongsTo({ t }: Visitor, file: StoredFile, { query, rooms, folders }: Listing): Content {
  if (file.room !== null && query.room === null) {
    const room = rooms.get(file.room)
    return place('messages-square', room?.name ?? t('shelf.roomGone'))
  }
  if (file.room === null && query.room !== null) return place('folder', t('shelf.ofEverybody'))
  const folder = query.folder === null ? folders.find(({ id }) => id === file.folder) : undefined
  return folder ? place('folder', folder.name) : ''
}

function place(sign: string, name: string): Html {
  return html`<span class="cell-file__place">${icon(sign, { small: true })}${name}</span>`
}

/** From the list of a room to all that can be sent to it. */
export function chooseLink({ t }: Visitor, { query, place: room }: Listing): Content {
  if (!room?.member || query.room === null) return ''
  return html`<a class="btn" href="/archivos?para=${room.code}">${icon('paperclip')}${t('shelf.chooseFromFiles')}</a>`
}

/** Sends a message that carries the file; the same form with and without script. */
export function attachButton({ t }: Visitor, file: StoredFile, { query, place }: Listing): Content {
  if (!place?.member || query.choosing === null) return ''
  return html`<form method="post" action="/salas/${place.code}/mensajes"><input type="hidden" name="texto" value=""><input type="hidden" name="archivo" value="${file.id}"><button class="btn btn--sm" type="submit">${icon('paperclip', { small: true })}${t('shelf.attach')}<span class="vh" hx-ignore> ${file.name}</span></button></form>`
}

/** The same in the menu of a file of the room. */
export function sendAgain({ t }: Visitor, file: StoredFile, { query, place }: Listing): Content {
  if (!place?.member || query.room === null) return ''
  return html`<form method="post" action="/salas/${place.code}/mensajes"><input type="hidden" name="texto" value=""><input type="hidden" name="archivo" value="${file.id}"><button class="menu__item" type="submit">${icon('paperclip')}${t('shelf.sendToRoom', { room: place.name })}</button></form>`
}

/** Where what is uploaded on this page will belong, for forms. */
export function uploadAddress({ query }: Listing): string {
  const search = new URLSearchParams({
    ...(query.room ? { sala: query.room } : {}),
    ...(query.folder && !query.room ? { carpeta: query.folder } : {}),
  }).toString()
  return search ? `/archivos?${search}` : '/archivos'
}
