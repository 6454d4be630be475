// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, type Refusal } from '../../core'
import { avatar, field, icon, notice, sentence, type View, type Visitor } from '../../views'
import type { Member } from '../door/lobby'
import type { Found, SearchForm, SearchResult } from '../search/search'
import { excerpt, isWholeWord } from '../search/search-terms'
import { lineOf } from './first-line'

export interface SearchPage {
  typed: SearchForm
  result: SearchResult
  /** Of the chosen room, or of all of them. */
  members: readonly Member[]
  refusal?: Refusal
}

export function searchPage(visitor: Visitor, given: SearchPage): View {
  const { t } = visitor
  const { room } = given.result
  return {
    title: t('rooms.searchTitle'),
    section: 'rooms',
    ...(room ? { roomId: room.id } : {}),
    body: html`<div class="page"><nav class="crumbs" aria-label="${t('shared.back')}"><a href="${room ? `/salas/${room.code}` : '/salas'}">${icon('arrow-left', { small: true })}${room ? html`<span hx-ignore>${room.name}</span>` : t('rooms.backToRooms')}</a></nav><div class="page-head"><div class="page-head__text"><h1>${t(room ? 'rooms.searchRoom' : 'rooms.searchTitle')}</h1><p>${t('rooms.searchHint')}</p></div></div>
${searchForm(visitor, given)}
${results(visitor, given)}</div>`,
  }
}

function searchForm({ t }: Visitor, { typed, result, members }: SearchPage): Html {
  const select = (id: string, label: string, first: string, options: readonly (readonly [string, string])[], chosen: string | undefined) =>
    html`<div class="field"><label class="field__label" for="${id}">${label}</label><select class="input" id="${id}" name="${id}" hx-ignore><option value="">${first}</option>${options.map(([value, word]) => html`<option${attributes({ value, selected: value === chosen })}>${word}</option>`)}</select></div>`
  return html`<form class="card search" method="get" action="/buscar" role="search" hx-get="/buscar" hx-target="#results" hx-swap="outerHTML" hx-trigger="submit, input from:#q delay:300ms, change" hx-sync="this:replace" hx-push-url="true"><div class="search__words">${field({ name: 'q', label: t('rooms.searchWords'), input: { type: 'search', value: typed.q ?? '', maxlength: 200, autocomplete: 'off', autofocus: true, spellcheck: 'false' } })}<button class="btn btn--primary" type="submit">${icon('search')}${t('rooms.search')}</button></div><div class="search__by">${select(
    'sala',
    t('rooms.searchIn'),
    t('rooms.searchAll'),
    result.rooms.map((room) => [room.code, room.name]),
    result.room?.code,
  )}${select(
    'persona',
    t('rooms.searchBy'),
    t('rooms.searchAnybody'),
    members.map(({ id, name }) => [id, name]),
    typed.persona,
  )}${field({ name: 'desde', label: t('rooms.searchFrom'), input: { type: 'date', value: typed.desde ?? '' } })}${field({ name: 'hasta', label: t('rooms.searchTo'), input: { type: 'date', value: typed.hasta ?? '' } })}</div></form>`
}

/** What htmx puts in place while one types. */
export function results(visitor: Visitor, { typed, result, refusal }: Omit<SearchPage, 'members'>): Html {
  const { t } = visitor
  const { found, more, asked, room, terms } = result
  if (refusal) return html`<div id="results" class="stack">${notice('bad', sentence(visitor, refusal))}</div>`
  // Whoever typed something without a word in it is told what became of it.
  if (!asked) return typed.q?.trim() ? nothing(html`${t('rooms.searchNoWords')}`) : html`<div id="results" class="stack"></div>`
  if (found.length === 0) {
    const none = t(room ? 'rooms.searchNothingHere' : 'rooms.searchNothing')
    return nothing(terms.some(isWholeWord) ? html`${none} ${t('rooms.searchOneLetter')}` : html`${none}`)
  }
  const last = found.at(-1)
  return html`<div id="results" class="stack"><p class="muted" role="status">${more && !room ? t('rooms.searchFirst', { n: found.length }) : t('rooms.searchFound', { n: found.length })}</p><ol class="list results" id="results-list">${found.map((one) => resultItem(visitor, one, result))}</ol>${more && room && last ? html`<div class="center"><a class="btn btn--sm" href="/buscar?${query(typed, last.said.n)}">${t('rooms.searchOlder')}</a></div>` : ''}</div>`
}

function nothing(why: Html): Html {
  return html`<div id="results" class="stack" role="status"><p class="muted">${why}</p></div>`
}

function query({ q = '', sala = '', persona = '', desde = '', hasta = '' }: SearchForm, before: number): string {
  return new URLSearchParams({ q, sala, persona, desde, hasta, antes: String(before) }).toString()
}

function resultItem({ t }: Visitor, { room, said }: Found, { room: chosen, terms }: SearchResult): Html {
  const where = chosen ? '' : html`<span class="result__room">${room.name}</span> · `
  return html`<li class="result" hx-ignore><a class="result__link" href="/salas/${room.code}?mensaje=${said.id}#m-${said.id}">${avatar(said.author, 'sm')}<span class="result__text"><span class="result__head"><b>${said.author.name}</b> · ${where}<time datetime="${new Date(said.at).toISOString()}">${t.format.moment(said.at, Date.now())}</time></span><span class="result__line">${said.text === '' ? lineOf(t, said) : hits(said.text, terms)}</span></span></a></li>`
}

/** The text around the first hit, with hits marked. */
export function hits(text: string, terms: readonly string[]): Html {
  return html`${excerpt(text, terms).map((piece) => (piece.hit ? html`<mark>${piece.text}</mark>` : piece.text))}`
}
