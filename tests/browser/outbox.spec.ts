// SPDX-License-Identifier: GPL-3.0-or-later
//
// What was written and could not be sent, and what was missed and is too much to be told.
import type { Page } from '@playwright/test'
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, roomName, said, say } from './rooms'
import { boxAway, expect, test } from './stage'

test('what waits in a tab that is closed while the box is away is sent once by the next tab, in its order', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(...boxAway)
  const box = await house.start()
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const code = await makeRoom(ana, { nombre: roomName('Bandeja') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await say(ana, 'antes')
  await expect(message(beto, 'antes')).toBeVisible()
  await box.kill('SIGKILL')
  await expect(ana.locator('#banner')).toBeVisible()
  for (const text of ['uno', 'dos', 'tres']) await say(ana, text)
  await expect(ana.locator('#messages .msg[data-sent="no"]')).toHaveCount(3)
  await ana.close({ runBeforeUnload: false })

  await box.start()
  const again = await beto
    .context()
    .browser()!
    .newContext({ storageState: await ana.context().storageState(), baseURL: box.origin, locale: 'es-ES' })
  await watch.over(again)
  const next = await again.newPage()
  await enterRoom(next, code)
  await expectLive(beto)
  for (const page of [next, beto]) {
    for (const text of ['antes', 'uno', 'dos', 'tres']) await expect(message(page, text)).toHaveCount(1)
    await expect(page.locator('#messages .msg')).toHaveCount(4)
    expect(await said(page)).toEqual(['antes', 'uno', 'dos', 'tres'])
  }
  await expect(next.locator('#messages .msg[data-sent="no"]')).toHaveCount(0)
  await next.reload()
  await expectLive(next)
  expect(await said(next)).toEqual(['antes', 'uno', 'dos', 'tres'])
  await again.close()
})

test('what is refused says why and waits for the person: discarded it is gone, sent again it arrives once', async ({ people, watch }) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Rechazos') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await beto.context().setOffline(true)
  await expect(beto.locator('#banner')).toBeVisible()
  for (const text of ['para tirar', 'para insistir']) await say(beto, text)

  const line = ana.locator('#here .member', { hasText: 'Beto Molina' })
  await line.getByTitle('Acciones para Beto Molina').click()
  await line.getByRole('button', { name: 'Silenciar 10 minutos' }).click()
  await expect(ana.locator('.toast', { hasText: 'Beto Molina queda en silencio' })).toBeVisible()
  await beto.context().setOffline(false)
  await expectLive(beto)
  const failed = beto.locator('#messages .msg', { has: beto.locator('.msg__status--bad') })
  await expect(failed).toHaveCount(2)
  await expect(failed.first()).toContainText('silenció esta cuenta')
  await failed.filter({ hasText: 'para tirar' }).getByRole('button', { name: 'Descartar' }).click()
  await expect(failed).toHaveCount(1)
  await beto.reload()
  await expectLive(beto)
  await expect(failed).toHaveCount(1)

  await ana.reload()
  await expectLive(ana)
  await line.getByTitle('Acciones para Beto Molina').click()
  await line.getByRole('button', { name: 'Quitar el silencio' }).click()
  await expect(composer(beto)).toBeEnabled()
  await failed.getByRole('button', { name: 'Reintentar' }).click()
  await expect(failed).toHaveCount(0)
  for (const page of [ana, beto]) {
    await expect(message(page, 'para insistir')).toHaveCount(1)
    await expect(message(page, 'para tirar')).toHaveCount(0)
  }
})

