// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { refusals, tellings } from '../../src/admin/views/tellings'
import type { ManualClock } from '../../src/core'
import { openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'

type TestedHouse = Awaited<ReturnType<typeof openHouse<ManualClock>>>

const clave = 'una clave larga'
const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' }

const pageOf = async (person: Person, query = '', headers = {}) => (await person.get(`/admin/auditoria${query}`, headers)).text()
const linesOf = (page: string) =>
  [...page.matchAll(/<p hx-ignore>(.*?)<\/p>/gs)].map(([, line]) => (line as string).replace(/<small>.*|<[^>]+>/gs, ''))

async function talkedAbout(house: TestedHouse) {
  const cast = await arrive(house.door)
  const created = await cast.beto.post('/salas', { nombre: '=cmd|calc', clave, tipo: 'privada', historial: 'guardada' })
  const code = created.headers.get('location')?.split('/').at(-1) ?? ''
  await cast.beto.post(`/salas/${code}/mensajes`, { texto: 'palabra reservada', cid: 'a' })
  await cast.beto.put('/archivos/Plano.pdf', '%PDF-1.7')
  return cast
}

const hour = 3_600_000

/** So many records of one person, an hour apart, the oldest first. */
async function record(house: TestedHouse, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    house.clock.set(house.clock.now() + hour)
    await house.app.audit.record({ who: { id: 'eva', name: 'Eva' }, what: 'accounts.renamed', from: '192.0.2.7' })
  }
}

