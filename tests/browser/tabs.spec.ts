// SPDX-License-Identifier: GPL-3.0-or-later
//
// One person in two tabs, a network that goes, a tab behind others, a session that ends: nothing is lost, nothing said twice.
import type { Page } from '@playwright/test'
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, roomName, said, say } from './rooms'
import { boxAway, expect, test } from './stage'

/** As when another tab covers this one: Playwright shows every page. */
async function setVisible(page: Page, is: 'visible' | 'hidden'): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, 'visibilityState', { value: is, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, is)
}

test('signing out takes the drafts of this person out of the browser, and leaves those of others', async ({ people }) => {
  const carla = await people.enter('carla', { fresh: true })
  const code = await makeRoom(carla, { nombre: roomName('Borrador') })
  await enterRoom(carla, code)
  await composer(carla).fill('a medias')
  const drafts = () => carla.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('pichat:borrador:')))
  await expect.poll(drafts).toHaveLength(1)
  await carla.evaluate(() => localStorage.setItem('pichat:borrador:sala:otra', 'de otra persona'))
  await carla.goto('/perfil')
  await carla.getByRole('button', { name: 'Salir' }).click()
  await expect(carla).toHaveURL(/\/entrar/)
  expect(await drafts()).toEqual([['pichat:borrador:sala:otra', 'de otra persona']])
})

test('two tabs of one person share what was said, what was read and what waits; each message is sent once', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(...boxAway)
  const box = await house.start()
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const nombre = roomName('Dos pestañas')
  const code = await makeRoom(ana, { nombre })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  const second = await ana.context().newPage()
  await enterRoom(second, code)
  await expect(second.locator('#here .member')).toHaveCount(2) // one person, not two
  await say(ana, 'desde la primera')
  await expect(message(second, 'desde la primera')).toHaveCount(1)
  await expect(second.locator('.msg--own')).toHaveCount(1)
  // What is unread in other rooms is counted with it.
  const counted = async (page: Page) => Number(/^\((\d+)\)/.exec(await page.title())?.[1] ?? 0)
  const elsewhere = await counted(second)
  await setVisible(second, 'hidden')
  await say(beto, 'para ana')
  await expect(second).toHaveTitle(`(${elsewhere + 1}) ${nombre} · PiChat`)
  await expect(message(ana, 'para ana')).toBeVisible()
  expect(await counted(ana)).toBe(elsewhere)
  await setVisible(second, 'visible')
  await expect.poll(() => counted(second)).toBe(elsewhere)

  await box.kill('SIGKILL')
  await expect(ana.locator('#banner')).toBeVisible()
  await say(ana, 'sin red, de la primera')
  await say(second, 'sin red, de la segunda')
  // A third tab finds what waits in this browser; whichever comes first sends it, and the server knows it by its id.
  await composer(ana).fill('un borrador')
  await box.start()
  for (const page of [ana, second, beto]) {
    await page
      .getByRole('button', { name: 'Intentar ahora' })
      .click({ timeout: 2_000 })
      .catch(() => undefined)
    await expectLive(page)
  }
  await ana.reload()
  await expectLive(ana)
  await expect(composer(ana)).toHaveValue('un borrador')
  for (const page of [ana, second, beto]) {
    for (const text of ['sin red, de la primera', 'sin red, de la segunda', 'para ana']) await expect(message(page, text)).toHaveCount(1)
    await expect(page.locator('#messages .msg')).toHaveCount(4)
  }
  expect(await said(second)).toEqual(await said(beto))
})

test('the network goes while ana writes and comes back: what she wrote is there once, and so is what she missed', async ({
  people,
  watch,
}) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Sin red') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await say(ana, 'antes')
  await expect(message(beto, 'antes')).toBeVisible()

  await composer(ana).fill('a medias')
  await ana.context().setOffline(true)
  await expect(ana.locator('#banner')).toBeVisible()
  await expect(ana.locator('#banner')).toHaveAttribute('role', 'status')
  await expect(composer(ana)).toHaveValue('a medias')
  await composer(ana).press('Enter')
  await expect(ana.locator('#messages .msg[data-sent="no"]')).toContainText('Espera la conexión')
  await say(beto, 'esto se lo pierde')
  await message(beto, 'antes').click()
  await beto.keyboard.press('r')
  await say(beto, 'y esto también')
  await expect(message(beto, 'esto se lo pierde').locator('.tick')).toBeVisible()

  await ana.context().setOffline(false)
  await expectLive(ana)
  for (const page of [ana, beto])
    for (const text of ['antes', 'a medias', 'esto se lo pierde']) await expect(message(page, text)).toHaveCount(1)
  await expect(ana.locator('#messages .msg', { hasText: 'y esto también' })).toHaveCount(1)
  await expect(ana.locator('#messages .msg[data-sent="no"]')).toHaveCount(0)
  expect(await said(ana)).toEqual(await said(beto))
})

test('the session ends while beto writes: the text stays, and is sent once after he signed in again', async ({ people, watch }) => {
  watch.expects(/status of 401/, /WebSocket connection/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto', { fresh: true })])
  const code = await makeRoom(ana, { nombre: roomName('Sesión') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await composer(beto).fill('no lo pierdas')
  // Somebody else signs this browser out: the cookie is still sent and worth nothing.
  const other = await beto.context().newPage()
  await other.goto('/perfil')
  await other.getByRole('button', { name: 'Salir', exact: true }).click()
  await expect(other).toHaveURL(/\/entrar/)

  const banner = beto.locator('#banner')
  await expect(banner).toContainText('sesión')
  await expect(composer(beto)).toHaveValue('no lo pierdas')
  await composer(beto).press('End')
  await composer(beto).pressSequentially(', por favor')
  await composer(beto).press('Enter')
  await composer(beto).fill('y un borrador')
  await banner.getByRole('button').click()
  await expect(beto).toHaveURL(/\/entrar\?volver=/)
  await beto.getByLabel('Usuario', { exact: true }).fill('cliente')
  await beto.getByLabel('Contraseña', { exact: true }).fill('cliente123')
  await beto.getByRole('button', { name: 'Entra', exact: true }).click()
  await expect(beto).toHaveURL(new RegExp(`/salas/${code}`))
  await expectLive(beto)
  await expect(message(beto, 'no lo pierdas, por favor')).toHaveCount(1)
  await expect(message(ana, 'no lo pierdas, por favor')).toHaveCount(1)
  await expect(composer(beto)).toHaveValue('y un borrador')
})
