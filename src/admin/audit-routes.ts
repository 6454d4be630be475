// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards } from '../accounts'
import { type Clock, form, textStream } from '../core'
import type { Files } from '../files'
import type { Pages } from '../views'
import { csvCells, csvColumns, csvLine } from './audit-log'
import { type AuditAsked, auditKinds, auditPeriods } from './model'
import type { Admin } from './service'
import { auditChanged, auditPage, kindNames, moreRecords, periodNames } from './views/audit'

interface Options {
  admin: Admin
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

interface Query {
  persona?: string | undefined
  accion?: string | undefined
  periodo?: string | undefined
  antes?: number | undefined
}

const oneOf = (names: Record<string, string>) => Object.values(names).map((name) => schema.Literal(name))
const query = form({
  persona: schema.Optional(schema.String({ maxLength: 32 })),
  accion: schema.Optional(schema.Union([schema.Literal(''), ...oneOf(kindNames)])),
  periodo: schema.Optional(schema.Union(oneOf(periodNames))),
  antes: schema.Optional(schema.Numeric({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, multipleOf: 1 })),
})

/** What opens in a spreadsheet with its accents: UTF-8 says so of itself. */
const byteOrderMark = '\ufeff'

export function auditRoutes({ admin, files, pages, guards, clock }: Options) {
  return new Elysia({ name: 'admin.audit' })
    .use(guards)
    .guard({ role: 'administrator' })
    .get(
      '/admin/auditoria',
      async ({ visitor, query }) => {
        const asked = askedOf(query)
        const [page, { people }, pending] = await Promise.all([admin.log.page(asked), admin.people(), files.review.pending()])
        const shown = { asked, page, now: clock.now() }
        if (visitor.partial) return pages.fragment(asked.before === undefined ? auditChanged(visitor, shown) : moreRecords(visitor, shown))
        return pages.page(visitor, auditPage(visitor, { ...shown, people, pending }))
      },
      { query },
    )
    .get(
      '/admin/auditoria.csv',
      async ({ visitor, query }) => {
        const columns = csvColumns.map((column) => visitor.t(`audit.column_${column}`))
        const lines = csvOf(columns, askedOf({ ...query, antes: undefined }))
        const name = `auditoria-${new Date(clock.now()).toISOString().slice(0, 10)}.csv`
        const headers = {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
        }
        return new Response(textStream(lines), { headers })
      },
      { query },
    )

  async function* csvOf(columns: readonly string[], asked: AuditAsked): AsyncGenerator<string> {
    yield byteOrderMark + csvLine(columns)
    for await (const rows of admin.log.all(asked)) yield rows.map((row) => csvLine(csvCells(row))).join('')
  }
}

function askedOf({ persona, accion, periodo, antes }: Query): AuditAsked {
  return {
    person: persona || undefined,
    kind: auditKinds.find((one) => kindNames[one] === accion),
    period: auditPeriods.find((one) => periodNames[one] === periodo) ?? 'today',
    before: antes,
  }
}
