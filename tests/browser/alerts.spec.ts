// SPDX-License-Identifier: GPL-3.0-or-later
//
// Being noticed on plain http: counter, icon, sound after the first tap, marks; per room all of it, mentions, or nothing.
import type { BrowserContext, Page } from '@playwright/test'
import { composer, enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, test } from './stage'

/** Counts the notes that would be heard; a machine of tests has no loudspeaker. */
async function listen(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.assign(window, { notes: 0 })
    class Silent {
      state = 'suspended'
      currentTime = 0
      destination = {}
      resume() {
        this.state = 'running'
        return Promise.resolve()
      }
      createOscillator() {
        Object.assign(window, { notes: (window as unknown as { notes: number }).notes + 1 })
        return { frequency: { value: 0 }, connect: (to: unknown) => to, start() {}, stop() {} }
      }
      createGain() {
        const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} }
        return { gain, connect: (to: unknown) => to }
      }
    }
    Object.assign(window, { AudioContext: Silent })
  })
}

/** Since the last time it was asked. */
const notes = (page: Page) =>
  page.evaluate(() => {
    const heard = (window as unknown as { notes: number }).notes
    Object.assign(window, { notes: 0 })
    return heard
  })

async function setVisible(page: Page, is: 'visible' | 'hidden'): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, 'visibilityState', { value: is, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, is)
}

async function choose(page: Page, level: string): Promise<void> {
  await page.getByTitle('Opciones de la sala').click()
  await page.getByRole('button', { name: 'Avisos de esta sala' }).click()
  await page.getByRole('dialog').getByLabel(level).check()
  await page.keyboard.press('Escape')
}

test('a tab behind others sounds after the first tap, counts and marks its icon; a room may be asked for mentions alone or for silence', async ({
  people,
}) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  await listen(ana.context())
  const nombre = roomName('Avisos')
  const code = await makeRoom(ana, { nombre })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  const counted = async () => Number(/^\((\d+)\)/.exec(await ana.title())?.[1] ?? 0)
  const before = await counted()
  const icon = ana.locator('link[rel="icon"]')

  // Nothing was touched yet, so nothing may sound; the counter needs no touch.
  await setVisible(ana, 'hidden')
  await say(beto, 'uno')
  await expect.poll(counted).toBe(before + 1)
  await expect(icon).toHaveAttribute('href', /favicon-unread/)
  expect(await notes(ana)).toBe(0)

  await setVisible(ana, 'visible')
  await composer(ana).click()
  await expect.poll(counted).toBe(before)
  await setVisible(ana, 'hidden')
  await say(beto, 'dos')
  await expect.poll(counted).toBe(before + 1)
  await expect.poll(() => notes(ana)).toBe(2) // two notes make one sound

  await setVisible(ana, 'visible')
  await expect.poll(counted).toBe(before)
  await choose(ana, 'Solo con menciones y respuestas')
  await setVisible(ana, 'hidden')
  await say(beto, 'tres')
  await expect(message(ana, 'tres')).toBeAttached()
  await expect.poll(counted).toBe(before + 1) // what is unread is counted all the same
  expect(await notes(ana)).toBe(0)
  // One sound at a time: the next call that comes after the pause is heard.
  await expect
    .poll(async () => {
      await say(beto, 'cuatro, @admin')
      return notes(ana)
    })
    .toBe(2)

  await setVisible(ana, 'visible')
  await choose(ana, 'Nunca')
  await setVisible(ana, 'hidden')
  await say(beto, 'cinco, @admin')
  await expect(message(ana, 'cinco, @admin')).toBeAttached()
  expect(await notes(ana)).toBe(0)
  // The choice is this browser's and survives a reload.
  await ana.reload()
  await ana.getByTitle('Opciones de la sala').click()
  await ana.getByRole('button', { name: 'Avisos de esta sala' }).click()
  await expect(ana.getByRole('dialog').getByLabel('Nunca')).toBeChecked()
})

test('an image that is pasted becomes a file of the room, an emoji is completed by its name, and a day has its line', async ({
  people,
}) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Imagen') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await composer(beto).focus()
  await beto.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 40
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
    const clipboardData = new DataTransfer()
    if (blob) clipboardData.items.add(new File([blob], 'image.png', { type: 'image/png' }))
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  for (const page of [ana, beto]) await expect(page.locator('#messages .msg .file')).toContainText('PNG', { timeout: 20_000 })

  await composer(beto).pressSequentially('listo :tada: y :cohe')
  await expect(composer(beto)).toHaveValue('listo 🎉 y :cohe')
  await expect(beto.locator('.complete__option')).toHaveText([/🚀.*:cohete:/])
  await composer(beto).press('Enter')
  await expect(composer(beto)).toHaveValue('listo 🎉 y 🚀 ')
  await composer(beto).press('Enter')
  await expect(message(ana, 'listo 🎉 y 🚀')).toBeVisible()
  await expect(ana.locator('#messages > .day')).toHaveText(/^Hoy, /)
})
