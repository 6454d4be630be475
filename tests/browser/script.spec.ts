// SPDX-License-Identifier: GPL-3.0-or-later
//
// What web/main.ts promises, on small pages of the test's own: the built script and styles under the product's policy, and a
// host name on plain http, which is no secure context, as in an office.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'

const web = resolve(import.meta.dirname, '../../dist/web')
const host = 'http://pichat.test'
const policy = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"

type Answer = { body: string; headers?: Record<string, string>; status?: number }
type Show = (body: string, answers?: Record<string, () => Answer | 'no answer'>) => Promise<Page>

const test = base.extend<{ show: Show }>({
  show: async ({ page }, use) => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    const manifest: Record<string, string> = JSON.parse(readFileSync(`${web}/manifest.json`, 'utf8'))

    await use(async (body, answers = {}) => {
      await page.route(`${host}/**`, async (route) => {
        const { pathname } = new URL(route.request().url())
        const headers = { 'content-security-policy': policy }
        if (pathname.startsWith('/web/')) return route.fulfill({ path: `${web}/${pathname.slice(5)}`, headers })
        const answer = answers[pathname]?.()
        if (answer === 'no answer') return route.abort()
        if (answer) return route.fulfill({ contentType: 'text/html', ...answer, headers: { ...headers, ...answer.headers } })
        return route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: whole(body, manifest) })
      })
      await page.goto(`${host}/salas`)
      await page.waitForSelector('html[data-script="on"]')
      return page
    })
    // htmx says aloud that a request failed; only the test that cuts the line expects it.
    expect(complaints.filter((text) => !text.startsWith('htmx: htmx:error: Failed to fetch'))).toEqual([])
  },
})

function whole(body: string, manifest: Record<string, string>): string {
  return `<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Salas · PiChat</title>
    <link rel="icon" href="/web/${manifest['favicon.svg']}"><link rel="stylesheet" href="/web/${manifest['main.css']}"><link rel="stylesheet" href="/web/${manifest['pages.css']}">
    <script type="module" src="/web/${manifest['main.js']}"></script><script type="module" src="/web/${manifest['pages.js']}"></script></head>
    <body><main id="contenido" tabindex="-1">${body}</main>
    <dialog class="dialog" id="dialog" aria-label="Diálogo"></dialog><div class="toasts" id="toasts" role="status"></div></body></html>`
}

test('a password is shown and hidden, and hidden again when it is sent', async ({ show }) => {
  const page = await show(`<form action="/entrar" method="post"><input id="clave" type="password" name="clave">
    <button class="btn" type="button" data-reveal="clave" aria-pressed="false">Ver</button><button class="btn">Entra</button></form>`)
  const field = page.locator('#clave')
  await page.getByText('Ver').click()
  await expect(field).toHaveAttribute('type', 'text')
  await expect(page.getByText('Ver')).toHaveAttribute('aria-pressed', 'true')
  await page.evaluate(() => document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault()))
  await page.getByText('Entra').click()
  await expect(field).toHaveAttribute('type', 'password')
})

