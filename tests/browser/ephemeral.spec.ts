// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { boxAway, expect, test } from './stage'

/** Every byte under a folder as it lies on the disk now, the database's log included. */
async function everything(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

test('the words of a passing room are in no file, no output and no browser, while people talk and after the plug is pulled', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(...boxAway)
  const box = await house.start({ env: { PICHAT_LOG_LEVEL: 'trace' } })
  const marker = `marca${randomBytes(8).toString('hex')}`
  const witness = `testigo${randomBytes(8).toString('hex')}`
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])

  // A witness: what is kept would be found by the same search.
  const kept = await makeRoom(ana, { nombre: 'Testigo', historial: 'guardada' })
  await joinRoom(beto, kept)
  await say(beto, witness)
  await expect(message(beto, witness).locator('.tick')).toBeVisible()

  const code = await makeRoom(ana, { nombre: 'Pasajera', historial: 'efimera' })
  await Promise.all([ana.goto(`/salas/${code}`), joinRoom(beto, code)])
  await say(ana, `${marker} de ana`)
  await say(beto, `${marker} de beto`)
  await Promise.all([expect(message(beto, `${marker} de ana`)).toBeVisible(), expect(message(ana, `${marker} de beto`)).toBeVisible()])
  await say(ana, `${marker} `.repeat(400))
  await expect(ana.getByText('Mensaje demasiado largo')).toBeVisible()
  await composer(ana).fill(`${marker} a medias`)
  await beto.reload()
  await expect(message(beto, `${marker} de ana`)).toBeVisible()

  const stored = (page: typeof ana) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  expect((await stored(ana)) + (await stored(beto))).not.toContain(marker)
  const open = await everything(box.data)
  expect(open).toContain(witness)
  expect(open).not.toContain(marker)

  await box.kill('SIGKILL')
  expect(await everything(box.data)).not.toContain(marker)
  expect(box.output()).not.toContain(marker)
  expect(box.output()).not.toContain(witness)

  await box.start()
  await beto.goto(`/salas/${code}`)
  await expect(beto.getByText('Nadie ha escrito todavía')).toBeVisible()
  await expect(beto.getByText(marker)).toHaveCount(0)
  await beto.goto(`/salas/${kept}`)
  await expect(message(beto, witness)).toBeVisible()
})

/** What of this person's own words lies in the browser's storage. */
const written = (page: Page) =>
  page.evaluate(() => JSON.stringify(Object.entries(localStorage).filter(([key]) => /^pichat:(borrador|salida):/.test(key))))

/** Whoever may change the room makes it keep nothing, elsewhere. */
async function makePassing(page: Page, code: string): Promise<void> {
  const { origin } = new URL(page.url())
  expect((await page.request.post(`/salas/${code}/historia`, { form: { historial: 'efimera' }, headers: { origin } })).ok()).toBe(true)
}

test('when a kept room becomes passing, what is half written and what waits to be sent leave the disk at once and are not lost', async ({
  people,
}) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Se vuelve pasajera')
  const code = await makeRoom(ana, { nombre })
  await ana.request.post(`/salas/${code}/ajustes`, { form: { nombre, lento: '60' }, headers: { origin: new URL(ana.url()).origin } })
  await joinRoom(beto, code)
  await say(beto, 'la primera')
  await say(beto, 'la que espera')
  await composer(beto).fill('a medio escribir')
  await expect.poll(() => written(beto)).toContain('a medio escribir')
  expect(await written(beto)).toContain('la que espera')

  await makePassing(ana, code)
  await expect(beto.locator('room-live')).toHaveAttribute('data-keep', 'no')
  await expect(composer(beto)).toHaveAttribute('placeholder', 'Nada se guarda')
  expect(await written(beto)).toBe('[]')
  await expect(composer(beto)).toHaveValue('a medio escribir')
  await expect(beto.locator('#messages .msg[data-sent="no"]')).toContainText('la que espera')
  await composer(beto).press('End')
  await composer(beto).pressSequentially(' y algo más')
  await say(beto, 'otra que espera')
  await composer(beto).fill('y otra a medias')
  await beto.evaluate(() => window.dispatchEvent(new Event('pagehide')))
  expect(await written(beto)).toBe('[]')
})

test('a room that became passing while a page was away takes what that page had on the disk, and says it', async ({ people, watch }) => {
  watch.expects(/WebSocket connection/, /ERR_INTERNET_DISCONNECTED/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('De guardada a pasajera') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await beto.context().setOffline(true)
  await expect(beto.locator('#banner')).toBeVisible()
  await say(beto, 'escrito sin conexión')
  await composer(beto).fill('a medias sin conexión')
  await expect.poll(() => written(beto)).toContain('a medias sin conexión')
  await makePassing(ana, code)
  await beto.context().setOffline(false)
  await expectLive(beto)
  await expect(message(ana, 'escrito sin conexión')).toHaveCount(1)
  expect(await written(beto)).toBe('[]')
  await expect(composer(beto)).toHaveValue('a medias sin conexión')

  // A page that was closed leaves its words to the next one, which takes them off the disk.
  await beto.evaluate(() => {
    const { room, me } = document.querySelector<HTMLElement>('room-live')?.dataset ?? {}
    localStorage.setItem(`pichat:borrador:${room}:${me}`, 'de antes')
  })
  await composer(beto).fill('')
  await enterRoom(beto, code)
  await expect(composer(beto)).toHaveValue('de antes')
  expect(await written(beto)).toBe('[]')
})
