// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { icon, type View, type Visitor } from '../../views'
import { type AuditAsked, type AuditPage, type AuditRow, auditKinds, auditPeriods, type PersonRow } from '../model'
import { adminView } from './frame'
import { record } from './record'

interface Shown {
  asked: AuditAsked
  page: AuditPage
  now: number
  /** Files that wait for a decision. */
  pending: number
  people: readonly PersonRow[]
}

export function auditPage(visitor: Visitor, { asked, page, people, pending, now }: Shown): View {
  const { t } = visitor
  return adminView(visitor, {
    section: 'audit',
    pending,
    heading: t('audit.title'),
    lead: t('audit.lead'),
    actions: html`<a class="btn" id="audit-csv" href="${address(asked, { file: true })}" download>${icon('download')}${t('audit.csv')}</a>`,
    body: html`${filters(visitor, asked, people)}${auditList(visitor, { asked, page, now })}`,
  })
}

/** What a filter puts in place; the link of the download follows it. */
export function auditChanged(visitor: Visitor, shown: Pick<Shown, 'asked' | 'page' | 'now'>): Html {
  const { t } = visitor
  return html`${auditList(visitor, shown)}<a class="btn" id="audit-csv" href="${address(shown.asked, { file: true })}" download hx-swap-oob="true">${icon('download')}${t('audit.csv')}</a>`
}

export function auditList(visitor: Visitor, shown: Pick<Shown, 'asked' | 'page' | 'now'>): Html {
  const { t } = visitor
  const { rows, total } = shown.page
  return html`<section id="audit" aria-label="${t('audit.title')}">${rows.length === 0 ? html`<p class="muted" role="status">${t('audit.none')}</p>` : html`<p class="muted" role="status">${t('audit.count', { n: total })}</p>${moreRecords(visitor, shown)}`}</section>`
}

/** One page of records by day, and the way to the next; takes the place of the button that asked for it. */
export function moreRecords(visitor: Visitor, { asked, page, now }: Pick<Shown, 'asked' | 'page' | 'now'>): Html {
  const { t } = visitor
  const { rows, more, lastAt } = page
  const last = rows.at(-1)
  const next = more && last ? address({ ...asked, before: last.n }) : null
  return html`${byDay(visitor, rows, lastAt).map(
    ({ heading, rows: ofDay }) =>
      html`${heading === null ? '' : html`<h2 class="section__title audit-day">${dayWords(visitor, heading, now)}</h2>`}<ol class="audit">${ofDay.map((row) => record(visitor, row, t.format.time(row.at), { whole: true }))}</ol>`,
  )}${next ? html`<div class="pager" id="audit-more"><a class="btn btn--sm" href="${next}" hx-get="${next}" hx-target="#audit-more" hx-swap="outerHTML show:none">${t('audit.more')}</a></div>` : ''}`
}

interface Day {
  /** A moment of it; null when the page above has named it. */
  heading: number | null
  rows: AuditRow[]
}

function byDay({ t }: Visitor, rows: readonly AuditRow[], lastAt: number | null): Day[] {
  const days: Day[] = []
  let above = lastAt
  for (const row of rows) {
    const begins = above === null || !t.format.sameDay(above, row.at)
    const day = days.at(-1)
    if (begins || !day) days.push({ heading: begins ? row.at : null, rows: [row] })
    else day.rows.push(row)
    above = row.at
  }
  return days
}

function dayWords({ t }: Visitor, at: number, now: number): string {
  return t.format.sameDay(at, now) ? t('audit.today', { day: t.format.day(at) }) : t.format.day(at)
}

function filters({ t }: Visitor, { person, kind, period }: AuditAsked, people: readonly PersonRow[]): Html {
  const option = (value: string, word: string, chosen: boolean) => html`<option${attributes({ value, selected: chosen })}>${word}</option>`
  return html`<form class="fields fields--3 audit-filter" action="/admin/auditoria" hx-get="/admin/auditoria" hx-trigger="change, submit" hx-target="#audit" hx-swap="outerHTML" hx-push-url="true">
<div class="field"><label class="field__label" for="f-quien">${t('audit.person')}</label><select class="input" id="f-quien" name="persona" hx-ignore>${option('', t('audit.all'), !person)}${people.map(({ id, name }) => option(id, name, id === person))}</select></div>
<div class="field"><label class="field__label" for="f-que">${t('audit.kind')}</label><select class="input" id="f-que" name="accion">${option('', t('audit.all'), !kind)}${auditKinds.map((one) => option(kindNames[one], t(`audit.kind_${one}`), one === kind))}</select></div>
<div class="field"><label class="field__label" for="f-cuando">${t('audit.period')}</label><select class="input" id="f-cuando" name="periodo">${auditPeriods.map((one) => option(periodNames[one], t(`audit.period_${one}`), one === period))}</select></div>
<noscript><button class="btn" type="submit">${t('audit.show')}</button></noscript></form>`
}

/** How they stand in addresses. */
export const kindNames = { entrances: 'entradas', files: 'archivos', quarantine: 'cuarentena', rooms: 'salas', people: 'personas' } as const
export const periodNames = { today: 'hoy', week: 'semana', month: 'mes', all: 'todo' } as const

function address({ person, kind, period, before }: AuditAsked, { file = false }: { file?: boolean } = {}): string {
  const query = new URLSearchParams({ periodo: periodNames[period] })
  if (person) query.set('persona', person)
  if (kind) query.set('accion', kindNames[kind])
  if (before !== undefined && !file) query.set('antes', String(before))
  return `/admin/auditoria${file ? '.csv' : ''}?${query}`
}
