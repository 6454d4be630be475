// SPDX-License-Identifier: GPL-3.0-or-later
import type { Page } from '@playwright/test'
import { expectLive, message, roomName, roomPassword } from './rooms'
import { expect, test } from './stage'

/** Presses Tab until this has the focus; every stop on the way must be seen. */
async function tabTo(page: Page, wanted: { role?: string; name: RegExp }): Promise<void> {
  const passed: string[] = []
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press('Tab')
    const stop = await focused(page)
    passed.push(stop.name)
    expect(stop.ring, `the focus on «${stop.name}» is seen`).toBe(true)
    if (wanted.name.test(stop.name)) return
  }
  throw new Error(`Tab never reached ${wanted.name}; it passed ${passed.join(' · ')}`)
}

/** What has the focus, by its words, and whether a ring of two pixels or more is drawn around it or around what it belongs to. */
function focused(page: Page): Promise<{ name: string; ring: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return { name: 'nothing', ring: true }
    const labels = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? [...(element.labels ?? [])] : []
    const name = [element.textContent, element.getAttribute('aria-label'), ...labels.map((label) => label.textContent)].join(' ')
    const around = ['label', '.composer', '.input-group'].map((one) => element.closest(one))
    const marks = [element, element.parentElement, element.nextElementSibling, ...around, ...(element.closest('label')?.children ?? [])]
    const ring = marks.some((one) => {
      if (!(one instanceof HTMLElement)) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || (boxShadow !== 'none' && one.matches(':focus-within'))
    })
    return { name: name.replace(/\s+/g, ' ').trim(), ring }
  })
}

test('with the keyboard alone beto signs in, makes a room, talks, opens the menu and leaves; the focus is always seen', async ({
  people,
}) => {
  const page = await people.stranger()
  await expect(page.getByLabel('Usuario', { exact: true })).toBeFocused()
  await page.keyboard.type('cliente')
  await tabTo(page, { name: /^Contraseña/ })
  await page.keyboard.type('cliente123')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/salas')

  await page.keyboard.press('Tab')
  expect((await focused(page)).name).toBe('Ir al contenido')
  await page.keyboard.press('Enter')
  await expect(page.locator('#contenido')).toBeFocused()
  await tabTo(page, { name: /^Crea una sala$/ })
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Crea una sala' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  expect((await focused(page)).name).toBe('Crea una sala')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeVisible()

  const nombre = roomName('Teclas')
  if (!(await dialog.getByLabel('Nombre').evaluate((input) => input === document.activeElement))) await tabTo(page, { name: /^Nombre/ })
  await page.keyboard.type(nombre)
  await tabTo(page, { name: /^ ?Privada|Privada/ })
  await page.keyboard.press('ArrowRight')
  await expect(dialog.getByRole('radio', { name: 'De grupo' })).toBeChecked()
  await tabTo(page, { name: /Efímera/ })
  await page.keyboard.press('ArrowRight')
  await expect(dialog.getByRole('radio', { name: 'Guardada' })).toBeChecked()
  await tabTo(page, { name: /^Contraseña de la sala/ })
  await page.keyboard.type(roomPassword)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(nombre)
  await expectLive(page)

  await page.keyboard.press('Tab')
  expect((await focused(page)).name).toBe('Ir a los mensajes')
  await page.keyboard.press('Tab')
  expect((await focused(page)).name).toBe('Ir a escribir')
  await page.keyboard.press('Enter')
  await tabTo(page, { name: /^Mensaje para|Mensaje para/ })
  await page.keyboard.type('Escrito sin ratón.')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('En dos líneas.')
  await page.keyboard.press('Enter')
  await expect(page.locator('#messages .msg')).toHaveCount(1)
  await expect(page.locator('#messages .msg br')).toHaveCount(1)
  await page.keyboard.type('Y otra.')
  await page.keyboard.press('Enter')
  await expect(message(page, 'Y otra.')).toBeVisible()

  // The log is one stop; inside it the arrows walk, and a letter goes on writing.
  const log = page.getByRole('log')
  for (let i = 0; i < 40 && !(await log.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press('Shift+Tab')
  expect((await focused(page)).ring).toBe(true)
  await page.keyboard.press('ArrowUp')
  await expect(message(page, 'Y otra.')).toBeFocused()
  expect((await focused(page)).ring).toBe(true)
  await page.keyboard.press('ArrowUp')
  await expect(page.locator('#messages .msg').first()).toBeFocused()
  await page.keyboard.type('z')
  await expect(page.locator('textarea[name="texto"]')).toBeFocused()
  await expect(page.locator('textarea[name="texto"]')).toHaveValue('z')

  await page.locator('#contenido').focus()
  await tabTo(page, { name: /Opciones de la sala/ })
  await page.keyboard.press('Enter')
  await expect(page.locator('.room__head .menu__panel')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('.room__head .menu__panel')).toBeHidden()
  expect((await focused(page)).name).toContain('Opciones de la sala')
  await page.keyboard.press('Enter')
  await tabTo(page, { name: /^Salir de la sala$/ })
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog')
  await expect(question).toContainText(`¿Salir de ${nombre}?`)
  await tabTo(page, { name: /^Continuar$/ })
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/salas')
  await expect(page.getByText(`Se salió de ${nombre}.`)).toBeVisible()
})

test('a question answers to Escape, gives the focus back and did nothing', async ({ people }) => {
  const page = await people.enter('ana', { at: '/archivos' })
  const row = page.locator('#files tbody tr').first()
  const name = await row.locator('a').first().textContent()
  await row.locator('summary').focus()
  await page.keyboard.press('Enter')
  await tabTo(page, { name: /^Eliminar…$/ })
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: `¿Eliminar «${name}»?` })).toBeVisible()
  expect((await focused(page)).name).toBe('Cancelar')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect((await focused(page)).name).not.toBe('nothing')
  await page.reload()
  await expect(page.locator('#files').getByRole('link', { name: name ?? '', exact: true })).toBeVisible()
})

for (const { locale, role, change, said } of [
  { locale: 'es-ES', role: 'Rol de Carla Ríos', change: 'Cambiar el rol', said: 'Carla Ríos ahora es Cliente.' },
  { locale: 'en-GB', role: 'Carla Ríos’s role', change: 'Change the role', said: 'Carla Ríos is now Client.' },
])
  test(`an arrow chooses a role and gives it to nobody; the button beside it does (${locale})`, async ({ people, house }) => {
    const box = await house.start()
    const ana = await people.enter('ana', { box, at: '/admin/usuarios', locale })
    const row = ana.locator('#users tbody tr', { hasText: '@usuario' })
    const button = row.getByRole('button', { name: change })
    await expect(button).toBeHidden()
    const asked: string[] = []
    ana.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
    await row.getByLabel(role).focus()
    await ana.keyboard.press('ArrowUp')
    await expect(row.getByLabel(role)).toHaveValue('cliente')
    await expect(button).toBeVisible()
    await ana.keyboard.press('ArrowDown')
    await expect(button).toBeHidden()
    await ana.keyboard.press('ArrowUp')
    await ana.reload()
    expect(asked).toEqual([])
    await expect(row.getByLabel(role)).toHaveValue('usuario')

    await row.getByLabel(role).focus()
    await ana.keyboard.press('ArrowUp')
    await ana.keyboard.press('Tab')
    await expect(button).toBeFocused()
    await ana.keyboard.press('Enter')
    await expect(ana.locator('.toast')).toContainText(said)
    await expect(row.getByLabel(role)).toHaveValue('cliente')
    await expect(row.getByLabel(role)).toBeFocused()
    await expect(button).toBeHidden()
  })
