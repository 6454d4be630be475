// SPDX-License-Identifier: GPL-3.0-or-later
//
// More than five hundred ways to run a script, through every place where PiChat shows what somebody wrote. Chromium reads each answer: what
// was written must be a text in it or the value of a field, whole, and nothing of it an element or an attribute. Then the pages that hold
// all of it are opened for good, under the watch of the stage.
import type { Page } from '@playwright/test'
import { scripts } from '../support/payloads'
import { makeRoom } from './rooms'
import { expect, test } from './stage'

/** Every vehicle with every deed, behind five of the exits each. */
const payloads = scripts.filter((_, i) => (i + Math.floor(i / 104)) % 13 < 5)

/** What is asked, with `{}` where the payload goes; `shows` is false where it is left out, or says up to how many signs it is not. */
interface Sink {
  path: string
  method?: 'POST' | 'PUT'
  fields?: Record<string, string>
  shows?: false | number
  /** Each try costs a computation: every fifth payload, which is each vehicle with each deed once. */
  dear?: true
}

const sinks = (code: string, file: string): Record<string, Sink> => ({
  'a message': { path: `/salas/${code}/mensajes`, method: 'POST', fields: { texto: '{}' }, shows: false },
  'a room, made or refused': {
    path: '/salas',
    method: 'POST',
    fields: { nombre: '{}', clave: '', tipo: 'grupal', historial: 'efimera' },
    shows: false,
  },
  'a room that cannot be': { path: '/salas', method: 'POST', fields: { nombre: '{}', clave: 'x', tipo: 'privada', historial: 'efimera' } },
  'a person that cannot be': { path: '/admin/usuarios', method: 'POST', fields: { usuario: '{}', nombre: '{}', rol: 'usuario' } },
  'a name that is looked for': { path: '/admin/usuarios?buscar={}', shows: 100 },
  'a code that nobody has': { path: '/salas/unirse?codigo={}', shows: false },
  'a code that is tried': { path: '/salas/unirse', method: 'POST', fields: { codigo: '{}', clave: 'nada' }, shows: false, dear: true },
  'words that are looked for': { path: '/buscar?q={}' },
  'a file that is looked for': { path: '/archivos?q={}' },
  'a file that is not there': { path: `/archivos/${file}/{}`, shows: false },
  'a room that is not there': { path: '/salas/{}', shows: false },
  'a page that is not there': { path: '/{}', shows: false },
  'the way back of the door': { path: '/entrar?volver=%2F{}', shows: false },
  'a user who is not let in': { path: '/entrar', method: 'POST', fields: { usuario: '{}', clave: 'nada de nada' }, shows: 128, dear: true },
  'the name of a file': { path: '/archivos/{}', method: 'PUT', shows: false },
  'the note of a link': { path: `/archivos/${file}/enlaces`, method: 'POST', fields: { vence: '1h', nota: '{}' }, shows: false },
  'the name of a key': { path: '/perfil/claves', method: 'POST', fields: { nombre: '{}' } },
})

/** Asks from within the page, as its own forms would, and lets the browser's parser judge; answers what is wrong. */
function judge(page: Page, name: string, sink: Sink, texts: readonly string[]): Promise<string[]> {
  return page.evaluate(
    async ({ name, texts, sink: { path, method = 'GET', fields, shows } }) => {
      const folded = (text: string) => text.replace(/\s+/g, ' ').trim()
      const foreign =
        'script:not([src^="/activos/"]), iframe, object, embed, base, meta[http-equiv], link[href^="//"], style, math, video, audio, body body, details[ontoggle], [id="main"], [hx-ext], [ws-connect], [ws-send], [sse-connect], hx-partial, template[hx-swap-oob]'
      const wrong: string[] = []
      let whole = 0
      async function one(text: string): Promise<void> {
        const answer = await fetch(path.replace('{}', encodeURIComponent(text)), {
          method,
          redirect: 'manual',
          headers: { accept: 'text/html' },
          ...(fields
            ? { body: new URLSearchParams(Object.entries(fields).map(([field, value]) => [field, value.replace('{}', text)])) }
            : method === 'PUT'
              ? { body: 'x' }
              : {}),
        })
        const body = answer.type === 'opaqueredirect' ? '' : await answer.text()
        if (answer.status >= 500) wrong.push(`${name}: ${answer.status} for ${text}`)
        if (!answer.headers.get('content-type')?.startsWith('text/html')) return
        const parsed = new DOMParser().parseFromString(body, 'text/html')
        const elements = [...parsed.querySelectorAll(foreign)].map((element) => element.outerHTML.slice(0, 120))
        const attributes = [...parsed.querySelectorAll('*')].flatMap(({ attributes }) =>
          [...attributes]
            .filter(
              ({ name, value }) =>
                /^(on|srcdoc$|formaction$|style$|hx-on|data-hx-|hx-vals)/.test(name) || /^\s*(javascript|data|vbscript):/i.test(value),
            )
            // A value of a field is no code, whatever it says.
            .filter(({ name }) => !/^(value|placeholder|data-\w+|title|aria-label|content)$/.test(name))
            .map(({ name, value }) => `${name}=${value}`.slice(0, 120)),
        )
        for (const found of [...elements, ...attributes]) wrong.push(`${name}: ${found} for ${text}`)
        // Who asks too fast is told so, and not what was asked.
        if (body === '' || answer.status === 429 || shows === false || text.length > (shows ?? Infinity)) return
        const held = [...parsed.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value)
        const isWhole = folded(parsed.body.textContent).includes(folded(text)) || held.some((value) => folded(value) === folded(text))
        if (isWhole) whole++
        else wrong.push(`${name}: not whole (${answer.status}): ${text}`)
      }
      const rest = [...texts]
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          for (let text = rest.pop(); text !== undefined; text = rest.pop()) await one(text)
        }),
      )
      if (shows !== false && whole < 15) wrong.push(`${name}: only ${whole} were shown`)
      return wrong
    },
    { name, sink, texts },
  )
}

