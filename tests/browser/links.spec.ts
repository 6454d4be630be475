// SPDX-License-Identifier: GPL-3.0-or-later
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './stage'

const run = promisify(execFile)
const phone = { viewport: { width: 360, height: 740 } }

async function uploadAs(page: Page, files: readonly { name: string; buffer: Buffer }[]): Promise<void> {
  await page.goto('/archivos')
  for (const { name, buffer } of files) {
    const answer = await page.request.put(`/archivos/${encodeURIComponent(name)}`, {
      data: buffer,
      headers: { origin: new URL(page.url()).origin, accept: 'application/json' },
    })
    expect(answer.status()).toBe(201)
  }
}

const named = (word: string, bytes: number) => ({ name: `${word} ${randomBytes(3).toString('hex')}.bin`, buffer: randomBytes(bytes) })

/** Makes a link on the page of a file and answers its address. */
async function makeLink(page: Page, name: string, fields: Record<string, string>): Promise<string> {
  await page.goto(`/archivos?q=${encodeURIComponent(name)}`)
  await page.getByRole('link', { name, exact: true }).click()
  for (const [label, value] of Object.entries(fields)) await page.locator('#enlaces').getByLabel(label).fill(value)
  await page.getByRole('button', { name: 'Crea el enlace' }).click()
  return page.locator('#links input[readonly]').first().inputValue()
}

test('whoever has a link with a password gets the file by it, and the maker sees its use', async ({ people, watch }) => {
  watch.expects(/status of 422/)
  const file = named('contrato', 3_000_000)
  const beto = await people.enter('beto')
  await uploadAs(beto, [file])
  const address = await makeLink(beto, file.name, { 'Descargas como máximo': '1', Contraseña: 'la clave', Nota: 'para el notario' })
  await expect(beto.locator('#links li').first()).toContainText('para el notario')
  await expect(beto.locator('#links li').first().getByRole('img', { name: 'Código QR del enlace directo' })).toBeVisible()

  const guest = await people.stranger({ at: address, ...phone })
  await expectAccessible(guest)
  await expectNoSidewaysScroll(guest)
  await guest.getByLabel('Contraseña del enlace').fill('otra cosa')
  await guest.keyboard.press('Enter')
  const wrong = guest.getByText('La contraseña no coincide.')
  await expect(wrong).toBeVisible()
  await guest.getByLabel('Contraseña del enlace').fill('la clave')
  const coming = guest.waitForEvent('download')
  await guest.keyboard.press('Enter')
  const download = await coming
  expect(download.suggestedFilename()).toBe(file.name)
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(hash(await readFile(await download.path()))).toBe(hash(file.buffer))
  // The page stays, and says nothing of the attempt before.
  await expect(guest.getByRole('button', { name: 'Descargar' })).not.toHaveAttribute('aria-busy')
  await expect(guest.getByLabel('Contraseña del enlace')).not.toHaveAttribute('aria-invalid', 'true')
  await expect(guest.getByLabel('Contraseña del enlace')).toHaveAccessibleDescription('La tiene quien envió el enlace.')
  await expect(wrong).toHaveCount(0)

  await beto.goto('/archivos/enlaces')
  await expectAccessible(beto)
  expect((await guest.request.get(address)).status()).toBe(404)
  await expect(beto.locator('main')).not.toContainText(file.name)
})

test('an administrator ends a link of somebody else in the list of all, by keyboard', async ({ people }) => {
  const file = named('informe', 100)
  const beto = await people.enter('beto')
  await uploadAs(beto, [file])
  const address = await makeLink(beto, file.name, {})
  const ana = await people.enter('ana', { at: '/archivos/enlaces', ...phone })
  const row = ana.locator('#links li', { hasText: file.name })
  await expect(row).toContainText('Activo')
  await expectNoSidewaysScroll(ana)
  await row.getByRole('button', { name: 'Revocar' }).focus()
  await ana.keyboard.press('Enter')
  await expect(row).toContainText('Revocado')
  expect((await ana.request.get(address)).status()).toBe(404)
})

