// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, expectNoSidewaysScroll, type People, test } from './stage'

const chosen = 'doce ventanas abiertas'

/** Ana adds a person in the dialog; answers the temporary password, which is shown once. */
async function addPerson(ana: Page, { usuario, nombre }: { usuario: string; nombre: string }): Promise<string> {
  await ana.getByRole('link', { name: 'Agregar una cuenta a mano' }).click()
  const dialog = ana.getByRole('dialog', { name: 'Agregar una cuenta a mano' })
  await expect(dialog.getByLabel('Nombre')).toBeFocused()
  await dialog.getByLabel('Nombre').fill(nombre)
  await dialog.getByLabel('Usuario', { exact: true }).fill(usuario)
  await expect(dialog.getByLabel('Rol')).toHaveValue('usuario')
  await dialog.getByRole('button', { name: 'Agrega la cuenta' }).click()
  const once = ana.getByRole('dialog', { name: `Contraseña temporal de ${nombre}` })
  await expect(once).toContainText('Solo se muestra esta vez.')
  const password = await once.getByLabel(`Contraseña temporal de ${nombre}`).inputValue()
  await once.getByRole('link', { name: 'Hecho' }).click()
  await expect(ana.getByRole('dialog')).toHaveCount(0)
  expect(await ana.content()).not.toContain(password)
  return password
}

