// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../../accounts'
import { Refusal } from '../../core'
import type { Pages, Visitor } from '../../views'
import type { Member } from '../door/lobby'
import type { Rooms } from '../rooms'
import { hits, results, searchPage } from '../views/search'
import type { SearchForm, SearchResult } from './search'

const short = t.Optional(t.String({ maxLength: 100 }))

/** `/buscar`: a page, a fragment while one types, JSON for programs. */
export function searchRoutes({ rooms, pages, guards }: { rooms: Rooms; pages: Pages; guards: Guards }) {
  async function answer(visitor: Visitor, user: { id: string }, typed: SearchForm): Promise<Response> {
    let refusal: Refusal | undefined
    let result: SearchResult
    try {
      result = await rooms.search(user, typed)
    } catch (error) {
      // A date that is none is said beside the form; a room that is not theirs is not there.
      if (!(error instanceof Refusal) || error.code !== 'invalid' || visitor.json) throw error
      refusal = error
      result = await rooms.search(user, { sala: typed.sala })
    }
    const given = { typed, result, ...(refusal ? { refusal } : {}) }
    const status = refusal?.status ?? 200
    if (visitor.json) return pages.json(asJson(result))
    if (visitor.partial) return pages.fragment(results(visitor, given), { status })
    return pages.page(visitor, searchPage(visitor, { ...given, members: await peopleOf(result) }), { status })
  }

  /** Everybody in the rooms that are looked in, once. */
  async function peopleOf({ room, rooms: all }: SearchResult): Promise<Member[]> {
    const people = (await Promise.all((room ? [room] : all).map((one) => rooms.members(one)))).flat()
    return [...new Map(people.map((one) => [one.id, one])).values()].sort((a, b) => a.name.localeCompare(b.name))
  }

  return new Elysia({ name: 'rooms.search' }).use(guards).get('/buscar', async ({ visitor, user, query }) => answer(visitor, user, query), {
    signedIn: true,
    query: t.Object({
      q: t.Optional(t.String({ maxLength: 1_000 })),
      sala: short,
      persona: short,
      desde: short,
      hasta: short,
      antes: short,
    }),
  })
}

function asJson({ found, more, terms }: SearchResult) {
  return {
    resultados: found.map(({ room, said }) => ({
      sala: room.code,
      salaNombre: room.name,
      id: said.id,
      autor: said.author,
      at: said.at,
      html: hits(said.text, terms).toString(),
    })),
    mas: more,
  }
}
