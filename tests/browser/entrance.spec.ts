// SPDX-License-Identifier: GPL-3.0-or-later
import { cast } from '../support/people'
import { expect, test } from './stage'

const roles = { ana: 'Administrador', beto: 'Cliente', carla: 'Usuario' } as const

for (const name of ['ana', 'beto', 'carla'] as const)
  test(`${name} signs in as ${cast[name].role} and sees what that role may`, async ({ people }) => {
    const page = await people.stranger({ at: '/archivos' })
    await expect(page).toHaveURL(/\/entrar\?volver=/)
    await page.getByLabel('Usuario', { exact: true }).fill(cast[name].usuario)
    await page.getByLabel('Contraseña', { exact: true }).fill(cast[name].clave)
    await page.getByRole('button', { name: 'Entra', exact: true }).click()
    await expect(page).toHaveURL('/archivos')
    await expect(page.locator('.side .me__role')).toHaveText(roles[name])
    await expect(page.getByRole('link', { name: 'Administrar' })).toHaveCount(name === 'ana' ? 1 : 0)
    await expect(page.getByText('Sube archivos')).toHaveCount(name === 'carla' ? 0 : 1)
    await page.getByRole('link', { name: 'Salas', exact: false }).first().click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Salas')
  })

test('a wrong password says so, keeps the name and nothing of the password, and puts the cursor where one goes on', async ({
  people,
  watch,
}) => {
  watch.expects(/status of 401/)
  const page = await people.stranger()
  await page.getByLabel('Usuario', { exact: true }).fill('cliente')
  await page.getByLabel('Contraseña', { exact: true }).fill('no es esta')
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('El usuario o la contraseña no coinciden.')
  await expect(page.getByLabel('Usuario', { exact: true })).toHaveValue('cliente')
  await expect(page.getByLabel('Contraseña', { exact: true })).toHaveValue('')
  await expect(page.getByLabel('Contraseña', { exact: true })).toBeFocused()
  await page.getByLabel('Contraseña', { exact: true }).fill(cast.beto.clave)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/salas')
})

test('the language changes before signing in and lasts; an account brings its own', async ({ people }) => {
  const page = await people.stranger()
  await page.getByRole('link', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in')
  await page.getByRole('link', { name: 'Español' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Entra')

  const carla = await people.enter('carla', { at: '/perfil', fresh: true })
  await carla.getByRole('combobox', { name: 'Idioma' }).selectOption('en')
  await carla.locator('#idioma').getByRole('button', { name: 'Guardar' }).click()
  await expect(carla.locator('html')).toHaveAttribute('lang', 'en')
  // A door offers no language that the account would overrule.
  await carla.goto('/salas/unirse')
  await expect(carla.getByRole('main')).toBeVisible()
  await expect(carla.getByRole('link', { name: 'Español' })).toHaveCount(0)
  const elsewhere = await people.enter('carla', { fresh: true })
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText('Rooms')
  await elsewhere.goto('/perfil')
  await elsewhere.getByRole('combobox', { name: 'Language' }).selectOption('es')
  await elsewhere.locator('#idioma').getByRole('button', { name: 'Save' }).click()
  await expect(elsewhere.locator('html')).toHaveAttribute('lang', 'es')
})

test('a theme is there at once and after every load; the third choice follows the system again', async ({ people }) => {
  const page = await people.enter('beto', { at: '/perfil', colorScheme: 'light' })
  const colour = () => page.locator('#contenido').evaluate((main) => getComputedStyle(main).backgroundColor)
  const light = await colour()
  const kept = () => page.waitForResponse((answer) => answer.url().endsWith('/perfil/aspecto') && answer.ok())

  const [dark] = await Promise.all([kept(), page.getByRole('radio', { name: 'Oscuro' }).check()])
  expect(dark.request().method()).toBe('POST')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.goto('/salas')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  expect(await colour()).not.toBe(light)

  await page.goto('/perfil')
  await Promise.all([kept(), page.getByRole('radio', { name: 'Como el equipo' }).check()])
  await page.reload()
  await expect(page.locator('html')).not.toHaveAttribute('data-theme')
  expect(await colour()).toBe(light)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(colour).not.toBe(light)
})

test('after signing out the back button shows nothing of what was there', async ({ people }) => {
  const page = await people.enter('ana', { at: '/archivos', fresh: true })
  await page.goto('/perfil')
  await page.getByRole('button', { name: 'Salir' }).click()
  await expect(page).toHaveURL(/\/entrar/)
  await expect(page.getByText('La sesión se cerró.')).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Entra')
  await expect(page.getByText('Ana Torres')).toHaveCount(0)
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Entra')
})
