// SPDX-License-Identifier: GPL-3.0-or-later
import type { Page, Request } from '@playwright/test'
import { composer, enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, test } from './stage'

/** What issue 3 allows the first page of a room, in bytes as they travel: gzip, since browsers take no brotli over plain http. */
const allowed = 60_000

function watchCode(page: Page): Request[] {
  const asked: Request[] = []
  page.on('request', (request) => ['script', 'stylesheet'].includes(request.resourceType()) && asked.push(request))
  return asked
}

test('the first page of a visit may be a room: at most 60 KB of script and style travel, and talking fetches none after', async ({
  people,
  watch,
}) => {
  watch.expects(/favicon\.ico/) // the page that comes before has no icon of its own
  const ana = await people.enter('ana')
  const code = await makeRoom(ana, { nombre: roomName('Ligera'), tipo: 'grupal' })
  await enterRoom(ana, code)

  const beto = await people.enter('beto', { at: '/salud' }) // one word, and nothing in the cache
  const asked = watchCode(beto)
  await joinRoom(beto, code)
  const sizes = await Promise.all(asked.map(async (request) => ({ url: request.url(), bytes: (await request.sizes()).responseBodySize })))
  expect(sizes.map(({ url }) => new URL(url).pathname.replace(/-[0-9a-f]+\./, '.')).sort()).toEqual([
    '/activos/main.css',
    '/activos/main.js',
  ])
  const together = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(together).toBeGreaterThan(20_000) // it was not the cache
  expect(together, JSON.stringify(sizes)).toBeLessThanOrEqual(allowed)

  // One of everything that people do while they talk.
  await say(beto, 'Hola, @ana :jacaranda: `código`')
  await expect(message(ana, 'Hola, @ana :jacaranda: código')).toBeVisible()
  await say(ana, 'Hola')
  await message(beto, 'Hola').click()
  await beto.keyboard.press('r')
  await say(beto, 'respondo')
  await composer(beto).press('ArrowUp')
  await composer(beto).press('Escape')
  await composer(beto).pressSequentially(':son')
  await composer(beto).press('Escape')
  await composer(beto).fill('')
  await message(beto, 'Hola').click()
  await beto.keyboard.press('+')
  await beto.keyboard.press('Escape')
  await beto.keyboard.press('?')
  await expect(beto.getByRole('dialog')).toBeVisible()
  await beto.keyboard.press('Escape')
  await beto.keyboard.press('Control+k')
  await expect(beto.getByRole('dialog')).toBeVisible()
  await beto.keyboard.press('Escape')
  await beto.locator('.room__head summary').click()
  await beto.getByRole('button', { name: /^Salir de la sala/ }).click()
  await expect(beto.getByRole('dialog')).toBeVisible()
  await beto.keyboard.press('Escape')
  expect(asked.slice(sizes.length).map((request) => request.url())).toEqual([])
})

test('another page that htmx puts in the place of a room comes with its own styles and script', async ({ people }) => {
  const ana = await people.enter('ana')
  await enterRoom(ana, await makeRoom(ana, { nombre: roomName('De paso') }))
  await expect(ana.locator('link[href*="/pages-"]')).toHaveCount(0)
  // As an answer with HX-Location does it: the body of the lobby in the body of the room.
  await ana.evaluate(() => {
    const link = document.querySelector('a[hx-target="#dialog"]')
    link?.setAttribute('hx-get', '/salas')
    link?.setAttribute('hx-target', 'body')
    link?.setAttribute('hx-swap', 'outerHTML')
    link?.setAttribute('hx-push-url', 'true')
  })
  const whole = ana.waitForRequest((request) => request.resourceType() === 'document')
  await ana.locator('.room__head summary').click()
  await ana.getByRole('link', { name: 'Cambiar nombre, contraseña o historia' }).click()
  await whole
  await expect(ana.locator('main.room')).toHaveCount(0)
  await expect(ana.locator('head link[href*="/pages-"]')).toHaveCount(1)
})
