// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { makeRoom, roomName, roomPassword } from './rooms'
import { expect, expectNoSidewaysScroll, test } from './stage'

test.use({ javaScriptEnabled: false })

async function signIn(page: Page, usuario: string, clave: string): Promise<void> {
  await page.getByLabel('Usuario', { exact: true }).fill(usuario)
  await page.getByLabel('Contraseña', { exact: true }).fill(clave)
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
}

test('without script two people make a room, join it, write and read', async ({ people, watch }) => {
  watch.expects(/status of 4(01|22)/)
  const [ana, beto] = await Promise.all([people.stranger(), people.stranger()])
  await signIn(ana, 'admin', 'no es esta')
  await expect(ana.getByRole('alert')).toContainText('El usuario o la contraseña no coinciden.')
  await Promise.all([signIn(ana, 'admin', 'admin123'), signIn(beto, 'cliente', 'cliente123')])

  const nombre = roomName('Sin script')
  await ana.getByRole('main').getByRole('link', { name: 'Crea una sala' }).click()
  await ana.getByLabel('Nombre').fill(nombre)
  await ana.getByRole('radio', { name: 'Guardada' }).check()
  await ana.getByLabel('Contraseña de la sala').fill('corta')
  await ana.getByRole('button', { name: 'Crea la sala' }).click()
  await expect(ana.getByText('La contraseña necesita al menos 8 caracteres.')).toBeVisible()
  await expect(ana.getByLabel('Nombre')).toHaveValue(nombre)
  await ana.getByLabel('Contraseña de la sala').fill(roomPassword)
  await ana.getByRole('button', { name: 'Crea la sala' }).click()
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText(nombre)
  const code = new URL(ana.url()).pathname.split('/').at(-1) ?? ''

  await beto.getByLabel('Código de la sala').fill(code)
  await beto.getByLabel('Contraseña de la sala').fill(roomPassword)
  await beto.getByRole('button', { name: 'Entra a la sala' }).click()
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(nombre)
  await beto.getByLabel(`Mensaje para ${nombre}`).fill('Hola, sin script.\n\n¿Se lee?')
  await beto.getByRole('button', { name: 'Enviar' }).click()
  await expect(beto.locator('#messages .msg--own')).toContainText('Hola, sin script.')

  await ana.reload()
  await expect(ana.locator('#messages .msg', { hasText: '¿Se lee?' })).toContainText('Beto Molina')
  await expect(ana.locator('.needs-script').filter({ visible: true })).toHaveCount(0)
  await ana.getByLabel(`Mensaje para ${nombre}`).fill('Se lee.')
  await ana.getByRole('button', { name: 'Enviar' }).click()
  await beto.reload()
  await expect(beto.locator('#messages .msg')).toHaveText([/Hola, sin script/, /Se lee\./])

  // Who has just loaded the page is there, as far as anybody can know without script.
  await expect(beto.locator('#here .member__name')).toHaveText(['Ana Torres', 'Beto Molina'])
  await expect(beto.locator('#personas')).toContainText('En la sala · 2')
  await expect(beto.locator('#out .member')).toHaveCount(0)
  await beto.setViewportSize({ width: 360, height: 740 })
  const list = beto.getByRole('complementary', { name: 'Personas' })
  await expect(list).toBeHidden()
  await expect(beto.getByRole('button', { name: 'Personas en la sala' })).toBeHidden()
  await beto.getByRole('link', { name: 'Personas en la sala: 2' }).click()
  await expect(list).toBeInViewport({ ratio: 1 })
  await list.getByRole('link', { name: 'Cerrar' }).click()
  await expect(list).toBeHidden()

  await beto.locator('.room__head summary').click()
  await beto.getByRole('button', { name: 'Salir de la sala' }).click()
  await expect(beto.getByText(`Se salió de ${nombre}.`)).toBeVisible()
})

test('without script a room opens at the newest, also after one has written, and every message has its way to be deleted', async ({
  people,
}) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Larga sin script')
  const code = await makeRoom(ana, { nombre, tipo: 'grupal' })
  const { origin } = new URL(ana.url())
  await beto.request.post('/salas/unirse', { form: { codigo: code, clave: roomPassword }, headers: { origin } })
  for (const word of ['uno', 'dos', 'tres']) {
    const texto = Array.from({ length: 30 }, (_, i) => `${word} ${i}`).join('\n')
    expect((await beto.request.post(`/salas/${code}/mensajes`, { form: { texto }, headers: { origin } })).ok()).toBe(true)
  }
  await ana.goto(`/salas/${code}`)
  await expect(ana.getByText('tres 29')).toBeInViewport()
  await expect(ana.locator('.room__head .tag:visible')).toHaveText(/^\s*[2-9A-Z]{4}-[2-9A-Z]{4}\s*$/)
  await expect(ana.locator('[data-copy], [data-copy-from]').filter({ visible: true })).toHaveCount(0)
  await ana.getByLabel(`Mensaje para ${nombre}`).fill('Hasta abajo.')
  await ana.getByRole('button', { name: 'Enviar' }).click()
  await expect(ana.getByText('Hasta abajo.')).toBeInViewport()

  for (const width of [360, 1280]) {
    await ana.setViewportSize({ width, height: 800 })
    const his = ana.locator('#messages .msg', { hasText: 'uno 29' })
    const [link, author] = [his.getByRole('link', { name: 'Eliminar el mensaje' }), his.locator('.msg__author')]
    const [box, above] = [await link.boundingBox(), await author.boundingBox()]
    expect(box?.height).toBeLessThan(24)
    expect(box?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0))
  }
  await expect(ana.locator('#messages .msg--own').getByRole('link', { name: 'Editar el mensaje' })).toBeInViewport()
  // A link to an earlier message opens there.
  const id = await ana.locator('#messages .msg', { hasText: 'uno 29' }).getAttribute('id')
  await ana.goto(`/salas/${code}?mensaje=${id?.slice(2)}#${id}`)
  await expect(ana.getByText('uno 0', { exact: false }).first()).toBeInViewport()
})