describe('the audit log', () => {
  test('tells what was done in sentences, never what was said, with the address where it came from', async () => {
    await using house = await openHouse()
    const { ana } = await talkedAbout(house)
    const page = await pageOf(ana)
    expect(linesOf(page)).toContain('Beto Molina creó la sala =cmd|calc')
    expect(linesOf(page)).toContain('Beto Molina subió Plano.pdf')
    expect(page).toContain('8 B · 127.0.0.1')
    expect(page).not.toContain('palabra reservada')
    const english = await pageOf(ana, '', { 'accept-language': 'en' })
    expect(linesOf(english)).toContain('Beto Molina uploaded Plano.pdf')
  })

  test('tells of what went out by a direct link by which it was, and names nobody', async () => {
    await using house = await openHouse()
    const { ana, beto } = await arrive(house.door)
    const json = { accept: 'application/json' }
    const { id } = (await (await beto.put('/archivos/Plano.pdf', '%PDF-1.7', json)).json()) as { id: string }
    const made = await beto.request('POST', `/archivos/${id}/enlaces`, {
      body: 'vence=1d',
      headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
    })
    const link = (await made.json()) as { id: string; url: string }
    await (await ana.get(new URL(link.url).pathname)).text()
    // What was taken is written now and then, and when the house stops.
    await house.app.files.stop()
    const page = await pageOf(ana)
    expect(linesOf(page)).toContain('Plano.pdf se descargó por un enlace directo de Beto Molina')
    expect(page).toContain(`href="/archivos/${id}#link-${link.id}"`)
    const english = await pageOf(ana, '', { 'accept-language': 'en' })
    expect(linesOf(english)).toContain('Plano.pdf was downloaded by a direct link of Beto Molina')
  })

  test('is narrowed by person, action and period', async () => {
    await using house = await openHouse()
    const { ana, beto } = await talkedAbout(house)
    const me = /data-me="([^"]+)"/.exec(await (await beto.get('/salas')).text())?.[1]
    const id =
      me ?? (await house.database.read.selectFrom('users').select('id').where('username', '=', 'cliente').executeTakeFirstOrThrow()).id
    expect(linesOf(await pageOf(ana, `?persona=${id}`)).every((line) => line.startsWith('Beto Molina'))).toBe(true)
    expect(linesOf(await pageOf(ana, '?accion=archivos'))).toContain('Beto Molina subió Plano.pdf')
    expect(linesOf(await pageOf(ana, '?accion=salas')).every((line) => line.includes('sala'))).toBe(true)
    expect(linesOf(await pageOf(ana, '?accion=entradas'))).toContain('Ana Torres entró')
    expect(linesOf(await pageOf(ana, '?accion=entradas')).some((line) => line.includes('Plano'))).toBe(false)
    house.clock.set(house.clock.now() + 72 * hour)
    expect(linesOf(await pageOf(ana, '?accion=archivos&periodo=hoy'))).toEqual([])
    expect(await pageOf(ana, '?accion=archivos&periodo=hoy')).toContain('Sin registros en este periodo.')
    expect(linesOf(await pageOf(ana, '?accion=archivos&periodo=semana'))).toContain('Beto Molina subió Plano.pdf')
  })

  test('what was done to somebody is found with that person too', async () => {
    await using house = await openHouse()
    const { ana } = await arrive(house.door)
    const { id } = await house.database.read.selectFrom('users').select('id').where('username', '=', 'usuario').executeTakeFirstOrThrow()
    await ana.post(`/admin/usuarios/${id}/rol`, { rol: 'cliente' })
    expect(linesOf(await pageOf(ana, `?persona=${id}`))).toContain('Ana Torres cambió el rol de Carla Ríos a Cliente')
  })

  test('goes on page by page without a record lost or told twice, each day named once', async () => {
    await using house = await openHouse()
    const { ana } = await arrive(house.door)
    await record(house, 230)
    const lines: string[] = []
    const days: string[] = []
    let query: string | undefined = '?periodo=todo&accion=personas'
    for (let pages = 0; query !== undefined; pages++) {
      expect(pages).toBeLessThan(4)
      const page = await pageOf(ana, query, pages === 0 ? {} : htmx)
      if (pages > 0) expect(page).not.toContain('<html')
      lines.push(...linesOf(page))
      days.push(...[...page.matchAll(/audit-day">(.*?)</g)].map(([, day]) => day as string))
      query = /id="audit-more"><a[^>]* href="\/admin\/auditoria([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(lines.filter((line) => line === 'Eva cambió de nombre')).toHaveLength(230)
    expect(new Set(days).size).toBe(days.length)
    expect(days.length).toBeGreaterThan(9)
  })

  test('a filter answers htmx with the list alone, and the download follows it', async () => {
    await using house = await openHouse()
    const { ana } = await talkedAbout(house)
    const part = await pageOf(ana, '?accion=archivos&periodo=mes', htmx)
    expect(part).toStartWith('<section id="audit"')
    expect(part).not.toContain('<html')
    expect(part).toMatch(/id="audit-csv" href="\/admin\/auditoria\.csv\?periodo=mes&amp;accion=archivos"/)
  })

  test('downloads as CSV that no spreadsheet takes for formulas', async () => {
    await using house = await openHouse()
    const { ana } = await talkedAbout(house)
    const answer = await ana.get('/admin/auditoria.csv?periodo=todo')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="auditoria-\d{4}-\d\d-\d\d\.csv"$/)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [head, ...rows] = new TextDecoder().decode(bytes).trimEnd().split('\r\n')
    expect(head).toBe('"Cuándo","Quién","Qué","Sobre","Desde","Resultado","Detalle"')
    expect(rows).toHaveLength((await house.database.read.selectFrom('audit').select('n').execute()).length)
    expect(rows.some((row) => row.includes(`,"'=cmd|calc",`))).toBe(true)
    expect(rows.some((row) => /,"[=+@-]/.test(row))).toBe(false)
  })

  test('refuses what is no part of it', async () => {
    await using house = await openHouse()
    const { ana } = await arrive(house.door)
    for (const query of ['?accion=todo', '?periodo=siempre', '?antes=0', '?antes=x', '?otra=1'])
      expect((await ana.get(`/admin/auditoria${query}`)).status, query).toBe(422)
  })
})

test('everything that is written down has a sentence of its own', async () => {
  const glob = new Bun.Glob('src/{accounts,rooms,files,admin}/**/*.ts')
  const root = `${import.meta.dir}/../..`
  const written = new Set<string>()
  for await (const path of glob.scan({ cwd: root })) {
    const text = await Bun.file(`${root}/${path}`).text()
    for (const [, what] of text.matchAll(/what: '((?:accounts|rooms|files)\.[a-z-]+)'/g)) written.add(what as string)
    for (const [, what] of text.matchAll(/entry\([^)]*'(rooms\.[a-z-]+)'/g)) written.add(what as string)
  }
  // States whose change is recorded under their own name.
  for (const state of ['clean', 'infected', 'unscannable', 'unscanned', 'released', 'rejected', 'deleted']) written.add(`files.${state}`)
  expect(written.size).toBeGreaterThan(50)
  expect([...written].filter((what) => !(what in tellings) && !(what in refusals))).toEqual([])
})