async function firstSignIn(people: People, usuario: string, password: string): Promise<Page> {
  const page = await people.stranger()
  await page.getByLabel('Usuario', { exact: true }).fill(usuario)
  await page.getByLabel('Contraseña', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(page.getByText('Antes de seguir, elige una contraseña propia. La temporal deja de servir.')).toBeVisible()
  await page.goto('/archivos')
  await expect(page).toHaveURL('/perfil/clave')
  await page.getByRole('textbox', { name: 'Contraseña actual' }).fill(password)
  await page.getByRole('textbox', { name: 'Contraseña nueva' }).fill(chosen)
  await page.getByRole('textbox', { name: 'Repite la nueva' }).fill(chosen)
  await page.getByRole('button', { name: 'Cambiar contraseña' }).click()
  await expect(page).toHaveURL('/salas')
  return page
}

test('ana adds a person; a new role acts on the page that is open, a pause closes it, and coming back is refused until the pause ends', async ({
  people,
  watch,
}) => {
  watch.expects(/WebSocket connection/, /status of 40[13]/)
  const ana = await people.enter('ana', { at: '/admin/usuarios' })
  const usuario = `eva-${randomBytes(3).toString('hex')}`
  const nombre = `Eva ${usuario.slice(4)}`
  const eva = await firstSignIn(people, usuario, await addPerson(ana, { usuario, nombre }))

  const search = ana.getByRole('searchbox', { name: 'Busca una persona' })
  await search.fill(usuario)
  const row = ana.locator('#users tbody tr')
  await expect(row).toHaveCount(1)
  await expect(row).toContainText(nombre)

  const { origin } = new URL(ana.url())
  const code = await makeRoom(ana, { nombre: roomName('Pruebas') })
  await joinRoom(eva, code)
  await expect(row.getByText('Conectado')).toHaveCount(0)
  await search.fill(`${usuario} `)
  await search.fill(usuario)
  await expect(row.getByText('Conectado')).toBeVisible()

  // Beside her page, which may be on its way to what the new role shows.
  const upload = async () => (await eva.request.put(`/archivos/${usuario}.txt`, { data: 'hola', headers: { origin } })).status()
  expect(await upload()).toBe(403)
  await row.getByLabel(`Rol de ${nombre}`).selectOption('cliente')
  await row.getByRole('button', { name: 'Cambiar el rol' }).click()
  await expect(ana.locator('.toast')).toContainText(`${nombre} ahora es Cliente.`)
  expect(await upload()).toBe(201)
  // The open page goes on talking, as who she is now.
  const me = await eva.locator('room-live').getAttribute('data-me')
  await expect(eva.locator(`#here [data-person="${me}"] .member__sub`)).toContainText('Cliente')
  await say(eva, 'sigo aquí')
  await expect(message(eva, 'sigo aquí').locator('.tick')).toBeVisible()

  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Poner en pausa' }).click()
  await expect(row).toContainText('En pausa')
  await expect(eva).toHaveURL(/\/entrar/)
  await eva.getByLabel('Usuario', { exact: true }).fill(usuario)
  await eva.getByLabel('Contraseña', { exact: true }).fill(chosen)
  await eva.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(eva.getByRole('alert')).toContainText('Esta cuenta está en pausa. Pregunta a quien administra PiChat.')

  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Reactivar la cuenta' }).click()
  await expect(row.getByLabel(`Rol de ${nombre}`)).toBeVisible()
  await eva.getByLabel('Contraseña', { exact: true }).fill(chosen)
  await eva.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(eva).toHaveURL(`/salas/${code}`)
})

test('a temporary password ends the old one and every open session', async ({ people, watch }) => {
  watch.expects(/status of 401/)
  const ana = await people.enter('ana', { at: '/admin/usuarios' })
  const usuario = `iris-${randomBytes(3).toString('hex')}`
  const nombre = `Iris ${usuario.slice(5)}`
  const iris = await firstSignIn(people, usuario, await addPerson(ana, { usuario, nombre }))
  const row = ana.locator('#users tbody tr', { hasText: nombre })
  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Dar contraseña temporal' }).click()
  const once = ana.getByRole('dialog', { name: `Contraseña temporal de ${nombre}` })
  const temporary = await once.getByLabel(`Contraseña temporal de ${nombre}`).inputValue()
  await iris.reload()
  await expect(iris).toHaveURL(/\/entrar/)
  await iris.getByLabel('Usuario', { exact: true }).fill(usuario)
  await iris.getByLabel('Contraseña', { exact: true }).fill(chosen)
  await iris.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(iris.getByRole('alert')).toBeVisible()
  await iris.getByLabel('Contraseña', { exact: true }).fill(temporary)
  await iris.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(iris).toHaveURL('/perfil/clave')
})

test('the last administrator stays one, whoever asks', async ({ people, watch }) => {
  watch.expects(/status of 409/)
  const ana = await people.enter('ana', { at: '/admin/usuarios' })
  const own = ana.locator('#users tbody tr', { hasText: '@admin' })
  await expect(own.locator('select, summary')).toHaveCount(0)
  const id = (await own.getAttribute('id'))?.replace('user-', '')
  const { origin } = new URL(ana.url())
  for (const [verb, form] of [
    ['rol', { rol: 'cliente' }],
    ['pausa', {}],
  ] as const) {
    const answer = await ana.request.post(`/admin/usuarios/${id}/${verb}`, { form, headers: { origin, accept: 'text/html' } })
    expect(answer.status(), verb).toBe(409)
    expect(await answer.text()).toContain('Siempre debe quedar al menos un administrador.')
  }
  await ana.reload()
  await expect(own).toContainText('Administrador')
})

test('the summary and the machine say how it is', async ({ people }) => {
  const ana = await people.enter('ana', { at: '/admin' })
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText('Administrar')
  await expect(ana.locator('.audit li').first()).toBeVisible()
  await expect(ana.locator('.audit')).not.toContainText(/(accounts|rooms|files)\.[a-z]/)
  await ana.getByRole('navigation', { name: 'Administrar' }).getByRole('link', { name: 'Sistema' }).click()
  await expect(ana.locator('.page-head__text p')).toContainText(/\d\s[GM]B de memoria/)
  for (const card of ['Disco', 'Memoria', 'Reloj', 'Antivirus', 'Conexiones'])
    await expect(ana.getByRole('region', { name: card })).toBeVisible()
  const again = ana.waitForResponse(
    (answer) => answer.url().endsWith('/admin/sistema') && answer.request().headers()['hx-request'] === 'true',
  )
  expect((await again).status()).toBe(200)
  await expect(ana.getByRole('region', { name: 'Disco' })).toBeVisible()
})

for (const width of [360, 1024, 1280])
  test(`at ${width} px the verdict on a part of the machine stands beside its name or below it, never on it`, async ({ people }) => {
    const ana = await people.enter('ana', { at: '/admin/sistema', viewport: { width, height: 800 } })
    for (const card of await ana.locator('.health').all()) {
      const [name, verdict] = await card.evaluate((card) =>
        ['.health__name', '.verdict'].map((part) => {
          const range = document.createRange()
          range.selectNodeContents(card.querySelector(part) ?? card)
          const { left, right, top, bottom } = range.getBoundingClientRect()
          return { left, right, top, bottom }
        }),
      )
      if (!name || !verdict) throw new Error('a card without name or verdict')
      expect(name.right <= verdict.left || name.bottom <= verdict.top, (await card.textContent()) ?? '').toBe(true)
    }
    await expectNoSidewaysScroll(ana)
  })

test('ana reads in the audit log what she did, narrows it, and takes it along as CSV', async ({ people }) => {
  const ana = await people.enter('ana', { at: '/admin' })
  const nombre = roomName('Auditada')
  await makeRoom(ana, { nombre })
  await ana.getByRole('link', { name: 'Ver la auditoría' }).click()
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText('Auditoría')
  await expect(ana.locator('#audit li', { hasText: `creó la sala ${nombre}` })).toBeVisible()
  await ana.getByLabel('Acción').selectOption({ label: 'Entradas y salidas' })
  await expect(ana.locator('#audit li', { hasText: nombre })).toHaveCount(0)
  await expect(ana.locator('#audit li', { hasText: 'Ana Torres entró' }).first()).toBeVisible()
  await expect(ana).toHaveURL(/accion=entradas/)
  const download = ana.waitForEvent('download')
  await ana.getByRole('link', { name: 'Descargar como CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^auditoria-.*\.csv$/)
  expect(file.url()).toContain('accion=entradas')
})

for (const width of [360, 1024, 1260, 1280, 1440])
  test(`at ${width} px the tables of administration hold the longest names there can be, and the short ones stay whole`, async ({
    people,
    house,
  }) => {
    const box = await house.start()
    const ana = await people.enter('ana', { box, at: '/admin', viewport: { width, height: 800 } })
    const { origin } = new URL(ana.url())
    const persons = [
      ['guadalupe.fernandez.bustamante', 'Guadalupe Fernández'],
      ['x'.repeat(32), 'W'.repeat(64)],
    ] as const
    for (const [usuario, nombre] of persons) {
      const answer = await ana.request.post('/admin/usuarios', { form: { usuario, nombre, rol: 'administrator' }, headers: { origin } })
      expect(answer.status(), usuario).toBeLessThan(400)
    }
    for (const nombre of ['Remodelacion_Los_Laureles_fase_2', 'W'.repeat(60), 'ABCDEFGHIJ'])
      await makeRoom(ana, { nombre, historial: 'guardada' })
    for (const [path, short] of [
      ['/admin/usuarios', 'Carla'],
      ['/admin/salas', 'ABCDEFGHIJ'],
    ] as const) {
      await ana.goto(path)
      await expectNoSidewaysScroll(ana)
      expect(await ana.locator('.table-box').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
      // Beside the page, where there is space for them, the same names end in dots.
      expect(await ana.locator('.side__rooms ul').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0)
      await expectWhole(ana.locator('.who__name', { hasText: short }), short)
      await ana.locator('tbody details summary').last().click()
      await expectNoSidewaysScroll(ana)
    }
  })

/** The word is not broken in the middle. */
async function expectWhole(place: Locator, word: string): Promise<void> {
  const lines = await place.evaluate((element, word) => {
    const words = element.firstChild as Text
    const range = document.createRange()
    range.setStart(words, words.data.indexOf(word))
    range.setEnd(words, words.data.indexOf(word) + word.length)
    return range.getClientRects().length
  }, word)
  expect(lines, word).toBe(1)
}

test('ana says for how many days all rooms remember, and downloads the conversation of a group room she is not in', async ({
  people,
  watch,
}) => {
  watch.expects(/status of 422/)
  const beto = await people.enter('beto')
  const nombre = roomName('Turnos')
  const code = await makeRoom(beto, { nombre, tipo: 'grupal' })
  await enterRoom(beto, code)
  await say(beto, 'lo acordado')

  const ana = await people.enter('ana', { at: '/admin/salas' })
  await ana.getByRole('link', { name: 'Conservar hasta 365 días' }).press('Enter')
  const dialog = ana.getByRole('dialog', { name: 'Cuánto se conserva lo escrito' })
  const days = dialog.getByLabel('Días como máximo')
  await expect(days).toBeFocused()
  await days.fill('9999')
  await days.press('Enter')
  await expect(dialog).toContainText('Elige entre 1 y 365 días.')
  await days.fill('300')
  await days.press('Enter')
  await expect(ana.getByText('Ninguna sala conserva más de 300 días.')).toBeVisible()
  await ana.getByRole('link', { name: 'Conservar hasta 300 días' }).click()
  await days.fill('')
  await dialog.getByRole('button', { name: 'Guardar el plazo' }).click()
  await expect(ana.getByRole('link', { name: 'Conservar hasta 365 días' })).toBeVisible()

  const row = ana.getByRole('row').filter({ hasText: nombre })
  await row.locator('summary').click()
  const coming = ana.waitForEvent('download')
  await row.getByRole('link', { name: 'Descargar la conversación' }).click()
  const text = await readFile((await (await coming).path()) ?? '', 'utf8')
  expect(text).toContain('lo acordado')
})

test('whoever pauses an account by keyboard stays at its row', async ({ people, house }) => {
  const box = await house.start()
  const ana = await people.enter('ana', { box, at: '/admin/usuarios' })
  const row = ana.locator('#users tr', { hasText: 'Carla Ríos' })
  const menu = row.locator('details.menu > summary')
  await menu.focus()
  await ana.keyboard.press('Enter')
  await row.getByRole('button', { name: 'Poner en pausa' }).focus()
  await ana.keyboard.press('Enter')
  await expect(row).toContainText('En pausa')
  await expect(menu).toBeFocused()
})