test('without script a file is uploaded, downloaded, shared and deleted by plain forms', async ({ people, watch }) => {
  watch.expects(/status of 422/)
  const beto = await people.enter('beto', { at: '/archivos' })
  for (const width of [320, 360, 1280]) {
    await beto.setViewportSize({ width, height: 800 })
    await expectNoSidewaysScroll(beto)
  }
  const name = `informe año ${randomBytes(3).toString('hex')}.csv`
  const bytes = randomBytes(70_000)
  await beto.locator('#subir').getByRole('button', { name: 'Enviar' }).click()
  await expect(beto.getByText('Elige un archivo antes de enviar.')).toBeVisible()
  await beto.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'text/csv', buffer: bytes })
  await beto.locator('#subir').getByRole('button', { name: 'Enviar' }).click()
  await expect(beto.getByText(`«${name}» llegó entero.`)).toBeVisible()
  await expect(beto.locator('upload-queue, .drop').filter({ visible: true })).toHaveCount(0)

  const row = beto.locator('#files tbody tr', { hasText: name })
  await expect(row.locator('.state')).toHaveText('Sin analizar')
  const [download] = await Promise.all([beto.waitForEvent('download'), row.getByRole('link', { name: /^Descargar/ }).click()])
  expect(download.suggestedFilename()).toBe(name)
  expect(Buffer.compare(await readFile(await download.path()), bytes)).toBe(0)

  await row.getByRole('link', { name, exact: true }).click()
  const file = new URL(beto.url()).pathname
  await beto.getByRole('button', { name: 'Crea el enlace' }).click()
  const link = await beto.getByRole('textbox', { name: 'Enlace' }).inputValue()
  expect((await fetch(link)).status).toBe(200)

  const ana = await people.enter('ana', { at: file })
  await ana.getByRole('button', { name: 'Eliminar' }).click()
  await expect(ana.getByText(`«${name}» se eliminó.`)).toBeVisible()
  expect((await fetch(link)).status).toBe(404)
})

test('without script ana makes an account, its person chooses a password, a language and another role, and signs out', async ({
  people,
  watch,
}) => {
  watch.expects(/status of 422/)
  const ana = await people.enter('ana', { at: '/admin/usuarios' })
  const usuario = `dora-${randomBytes(3).toString('hex')}`
  await ana.getByRole('link', { name: 'Agregar una cuenta a mano' }).click()
  // What is a dialog with script is a card here: no bands of the dialog's own colour across it.
  for (const part of ['.dialog__head', '.dialog__foot']) {
    await expect(ana.locator(`.card ${part}`)).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)')
  }
  await ana.getByLabel('Nombre').fill('Dora Gil')
  await ana.getByLabel('Usuario', { exact: true }).fill('con espacios')
  await ana.getByRole('button', { name: 'Agrega la cuenta' }).click()
  await expect(ana.getByText('Usa solo letras minúsculas, números, punto o guion.')).toBeVisible()
  await ana.getByLabel('Usuario', { exact: true }).fill(usuario)
  await ana.getByRole('button', { name: 'Agrega la cuenta' }).click()
  await expect(ana.getByText('Solo se muestra esta vez.')).toBeVisible()
  const temporary = await ana.getByLabel('Contraseña temporal de Dora Gil').inputValue()

  const dora = await people.stranger()
  await signIn(dora, usuario, temporary)
  await expect(dora.getByText('Antes de seguir, elige una contraseña propia.')).toBeVisible()
  await dora.getByLabel('Contraseña actual').fill(temporary)
  await dora.getByLabel('Contraseña nueva').fill('catorce nubes lentas')
  await dora.getByLabel('Repite la nueva').fill('catorce nubes lentas')
  await dora.getByRole('button', { name: 'Cambiar contraseña' }).click()
  await expect(dora).toHaveURL('/salas')

  await dora.goto('/perfil')
  await dora.getByLabel('Nombre visible').fill('Dora Gil Vega')
  await dora.locator('#nombre').getByRole('button', { name: 'Guardar' }).click()
  await expect(dora.getByRole('heading', { level: 1 })).toHaveText('Dora Gil Vega')
  await dora.getByRole('radio', { name: 'Oscuro' }).check()
  await dora.locator('#aspecto').getByRole('button', { name: 'Guardar' }).click()
  await expect(dora.locator('html')).toHaveAttribute('data-theme', 'dark')
  await dora.getByRole('combobox', { name: 'Idioma' }).selectOption('en')
  await dora.locator('#idioma').getByRole('button', { name: 'Guardar' }).click()
  await expect(dora.locator('html')).toHaveAttribute('lang', 'en')

  await ana.goto(`/admin/usuarios?buscar=${usuario}`)
  const row = ana.locator('#users tbody tr')
  await row.getByLabel('Rol de Dora Gil Vega').selectOption('cliente')
  await row.getByRole('button', { name: 'Cambiar el rol' }).click()
  await expect(ana.getByText('Dora Gil Vega ahora es Cliente.')).toBeVisible()
  await dora.goto('/archivos')
  await expect(dora.getByText('Upload files')).toBeVisible()

  await dora.goto('/perfil')
  await dora.getByRole('button', { name: 'Sign out' }).click()
  await expect(dora.getByRole('heading', { level: 1 })).toHaveText('Sign in')
  await dora.goto('/salas')
  await expect(dora).toHaveURL(/\/entrar/)
})
