// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a screen reader is given to read aloud: messages and joins, politely and once; never typing, the names of buttons, or another state
// of what was read already.
import type { Page } from '@playwright/test'
import { composer, enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, test } from './stage'

/** Notes what is added to live regions that are not switched off, the way a screen reader hears of it. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const loud = (node: Element | null) => {
      const region = node?.closest('[aria-live], [role="log"], [role="status"], [role="alert"]')
      return region !== null && region !== undefined && region.getAttribute('aria-live') !== 'off'
    }
    const readable = (node: Node): string => {
      if (node instanceof Element && (node.matches('[aria-hidden="true"], [aria-live="off"], [hidden], template') || !loud(node))) return ''
      return node instanceof Text ? node.data : [...node.childNodes].map(readable).join(' ')
    }
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) {
          const parent = node instanceof Element ? node : node.parentElement
          const words = parent && loud(parent) ? readable(node).replace(/\s+/g, ' ').trim() : ''
          if (words) heard.push(words)
        }
    }).observe(document.body, { childList: true, subtree: true })
  })
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard)
}

test('messages and who comes are read once; typing, buttons, reactions and edits are not', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('En voz alta') })
  await enterRoom(ana, code)
  const log = ana.getByRole('log')
  await expect(log).toHaveAttribute('aria-relevant', 'additions')
  await expect(log).toHaveAccessibleName(/^Mensajes de En voz alta/)
  const heard = await listen(ana)

  await joinRoom(beto, code)
  await expect.poll(heard).toContainEqual(expect.stringMatching(/^Beto Molina se unió a la sala/))
  await composer(beto).pressSequentially('hola')
  await expect(ana.locator('#typing')).toContainText('Beto Molina está escribiendo')
  await composer(beto).press('Enter')
  await expect.poll(heard).toContainEqual(expect.stringMatching(/^Beto Molina \d+:\d\d hola$/))
  await expect(message(ana, 'hola').locator('.msg__acts')).toBeAttached()
  const before = await heard()
  expect(before.join('\n')).not.toMatch(/escribiendo|Reaccionar|Responder|Más acciones/)

  await message(ana, 'hola').click()
  await ana.keyboard.press('+')
  await ana.locator('.msg-menu__sign').first().click()
  await expect(ana.locator('.reaction')).toBeVisible()
  await composer(beto).press('ArrowUp')
  await composer(beto).fill('hola a todos')
  await composer(beto).press('Enter')
  await expect(ana.locator('#messages .msg')).toContainText('hola a todos')
  await beto.locator('#messages .msg').click()
  await beto.keyboard.press('Delete')
  await beto.getByRole('button', { name: 'Eliminar', exact: true }).click()
  await expect(ana.locator('.msg__bubble--gone')).toBeVisible()
  expect((await heard()).slice(before.length)).toEqual([])

  // One's own typing is never read; what was sent is, once, when it is there for good.
  await composer(ana).pressSequentially('lo mío')
  expect((await heard()).slice(before.length)).toEqual([])
  await composer(ana).press('Enter')
  await expect(message(ana, 'lo mío').locator('.tick')).toBeVisible()
  expect((await heard()).slice(before.length).filter((words) => words.includes('lo mío'))).toHaveLength(1)
})

test('earlier messages that are scrolled to are not read aloud, and every message has a name', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Larga') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  for (let n = 1; n <= 30; n++) await say(beto, `línea ${n}`)
  for (let n = 31; n <= 60; n++) await say(ana, `línea ${n}`)
  await expect(message(ana, 'línea 60').locator('.tick')).toBeVisible()
  await ana.reload()
  await expect(message(ana, 'línea 60')).toBeVisible()
  const heard = await listen(ana)
  await ana.locator('.talk__scroll').evaluate((log) => log.scrollTo(0, 0))
  await expect(message(ana, 'línea 1')).toBeAttached()
  expect(await heard()).toEqual([])
  for (const item of await ana.locator('#messages .msg').all()) await expect(item).toHaveAccessibleName(/^(Yo|Beto Molina), \d+:\d\d/)
})