test('files are marked by keyboard on a phone and come as one zip; a list that comes anew keeps the marks', async ({ people }) => {
  const files = [named('uno', 2000), named('dos', 3000), named('tres', 10)]
  const carla = await people.enter('carla', { ...phone })
  const beto = await people.enter('beto')
  await uploadAs(beto, files)
  await carla.goto('/archivos')
  await expectNoSidewaysScroll(carla)
  await expectAccessible(carla)
  const button = carla.getByRole('button', { name: 'Descargar lo marcado (ZIP)' })
  await expect(button).toBeHidden()
  for (const { name } of files.slice(0, 2)) {
    await carla.getByRole('checkbox', { name: `Marcar ${name}` }).focus()
    await carla.keyboard.press('Space')
  }
  await expect(carla.locator('[data-selected]')).toHaveText('2 marcados')
  // The list comes anew under the hand of somebody who is about to press the button.
  await button.focus()
  await button.evaluate((old) => old.setAttribute('data-old', ''))
  await carla.evaluate(() => document.body.dispatchEvent(new CustomEvent('files-changed', { bubbles: true })))
  await expect(carla.locator('[data-old]')).toHaveCount(0)
  await expect(carla.getByRole('checkbox', { name: `Marcar ${files[0]?.name}` })).toBeChecked()
  await expect(button).toBeFocused()
  const coming = carla.waitForEvent('download')
  await carla.keyboard.press('Enter')
  const download = await coming
  expect(download.suggestedFilename()).toBe('Archivos de PiChat.zip')
  const { stdout } = await run('python3', [
    '-c',
    'import zipfile,sys; print(sorted(i.file_size for i in zipfile.ZipFile(sys.argv[1]).infolist()))',
    await download.path(),
  ])
  expect(stdout.trim()).toBe('[2000, 3000]')
  expect(await button.getAttribute('aria-busy')).toBeNull() // before the list comes anew
  const again = carla.waitForEvent('download')
  await button.click()
  expect((await again).suggestedFilename()).toBe('Archivos de PiChat.zip')

  await carla.getByLabel('Marcar todos').check()
  await expect(carla.locator('[data-selected]')).toHaveText(/^\d+ marcados$/)
  await carla.getByLabel('Marcar todos').uncheck()
  await expect(button).toBeHidden()
})

test('a list that comes anew leaves the focus on its box, also where the answer brings the count along', async ({ people }) => {
  const file = named('cuatro', 100)
  const beto = await people.enter('beto')
  await uploadAs(beto, [file])
  await beto.goto('/archivos')
  const box = beto.getByRole('checkbox', { name: `Marcar ${file.name}` })
  await box.focus()
  await beto.keyboard.press('Space')
  await box.evaluate((old) => old.setAttribute('data-old', ''))
  await beto.evaluate(() => document.body.dispatchEvent(new CustomEvent('files-changed', { bubbles: true })))
  await expect(beto.locator('[data-old]')).toHaveCount(0)
  await expect(box).toBeFocused()
  await expect(box).toBeChecked()
})

test('without script the boxes and the button do the same', async ({ people, watch }) => {
  watch.expects(/status of 422/)
  const file = named('sin script', 500)
  const beto = await people.enter('beto')
  await uploadAs(beto, [file])
  const carla = await people.enter('carla', { javaScriptEnabled: false, at: `/archivos?q=${encodeURIComponent(file.name)}`, ...phone })
  await carla.getByRole('button', { name: 'Descargar lo marcado (ZIP)' }).click()
  await expect(carla.getByText('Marca al menos un archivo.')).toBeVisible()
  await carla.goto(`/archivos?q=${encodeURIComponent(file.name)}`)
  await carla.getByRole('checkbox', { name: `Marcar ${file.name}` }).check()
  const coming = carla.waitForEvent('download')
  await carla.getByRole('button', { name: 'Descargar lo marcado (ZIP)' }).click()
  expect((await coming).suggestedFilename()).toBe('Archivos de PiChat.zip')
})

test('without script, in English, whoever has a link types its password and gets the file', async ({ people }) => {
  const file = named('guest', 500)
  const beto = await people.enter('beto')
  await uploadAs(beto, [file])
  const address = await makeLink(beto, file.name, { Contraseña: 'the password' })
  const guest = await people.stranger({ at: address, javaScriptEnabled: false, locale: 'en-GB', ...phone })
  await expect(guest.getByText(/shares this file$/)).toBeVisible()
  await guest.getByLabel('Link password').fill('the password')
  const coming = guest.waitForEvent('download')
  await guest.getByRole('button', { name: 'Download' }).click()
  expect((await coming).suggestedFilename()).toBe(file.name)
})
