// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t as schema } from 'elysia'
import type { Guards, Person } from '../accounts'
import { type Clock, form, noFields, Refusal, text } from '../core'
import { type Decider, type Files, lockedZip, type ReviewGroup, reviewGroups, sendFile } from '../files'
import { type Pages, sentence, type Visitor } from '../views'
import { type Decision, decisionForm, decisionPage, emptyTrashForm, quarantineAddress, quarantinePage } from './views/quarantine'

interface Options {
  files: Files
  pages: Pages
  guards: Guards
  clock: Clock
}

const oneFile = form({ id: text({ max: 32 }) })
const group = text({ max: 16, optional: true })
const withGroup = schema.Optional(form({ estado: group }))
const reason = form({ motivo: schema.Optional(schema.String({ maxLength: 1_000 })) })
/** Decided together at most: as many as one page shows. */
const mostTogether = 50
const decisions: readonly Decision[] = ['liberacion', 'rechazo']

/** Where administrators decide about files. The rules are the files' own. */
export function quarantineRoutes({ files, pages, guards, clock }: Options) {
  const { review } = files

  async function view(name: string | undefined, problem?: string) {
    const group = groupOf(name)
    const step = await files.lastStep()
    const [{ items, counts }, trash] = await Promise.all([review.list(group), review.trash()])
    const unfinished = files.resumable.list()
    const all = { ...counts, camino: counts.camino + unfinished.length }
    return {
      group,
      items,
      counts: all,
      unfinished,
      trash,
      step,
      scanner: files.scannerReport(),
      now: clock.now(),
      ...(problem ? { problem } : {}),
    }
  }

  const by = (visitor: Visitor, { id, name }: Person): Decider => ({ id, name, from: visitor.ip })
  const back = (visitor: Visitor, name: string | undefined, say: string) =>
    visitor.json ? pages.json({ message: say }) : pages.redirect(visitor, quarantineAddress(groupOf(name)), { say })

  /** The form with the sentence beside the field, where the question was asked. */
  async function formAgain(visitor: Visitor, id: string, decision: Decision, motivo: string, refusal: Refusal): Promise<Response> {
    const again = decisionForm(visitor, await review.item(id), decision, { motivo, error: sentence(visitor, refusal) })
    return visitor.partial
      ? pages.fragment(again, { status: refusal.status })
      : pages.page(visitor, decisionPage(visitor, again), { status: refusal.status })
  }

  const acts = {
    liberar: review.release,
    rechazar: review.reject,
    analizar: (who: Decider, id: string) => review.rescan(who, id),
    restaurar: (who: Decider, id: string) => review.restore(who, id),
    borrar: (who: Decider, id: string) => review.purge(who, id),
  }

  const routes = new Elysia({ name: 'admin.quarantine' })
    .use(guards)
    .guard({ role: 'administrator' })
    .get('/admin/cuarentena', async ({ visitor, query }) => pages.page(visitor, quarantinePage(visitor, await view(query.estado))), {
      query: form({ estado: group }),
    })
    .get('/admin/cuarentena/:id/vista', async ({ params, request }) => {
      const url = new URL(request.url)
      url.searchParams.set('ver', '')
      return sendFile(await review.preview(params.id), { request: new Request(url, request) })
    })
    .post(
      '/admin/cuarentena/varios',
      async ({ visitor, user, body }) => {
        const ids = [body.id ?? []].flat().slice(0, mostTogether)
        const act = async () => {
          if (ids.length === 0) throw new Refusal('invalid', 'admin.nothingPicked')
          const done = await Promise.allSettled(ids.map((id) => acts[body.que](by(visitor, user), id, body.motivo ?? '')))
          const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
          const [first] = refused
          if (refused.length === done.length) throw first
          const said = visitor.t('admin.doneMany', { n: done.length - refused.length })
          return back(visitor, body.estado, [said, ...refusalsOf(visitor, refused)].join(' '))
        }
        return pages.attempt(visitor, act, async (refusal) => quarantinePage(visitor, await view(body.estado, sentence(visitor, refusal))))
      },
      {
        body: form({
          que: schema.Union([
            schema.Literal('liberar'),
            schema.Literal('rechazar'),
            schema.Literal('analizar'),
            schema.Literal('restaurar'),
            schema.Literal('borrar'),
          ]),
          id: schema.Optional(schema.Union([text({ max: 32 }), schema.Array(text({ max: 32 }), { maxItems: mostTogether })])),
          motivo: schema.Optional(schema.String({ maxLength: 1_000 })),
          estado: group,
        }),
      },
    )
    .post(
      '/admin/cuarentena/subidas/:id/fin',
      async ({ visitor, user, params }) => {
        const name = await files.resumable.giveUp(by(visitor, user), params.id)
        return back(visitor, 'camino', visitor.t('admin.uploadGivenUp', { name }))
      },
      { params: oneFile, body: noFields },
    )
    .get('/admin/cuarentena/papelera/vaciado', async ({ visitor }) => {
      const asked = emptyTrashForm(visitor, await review.trash())
      return visitor.partial ? pages.fragment(asked) : pages.page(visitor, decisionPage(visitor, asked))
    })
    .post(
      '/admin/cuarentena/papelera/vaciado',
      async ({ visitor, user }) => {
        const { files: n, bytes } = await review.emptyTrash(by(visitor, user))
        return back(visitor, 'papelera', visitor.t('admin.trashEmptied', { n, size: visitor.t.format.size(bytes) }))
      },
      { body: noFields },
    )
    .post(
      '/admin/cuarentena/:id/analisis',
      async ({ visitor, user, params, body }) => {
        await review.rescan(by(visitor, user), params.id)
        return back(visitor, body?.estado, visitor.t('admin.scanningAgain'))
      },
      { params: oneFile, body: withGroup },
    )
    .post(
      '/admin/cuarentena/:id/restauracion',
      async ({ visitor, user, params, body }) => {
        const file = await review.restore(by(visitor, user), params.id)
        return back(visitor, body?.estado, visitor.t('admin.restored', { name: file.name }))
      },
      { params: oneFile, body: withGroup },
    )
    .post(
      '/admin/cuarentena/:id/borrado',
      async ({ visitor, user, params, body }) => {
        const { file } = await review.item(params.id)
        await review.purge(by(visitor, user), params.id)
        return back(visitor, body?.estado, visitor.t('admin.purged', { name: file.name }))
      },
      { params: oneFile, body: withGroup },
    )
    .post(
      '/admin/cuarentena/:id/muestra',
      async ({ visitor, user, params }) => {
        const { file, path } = await review.forAnalysis(by(visitor, user), params.id)
        return lockedZip({ name: file.name, size: file.size, path })
      },
      { params: oneFile, body: withGroup },
    )

  for (const decision of decisions) {
    const address = `/admin/cuarentena/:id/${decision}` as const
    routes
      .get(
        address,
        async ({ visitor, params }) => {
          const asked = decisionForm(visitor, await review.item(params.id), decision)
          return visitor.partial ? pages.fragment(asked) : pages.page(visitor, decisionPage(visitor, asked))
        },
        { params: oneFile },
      )
      .post(
        address,
        async ({ visitor, user, params, body }) => {
          const motivo = body.motivo ?? ''
          try {
            const decide = decision === 'liberacion' ? review.release : review.reject
            const file = await decide(by(visitor, user), params.id, motivo)
            const said = { name: file.name }
            return back(
              visitor,
              undefined,
              decision === 'liberacion' ? visitor.t('admin.released', said) : visitor.t('admin.rejected', said),
            )
          } catch (error) {
            if (!(error instanceof Refusal) || error.code !== 'invalid' || visitor.json) throw error
            return formAgain(visitor, params.id, decision, motivo, error)
          }
        },
        { params: oneFile, body: reason },
      )
  }
  return routes

  /** Some were not to be decided so, or somebody else was quicker: how many, and why, once for each reason. */
  function refusalsOf(visitor: Visitor, refused: readonly unknown[]): string[] {
    const many = new Map<string, number>()
    for (const error of refused) {
      if (!(error instanceof Refusal)) throw error
      const why = sentence(visitor, error)
      many.set(why, (many.get(why) ?? 0) + 1)
    }
    return [...many].map(([why, n]) => visitor.t('admin.refusedMany', { n, why }))
  }

  function groupOf(name: string | undefined): ReviewGroup {
    return reviewGroups.find((one) => one === name) ?? 'espera'
  }
}