test('five hundred scripts in every place that shows a text are texts there', async ({ people, house, watch }) => {
  test.slow()
  expect(payloads.length).toBeGreaterThanOrEqual(500)
  // Most of these are refused, and Chromium says so of every one.
  watch.expects(/Failed to load resource/)
  const box = await house.start({
    env: Object.fromEntries(
      [
        'MESSAGES_PER_SECOND=0',
        'PAGE_MESSAGES=500',
        'ROOMS_PER_PERSON=10000',
        'SEARCHES_PER_SECOND=1000',
        'ROOM_TRIES_PER_PERSON=10000',
        'ROOM_TRIES_PER_ADDRESS=100000',
        'SIGN_IN_TRIES=1000',
        'SPRAY_TRIES=10000',
        'LINKS_PER_FILE=1000',
        'UPLOADS_PER_PERSON=10',
        'KEYS_PER_PERSON=1000',
      ].map((setting) => [`PICHAT_${setting.split('=')[0]}`, setting.split('=')[1] ?? '']),
    ),
  })
  const ana = await people.enter('ana', { box, at: '/archivos' })
  const code = await makeRoom(ana, { nombre: 'Hostil', tipo: 'grupal' })
  const put = await ana.request.put('/archivos/a.txt', { data: 'hola', headers: { origin: box.origin, accept: 'application/json' } })
  const { id } = (await put.json()) as { id: string }

  const wrong: string[] = []
  for (const [name, sink] of Object.entries(sinks(code, id))) {
    const texts = sink.dear ? payloads.filter((_, i) => i % 5 === 0) : payloads
    wrong.push(...(await judge(ana, name, sink, texts)).slice(0, 5))
  }
  expect(wrong).toEqual([])

  // What was kept, where it is shown; the second of each pair are the ones that were stored.
  const everywhere = [`/salas/${code}`, '/salas', '/archivos', `/archivos/${id}`, `/salas/${code}/ajustes`, '/admin', '/admin/salas']
  for (const path of [...everywhere, '/admin/auditoria', '/admin/cuarentena', '/perfil']) {
    await ana.goto(path)
    await expect(ana.locator('h1')).toBeVisible()
    expect(await ana.evaluate(() => (window as { __pwned?: unknown }).__pwned), path).toBeUndefined()
    expect(await judge(ana, path, { path, shows: false }, ['']), path).toEqual([])
  }
  // Saved and not shown, but somebody opens it from the disk, where no policy of ours holds.
  const exported = await ana.evaluate(async (path) => {
    const page = await (await fetch(path)).text()
    // Its own style is the one thing that the policy of this page would complain about.
    const parsed = new DOMParser().parseFromString(page.replace(/<style>[^<]*<\/style>/, ''), 'text/html')
    const active = parsed.querySelectorAll('script, img, svg, iframe, object, embed, base, link, form, input, style, video, math, [style]')
    return { active: active.length, text: parsed.body.textContent.replace(/\s+/g, ' ') }
  }, `/salas/${code}/exportar`)
  expect(exported.active).toBe(0)
  expect(payloads.filter((text) => !exported.text.includes(text.replace(/\s+/g, ' ').trim()))).toEqual([])
  await ana.goto(`/salas/${code}`)
  const shown = await ana.locator('#messages .msg .msg__bubble').allTextContents()
  const all = shown.join('\n').replace(/\s+/g, ' ')
  const latest = payloads.slice(0, 400).filter((text) => !all.includes(text.replace(/\s+/g, ' ').trim()))
  expect(latest).toEqual([])
})
