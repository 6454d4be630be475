// SPDX-License-Identifier: GPL-3.0-or-later
//
// htmx takes orders from attributes, so what people write must never become one: not on the page of whoever wrote it, nor on anybody else's.
// Every place that keeps a text gets one that tries, and every page is then asked for.
import { describe, expect, test } from 'bun:test'
import { type OpenHouse, openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'
import { pathOf, routesOf } from '../support/routes'

/** Each ends what it may stand in, and gives an order that shows: whatever is called `forged` was not ours. */
const orders = [
  `"><b hx-get=/x hx-trigger=load forged>`,
  `" hx-get="/x" hx-trigger="load" forged="`,
  `' hx-on:load='x()' forged='`,
  `</template><p hx-swap-oob=true forged>`,
  `<b data-hx-get=/x hx-vals='js:x()' forged>`,
] as const

const escaped = (text: string) => Bun.escapeHTML(text)
const json = { accept: 'application/json' }

/** Ana and Beto put the same words wherever the house takes any; answers where they are. */
async function write(house: OpenHouse, words: string) {
  const { ana, beto } = await arrive(house.door)
  const done = async (answer: Promise<Response>) => {
    const { status, headers } = await answer
    expect(status, `${words} is kept`).toBeLessThan(400)
    return headers.get('location') ?? ''
  }
  await done(beto.post('/perfil', { nombre: words }))
  await done(ana.post('/perfil', { nombre: `Ana ${words}` }))
  await done(ana.post('/perfil/claves', { nombre: words, leer: 'si' }))
  await done(ana.post('/admin/usuarios', { usuario: 'dario', nombre: `Darío ${words}`, rol: 'usuario' }))
  const room = { nombre: words, clave: 'una clave de sala', tipo: 'grupal', historial: 'guardada' }
  const codigo = (await done(ana.post('/salas', room))).split('/').at(-1) ?? ''
  await done(beto.post('/salas/unirse', { codigo, clave: room.clave }))
  await done(beto.post(`/salas/${codigo}/mensajes`, { texto: `palabra ${words}`, cid: 'palabras00000001' }))
  await done(ana.post(`/salas/${codigo}/mensajes`, { texto: words, cid: 'palabras00000002', respuestaA: '2' }))
  await done(ana.post(`/salas/${codigo}/invitaciones`, { para: 'todas', vence: '1d' }))
  const carpeta = new URLSearchParams((await done(ana.post('/archivos/carpetas', { nombre: words }))).split('?')[1]).get('carpeta') ?? ''
  const name = words.replaceAll('/', '')
  const put = async (path: string) => (await (await beto.put(path, `hola ${words}`, json)).json()) as { id: string; name: string }
  const file = await put(`/archivos/${encodeURIComponent(name)}?carpeta=${carpeta}`)
  const bad = await put(`/archivos/${encodeURIComponent(`${name}.html`)}`)
  expect([file.name, bad.name]).toEqual([name, `${name}.html`])
  await done(ana.post(`/salas/${codigo}/mensajes`, { texto: '', archivo: file.id, cid: 'palabras00000003' }))
  await done(beto.post(`/archivos/${file.id}/enlaces`, { vence: '1d', nota: words, max: '3' }))
  const link = (await (await beto.post(`/archivos/${file.id}/enlaces`, { vence: '1d', 'clave-enlace': words }, json)).json()) as {
    url: string
  }
  await beto.get(`/archivos/${file.id}/${encodeURIComponent(name)}`)
  await done(ana.post(`/admin/cuarentena/${bad.id}/rechazo`, { motivo: words }))
  const { id: persona } = await house.app.accounts.people.findByUsername('cliente')
  await done(ana.post(`/salas/${codigo}/personas/${persona}/silencio`, { minutos: '10', motivo: words }))
  const known = {
    codigo,
    carpeta,
    persona,
    token: new URL(link.url).pathname.split('/')[2] ?? '',
    nombre: encodeURIComponent(name),
    locale: 'es',
  }
  return {
    ana,
    beto,
    known,
    ids: [file.id, bad.id, '2'],
    name,
    ban: () => done(ana.post(`/salas/${codigo}/personas/${persona}/veto`, { motivo: words })),
  }
}

/** What an answer would make htmx do that is none of ours, in words. */
async function ordersIn(markup: string): Promise<string[]> {
  const found: string[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element({ tagName, attributes }) {
      for (const [name = '', value = ''] of attributes) {
        const told = `<${tagName} ${name}="${value}">`
        if (/forged/.test(name)) found.push(`an attribute of theirs: ${told}`)
        if (/^(on|hx-on|data-hx-|hx-vals|hx-vars|style$|srcdoc$)/.test(name)) found.push(`code: ${told}`)
        if (/^\s*(js|javascript|vbscript|data):/i.test(value)) found.push(`an address that is code: ${told}`)
        if (name === 'hx-trigger' && /\[|load/.test(value)) found.push(`a filter, or an order to begin at once: ${told}`)
        const isAddress = /^hx-(get|post|put|patch|delete)$/.test(name)
        if (isAddress && !/^\/(?!\/)[\w/?=;%.+~&#()*!-]*$/.test(value)) found.push(`an address that is not written as one: ${told}`)
        if (/^(hx-|ws-|sse-)/.test(name) && !isAddress && /forged/.test(value)) found.push(`an order with their words in it: ${told}`)
      }
    },
  })
  await rewriter.transform(new Response(markup)).text()
  return found
}

const kinds: Record<string, string>[] = [
  { accept: 'text/html' },
  { accept: 'text/html', 'hx-request': 'true', 'hx-request-type': 'partial', 'hx-current-url': 'http://localhost/salas' },
]

describe.each(orders)('%s', (words) => {
  test('is text wherever it was written', async () => {
    await using house = await openHouse()
    const { ana, beto, known, ids, name, ban } = await write(house, words)
    const wrong: string[] = []
    const shown = new Set<string>()
    const sought = encodeURIComponent(words)
    const extras = ['', `?q=${sought}`, `?buscar=${sought}`, `?codigo=${sought}`, '?estado=rechazados', `?volver=/${sought}`]

    async function look(person: Person, path: string, route: string): Promise<void> {
      for (const headers of kinds) {
        const answer = await person.get(path, headers)
        const body = await answer.text()
        if (!answer.headers.get('content-type')?.startsWith('text/html') || answer.headers.has('content-disposition')) continue
        if (body.includes(escaped(words)) || body.includes(escaped(name))) shown.add(route)
        for (const told of await ordersIn(body)) wrong.push(`${route}: ${told}`)
      }
    }

    async function lookEverywhere(): Promise<void> {
      for (const route of routesOf(house.elysia).filter(({ method, path }) => method === 'GET' && !path.startsWith('/activos/'))) {
        const paths = new Set(ids.map((id) => pathOf(route, { ...known, id })))
        for (const path of paths) for (const extra of extras) for (const person of [ana, beto]) await look(person, path + extra, route.name)
      }
    }

    await lookEverywhere()
    await ban()
    await lookEverywhere()
    expect(wrong.slice(0, 10)).toEqual([])
    expect(
      [
        'GET /salas',
        'GET /salas/:codigo',
        'GET /salas/:codigo/ajustes',
        'GET /salas/:codigo/cartel',
        'GET /salas/:codigo/mensajes/:id/editar',
        'GET /salas/:codigo/personas/:persona/veto',
        'GET /unirse/:codigo',
        'GET /buscar',
        'GET /archivos',
        'GET /archivos/:id',
        'GET /archivos/enlaces',
        'GET /d/:token/:nombre',
        'GET /perfil',
        'GET /admin',
        'GET /admin/auditoria',
        'GET /admin/cuarentena',
        'GET /admin/salas',
        'GET /admin/usuarios',
      ].filter((route) => !shown.has(route)),
    ).toEqual([])
  }, 30_000)
})
