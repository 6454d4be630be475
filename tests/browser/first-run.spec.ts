// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, expectAccessible, test } from './stage'

test('whoever stands at the box claims it with the code of its console, once, and finds a room', async ({ page, house, watch }) => {
  watch.expects(/status of 40[34]/)
  const box = await house.start({ command: 'serve' })
  await page.goto(`${box.origin}/salas`)
  await expect(page).toHaveURL(`${box.origin}/primer-arranque`)
  await expectAccessible(page)

  const code = page.getByLabel('Código inicial', { exact: true })
  await code.fill('AAAA-AAAA')
  await page.getByLabel('Nombre del lugar').fill('Taller Norte')
  await page.getByLabel('Nombre', { exact: true }).fill('Ana Prieto')
  await page.getByLabel('Usuario').fill('ana')
  await page.getByLabel('Contraseña', { exact: true }).fill('una frase que nadie diría')
  await page.getByRole('button', { name: 'Deja PiChat listo' }).click()
  await expect(page.getByText('Ese código no es. Quedan 4 intentos antes de que cambie.')).toBeVisible()
  await expect(code).toBeFocused()
  await expect(page.getByLabel('Nombre', { exact: true })).toHaveValue('Ana Prieto')
  await expect(page.getByLabel('Contraseña', { exact: true })).toHaveValue('')
  await expectAccessible(page)

  await code.fill((await box.claimCode()).toLowerCase())
  await page.getByLabel('Contraseña', { exact: true }).fill('una frase que nadie diría')
  await page.getByRole('button', { name: 'Deja PiChat listo' }).click()
  await expect(page).toHaveURL(`${box.origin}/salas`)
  await expect(page.getByText('Listo. PiChat ya tiene dueño.')).toBeVisible()
  await expect(page.locator('#my-rooms').getByRole('link', { name: 'General' })).toBeVisible()
  await expect(page.locator('.side .brand__place')).toHaveText('Taller Norte')
  await expect(page.getByRole('link', { name: 'Administrar' })).toBeVisible()

  expect((await page.goto(`${box.origin}/primer-arranque`))?.status()).toBe(404)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Aquí no hay nada')
})

test('the link of the QR brings the code along, in the language of the browser', async ({ people, house }) => {
  const box = await house.start({ command: 'serve' })
  const code = await box.claimCode()
  const page = await people.stranger({ box, at: `/primer-arranque?codigo=${code}`, locale: 'en-GB', colorScheme: 'dark' })
  await expect(page.getByLabel('Setup code', { exact: true })).toHaveValue(code)
  await expectAccessible(page)
})