test('a room code is written as it is printed, and the caret stays where one types', async ({ show }) => {
  const page = await show('<input class="input input--code" id="codigo" maxlength="9">')
  const field = page.locator('#codigo')
  await field.pressSequentially('r3vn8twb')
  await expect(field).toHaveValue('R3VN-8TWB')
  await field.fill('')
  await field.pressSequentially('r3v8twb')
  await field.evaluate((input: HTMLInputElement) => input.setSelectionRange(3, 3))
  await page.keyboard.type('n')
  await expect(field).toHaveValue('R3VN-8TWB')
  expect(await field.evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(4)
})

test('what htmx puts into the dialog opens it; Esc closes it and the focus goes back', async ({ show }) => {
  const page = await show('<button class="btn" hx-get="/salas/nueva" hx-target="#dialog">Crea una sala</button>', {
    '/salas/nueva': () => ({ body: '<div class="dialog__head"><h2>Crea una sala</h2></div><form><input name="nombre"></form>' }),
  })
  await page.getByRole('button').click()
  await expect(page.getByRole('dialog', { name: 'Crea una sala' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('#dialog')).toBeHidden()
  await expect(page.locator('#dialog')).toBeEmpty()
  await expect(page.getByRole('button')).toBeFocused()
})

test('a form in the dialog comes back with its errors and the focus on the first; when it is done the dialog goes and a toast says so', async ({
  show,
}) => {
  const wrong =
    '<form hx-post="/salas/hechas" hx-target="#dialog"><input name="nombre" aria-invalid="true" aria-label="Nombre"><button class="btn">Crear</button></form>'
  let tries = 0
  const page = await show('<button class="btn" hx-get="/salas/nueva" hx-target="#dialog">Crea una sala</button>', {
    '/salas/nueva': () => ({ body: wrong.replace(' aria-invalid="true"', '') }),
    '/salas/hechas': () => {
      tries++
      if (tries === 1) return { status: 422, body: wrong }
      return { status: 204, body: '', headers: { 'HX-Trigger': '{"toast":"Se cre\\u00f3 la sala.","close-dialog":true}' } }
    },
  })
  await page.getByRole('button').click()
  await page.getByLabel('Nombre').fill('Obra')
  await page.getByText('Crear').click()
  await expect(page.getByLabel('Nombre')).toBeFocused()
  await page.getByLabel('Nombre').fill('Obra')
  await page.getByText('Crear').click()
  await expect(page.locator('.toast')).toContainText('Se creó la sala.')
  await expect(page.locator('#dialog')).toBeHidden()
})

test('a toast goes after six seconds, but not under the pointer', async ({ show, page: clocked }) => {
  await clocked.clock.install({ time: new Date('2026-01-05T08:00:00') })
  const page = await show('<p>Salas</p>')
  // From here on time passes only where the test says so, however slow the machine.
  await page.clock.pauseAt(new Date('2026-01-05T09:00:00'))
  await page.evaluate(() => document.dispatchEvent(new CustomEvent('toast', { detail: { text: 'Uno' } })))
  const toast = page.locator('.toast')
  await toast.hover()
  await page.clock.runFor(10_000)
  await expect(toast).toBeVisible()
  await page.mouse.move(0, 0)
  await page.clock.runFor(5_900)
  await expect(toast).toBeVisible()
  await page.clock.runFor(200)
  await expect(toast).toHaveCount(0)
})

test('a form may ask for one of its choices alone', async ({ show }) => {
  let sent = 0
  const page = await show(
    '<form hx-post="/historia" hx-swap="none" data-confirm="¿Borrar?" data-confirm-if="historial=efimera"><label><input type="radio" name="historial" value="guardada" checked>Guardada</label><label><input type="radio" name="historial" value="efimera">Efímera</label><button class="btn">Cambiar</button></form>',
    {
      '/historia': () => {
        sent++
        return { status: 200, body: '', headers: { 'HX-Trigger': '{"toast":"Cambiada"}' } }
      },
    },
  )
  await page.getByRole('button', { name: 'Cambiar' }).click()
  await expect(page.getByText('Cambiada')).toBeVisible()
  await page.getByLabel('Efímera').check()
  await page.getByRole('button', { name: 'Cambiar' }).click()
  await expect(page.getByRole('dialog', { name: '¿Borrar?' })).toBeVisible()
  expect(sent).toBe(1)
})

test('a question is asked before anything is sent, and no means nothing happens', async ({ show }) => {
  let deleted = 0
  const page = await show(
    '<button class="btn" hx-delete="/archivos/1/a" hx-swap="none" data-confirm="¿Eliminar?" data-confirm-yes="Eliminar el archivo" data-confirm-danger>Eliminar</button>',
    {
      '/archivos/1/a': () => {
        deleted++
        return { status: 200, body: '', headers: { 'HX-Trigger': '{"toast":"Eliminado"}' } }
      },
    },
  )
  const button = page.getByRole('button', { name: 'Eliminar', exact: true })
  await button.click()
  await expect(page.getByRole('dialog', { name: '¿Eliminar?' })).toBeVisible()
  await expect(page.getByText('Cancelar')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button).toBeFocused()
  expect(deleted).toBe(0)
  await button.click()
  await page.getByText('Eliminar el archivo').click()
  await expect(page.locator('.toast')).toContainText('Eliminado')
  expect(deleted).toBe(1)
})

test('without a clipboard the text is copied the old way', async ({ show }) => {
  const page = await show('<button class="btn" data-copy="K7QX-4M2D">Copiar</button><textarea aria-label="Aquí"></textarea>')
  expect(await page.evaluate(() => isSecureContext)).toBe(false)
  await page.getByText('Copiar').click()
  await expect(page.locator('.toast')).toContainText('Copiado')
  await page.getByLabel('Aquí').focus()
  await page.keyboard.press('Control+V')
  await expect(page.getByLabel('Aquí')).toHaveValue('K7QX-4M2D')
})

test('where copying fails altogether the text is selected and the toast says how', async ({ show }) => {
  const page = await show(
    '<input id="enlace" readonly value="http://pichat.local/x"><button class="btn" data-copy-from="enlace">Copiar</button>',
  )
  await page.evaluate(() => {
    document.execCommand = () => false
  })
  await page.getByText('Copiar').click()
  await expect(page.locator('.toast')).toContainText('usa Ctrl+C')
  expect(await page.locator('#enlace').evaluate((input: HTMLInputElement) => input.selectionEnd)).toBe(21)
})

test('a menu closes by Esc and by a click elsewhere; a drawer gives the focus back', async ({ show }) => {
  const page =
    await show(`<details class="menu"><summary>Más</summary><div class="menu__panel"><button class="menu__item" type="button">Uno</button></div></details>
    <p>fuera</p><button type="button" class="btn" data-drawer="personas" aria-controls="personas" aria-expanded="false">Personas</button>
    <aside class="members" id="personas"><button type="button" data-drawer="personas">Cerrar</button></aside><div class="scrim" data-drawer="personas"></div>`)
  const menu = page.locator('details')
  await page.getByText('Más').click()
  await page.getByText('Uno').focus()
  await page.keyboard.press('Escape')
  await expect(menu).not.toHaveAttribute('open')
  await expect(page.getByText('Más')).toBeFocused()
  await page.getByText('Más').click()
  await page.getByText('fuera').click()
  await expect(menu).not.toHaveAttribute('open')
  await page.getByText('Personas').click()
  await expect(page.locator('#personas')).toHaveAttribute('data-open')
  await expect(page.getByText('Personas')).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('Escape')
  await expect(page.getByText('Personas')).toBeFocused()
})

test('single keys act outside fields only', async ({ show }) => {
  const page = await show('<label>Buscar <input type="search"></label>')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Atajos de teclado' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('/?')
  await expect(page.getByRole('searchbox')).toHaveValue('/?')
})

test('a theme is seen at once', async ({ show }) => {
  const page = await show(
    '<label><input type="radio" name="tema" data-theme-set="dark">Oscuro</label><label><input type="radio" name="tema" data-theme-set="auto">Como el equipo</label>',
  )
  await page.getByText('Oscuro').click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByText('Como el equipo').click()
  await expect(page.locator('html')).not.toHaveAttribute('data-theme')
})

test('a line that is cut is said, and the button can be pressed again', async ({ show }) => {
  const page = await show('<button class="btn" hx-post="/salas/x" data-busy="Guardando…">Guardar</button>', {
    '/salas/x': () => 'no answer',
  })
  await page.getByRole('button').first().click()
  await expect(page.locator('.toast')).toContainText('PiChat no respondió.')
  await expect(page.locator('main button')).not.toHaveAttribute('aria-busy')
  await expect(page.locator('main button')).toHaveText('Guardar')
})

test('after another page took the place of this one, its toasts and its dialog work, and one reads from the top', async ({ show }) => {
  const next = `<html><head><title>Sala · PiChat</title></head><body><main id="contenido" tabindex="-1"><h1>Sala</h1>
    <button class="btn" hx-get="/qr" hx-target="#dialog">QR</button></main><dialog class="dialog" id="dialog"></dialog>
    <div class="toasts" id="toasts" role="status"><div class="toast"><span class="toast__text">Lista</span></div></div></body></html>`
  const page = await show('<button class="btn" hx-post="/unirse">Unirse</button>', {
    '/unirse': () => ({ body: '', headers: { 'HX-Location': '{"path":"/salas/x","target":"body","swap":"outerHTML"}' } }),
    '/salas/x': () => ({ body: next }),
    '/qr': () => ({ body: '<h2>Código QR</h2>' }),
  })
  await page.getByText('Unirse').click()
  await expect(page.getByRole('heading', { name: 'Sala' })).toBeVisible()
  await expect(page).toHaveURL(`${host}/salas/x`)
  await expect(page.locator('#contenido')).toBeFocused()
  await page.locator('.toast').getByRole('button', { name: 'Cerrar' }).click()
  await expect(page.locator('.toast')).toHaveCount(0)
  await page.getByText('QR').click()
  await expect(page.getByRole('dialog', { name: 'Código QR' })).toBeVisible()
})

test('the page of a busy house asks again by itself, by GET', async ({ show, page: clocked }) => {
  await clocked.clock.install()
  const page = await show('<div class="fault" data-retry-seconds="5">PiChat está despertando</div>')
  const again = page.waitForRequest(`${host}/salas`)
  await page.clock.runFor(5_100)
  expect((await again).method()).toBe('GET')
})
