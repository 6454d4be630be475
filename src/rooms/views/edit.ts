// SPDX-License-Identifier: GPL-3.0-or-later
import { html, type Refusal } from '../../core'
import { icon, notice, sentence, type View, type Visitor } from '../../views'
import type { Room, Said } from '../model'

export interface EditPage {
  room: Room
  said: Said
  /** One's own words may be changed; others' may at most be removed. */
  own: boolean
  limits: { messageCharacters: number }
  typed?: string
  refusal?: Refusal
}

/** What the menu of a message does, for browsers without script. */
export function editPage(visitor: Visitor, { room, said, own, limits, typed, refusal }: EditPage): View {
  const { t } = visitor
  const { id, text, author, at } = said
  const address = `/salas/${room.code}/mensajes/${id}`
  const editing = html`<form class="card" method="post" action="${address}"><div class="field"><label class="field__label" for="texto">${t('rooms.editMessage')}</label><textarea class="input" id="texto" name="texto" rows="6" maxlength="${limits.messageCharacters}">${typed ?? text}</textarea></div><div class="cluster"><button class="btn btn--primary" type="submit">${t('rooms.saveChanges')}</button></div></form>`
  return {
    title: t('rooms.editMessage'),
    section: 'rooms',
    roomId: room.id,
    body: html`<div class="page page--read"><nav class="crumbs" aria-label="${t('shared.back')}"><a href="/salas/${room.code}?mensaje=${id}#m-${id}">${icon('arrow-left', { small: true })}${t('rooms.seeInRoom')}</a></nav><div class="page-head"><div class="page-head__text"><h1>${own ? t('rooms.editMessage') : t('rooms.deleteMessage')}</h1><p hx-ignore>${t('rooms.messageOf', { name: author.name, t: t.format.moment(at, Date.now()) })}</p></div></div><div class="stack stack--lg">${refusal ? notice('bad', sentence(visitor, refusal)) : ''}${own ? editing : html`<blockquote class="card" hx-ignore>${text}</blockquote>`}<form class="card" method="post" action="${address}/borrar"><p class="card__text">${t('rooms.deleteSure')}</p><div class="cluster"><button class="btn btn--danger" type="submit">${icon('trash-2', { small: true })}${t('rooms.deleteMessage')}</button></div></form></div></div>`,
  }
}