test('an answer to a message that is removed meanwhile drops its words, where it is written and where it waits, and is sent', async ({
  people,
  watch,
}) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Respuestas') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  for (const text of ['primer secreto', 'segundo secreto']) await say(ana, text)
  const answerTo = async (text: string) => {
    await message(beto, text).hover()
    await message(beto, text).getByRole('button', { name: 'Responder a Ana Torres' }).click()
  }
  const remove = async (text: string) => {
    await message(ana, text).focus()
    await ana.keyboard.press('Delete')
    await ana.getByRole('dialog').getByRole('button', { name: 'Eliminar' }).click()
    await expect(message(ana, text)).toHaveCount(0)
  }
  await answerTo('primer secreto')
  await composer(beto).fill('lo que contesto')
  await remove('primer secreto')
  const line = beto.locator('.composer__reply')
  await expect(line).toHaveText(/El mensaje ya no está/)
  await expect(composer(beto)).toHaveValue('lo que contesto')
  await composer(beto).press('Enter')
  await expect(line).toHaveCount(0)
  await expect(message(ana, 'lo que contesto')).toBeVisible()

  await answerTo('segundo secreto')
  await beto.context().setOffline(true)
  await expect(beto.locator('#banner')).toBeVisible()
  await say(beto, 'contestado sin conexión')
  const stored = () => beto.evaluate(() => JSON.stringify({ ...localStorage }))
  expect(await stored()).toContain('segundo secreto')
  await remove('segundo secreto')
  await beto.context().setOffline(false)
  await expectLive(beto)
  await expect(message(ana, 'contestado sin conexión')).toHaveCount(1)
  await expect(message(beto, 'contestado sin conexión').locator('.tick')).toBeVisible()
  expect(await beto.content()).not.toContain('secreto')
  expect(await stored()).not.toContain('secreto')
})

test('who missed more than can be told sees that messages are missing, and gets them from there', async ({ people, house, watch }) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const box = await house.start({ env: { PICHAT_CATCH_UP_CHANGES: '10', PICHAT_PAGE_MESSAGES: '10' } })
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const code = await makeRoom(ana, { nombre: roomName('Hueco') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  const { gap, missed } = await missMuch(ana, beto, () => say(beto, 'lo mío'))
  await expect(message(beto, 'lo mío')).toHaveCount(1)
  while (await gap.isVisible()) {
    const before = await beto.locator('#messages .msg').count()
    await gap.getByRole('button').click()
    await expect.poll(() => beto.locator('#messages .msg').count()).toBeGreaterThan(before)
  }
  const all = ['antes', ...missed, 'lo mío']
  await expect.poll(async () => (await said(beto)).slice(-all.length)).toEqual(all)
  await expect(ana.locator('#messages .msg').last()).toContainText('lo mío')
})

test('in a passing room the missing ones are offered while they are there, and said to be gone only when they are', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const box = await house.start({
    env: { PICHAT_CATCH_UP_CHANGES: '10', PICHAT_PAGE_MESSAGES: '10', PICHAT_EPHEMERAL_MESSAGES: '20', PICHAT_PRESENCE_GRACE: '60s' },
  })
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const code = await makeRoom(ana, { nombre: roomName('Hueco'), historial: 'efimera' })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  const { gap } = await missMuch(ana, beto)
  await expect(gap).not.toContainText('ya no existen')
  await gap.getByRole('button', { name: 'Traer los que faltan' }).click()
  await expect(beto.locator('#older')).toHaveCount(0)
  await expect(message(beto, 'falta 5')).toHaveCount(1)
  await expect(gap).toContainText('Esta sala es efímera y esos mensajes ya no existen.')
  await expect(gap.getByRole('button')).toHaveCount(0)
})

/** Both read the first; Beto is away for the next 24, and comes back to a log with a hole in it. */
async function missMuch(ana: Page, beto: Page, away: () => Promise<unknown> = async () => {}) {
  await say(ana, 'antes')
  await expect(message(beto, 'antes')).toBeVisible()
  await beto.context().setOffline(true)
  await expect(beto.locator('#banner')).toBeVisible()
  await away()
  const missed = Array.from({ length: 24 }, (_, i) => `falta ${i + 1}`)
  for (const text of missed) await say(ana, text)
  await expect(message(ana, 'falta 24').locator('.tick')).toBeVisible()

  await beto.context().setOffline(false)
  await expectLive(beto)
  const gap = beto.locator('#messages .gap')
  await expect(gap).toContainText(/faltan mensajes/i)
  return { gap, missed }
}
