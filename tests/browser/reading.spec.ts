// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where one left off, on whichever device; further up and back down; a link to any message; found again by a word.
import type { Page } from '@playwright/test'
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, expectAccessible, test } from './stage'

const log = (page: Page) => page.locator('.talk__scroll')
const line = (page: Page) => page.locator('.unread-line')

/** Says so many lines past the limit on a person's pace: by two people in turns, as fast as the server answers. */
async function fill(pages: readonly Page[], count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const page = pages[Math.floor(((n - 1) * pages.length) / count)] ?? pages[0]
    if (page) await say(page, `línea ${n}`)
  }
  for (const page of pages) await expect(page.locator('#messages .msg[data-sent="no"]')).toHaveCount(0)
}

test('what was read is known per person, on every device: the line stands above the first that was not', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Leído')
  const code = await makeRoom(ana, { nombre })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await say(beto, 'esto lo ve')
  await expect(message(ana, 'esto lo ve')).toBeVisible()
  // Seen a moment ago, and away at once: that counts too.
  await ana.goto('/archivos')
  for (const text of ['uno', 'dos', 'tres']) await say(beto, text)
  await expect(message(beto, 'tres').locator('.tick')).toBeVisible()

  await ana.goto('/salas')
  await expect(ana.locator('#my-rooms .room-row', { hasText: nombre }).locator('.unread')).toHaveText(/^3/)
  await expect(ana.locator('.side-room', { hasText: nombre }).locator('.unread')).toHaveText(/^3/)
  expect(await ana.title()).toMatch(/^\(\d+\) /)

  const phone = await people.enter('ana', { viewport: { width: 360, height: 740 }, at: `/salas/${code}` })
  await expect(line(phone)).toHaveText('3 mensajes nuevos')
  await expect(phone.locator('.unread-line + .msg')).toContainText('uno')
  await expect(message(phone, 'tres')).toBeInViewport()
  await expectLive(phone) // what was seen is told over the socket
  await phone.goto('/archivos')
  await enterRoom(ana, code)
  await expect(line(ana)).toHaveCount(0)
  await expect(ana.locator('.side-room', { hasText: nombre }).locator('.unread')).toHaveCount(0)
})

test('scrolling up brings earlier messages and keeps what is read in its place; what comes below is counted, and one tap leads there', async ({
  people,
}) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Larga') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  await fill([ana, beto], 70)
  await ana.reload()
  await expect(message(ana, 'línea 70')).toBeInViewport()
  await expect(message(ana, 'línea 1')).toHaveCount(0)

  await log(ana).evaluate((box) => box.scrollTo(0, 0))
  await expect(message(ana, 'línea 1')).toBeAttached()
  await expect(ana.locator('#messages .msg')).toHaveCount(70)
  // The one that stood at the top stands there still, and did not jump away to make place for those before it.
  await expect(message(ana, 'línea 21')).toBeInViewport()
  await expect(ana.locator('#older')).toHaveCount(0)
  await expect(ana.locator('#messages > .day')).toHaveCount(1)

  const jump = ana.locator('#jump')
  await expect(jump).toBeVisible()
  await say(beto, 'mientras tanto')
  await expect(jump).toHaveText('Hay 1 mensaje nuevo abajo')
  await expect(message(ana, 'mientras tanto')).not.toBeInViewport()
  await jump.click()
  await expect(message(ana, 'mientras tanto')).toBeInViewport()
  await expect(jump).toBeHidden()
  await expect(log(ana)).toBeFocused()

  // A link to an early message opens its page, around it, and the way down goes page by page or at once.
  const id = await message(ana, 'línea 5').getAttribute('id')
  await ana.goto(`/salas/${code}?mensaje=${id?.slice(2)}#${id}`)
  await expect(message(ana, 'línea 5')).toBeInViewport()
  await expect(message(ana, 'línea 5')).toBeFocused()
  await ana.locator('#jump').click()
  await expect(message(ana, 'mientras tanto')).toBeInViewport()
})

test('ana finds a message by the beginning of a word without accents, by room, person and day, and goes there; carla finds nothing', async ({
  people,
}) => {
  const [ana, beto, carla] = await Promise.all([people.enter('ana'), people.enter('beto'), people.enter('carla')])
  const nombre = roomName('Actas')
  const code = await makeRoom(ana, { nombre })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  const word = `zumb${Date.now().toString(36)}`
  await say(beto, `La reunión del ${word} es el martes.`)
  await say(ana, `Yo llevo el ${word}, y café.`)
  await expect(message(beto, `Yo llevo el ${word}, y café.`)).toBeVisible()

  await ana.goto('/salas')
  await ana.getByRole('main').getByRole('link', { name: 'Buscar' }).click()
  await expect(ana).toHaveURL(/\/buscar/)
  const found = ana.locator('#results .result')
  await ana.getByLabel('Palabras').pressSequentially(word.slice(0, 6).toUpperCase())
  await expect(found).toHaveCount(2)
  await expect(found.first().locator('mark')).toHaveText(word)
  await expect(found.first()).toContainText(nombre)
  await expectAccessible(ana)
  await ana.getByLabel('Persona').selectOption({ label: 'Beto Molina' })
  await expect(found).toHaveCount(1)
  await ana.getByLabel('Palabras').fill(`reunion ${word.slice(0, 6)}`)
  await expect(found).toHaveCount(1)
  await ana.getByLabel('Sala', { exact: true }).selectOption({ label: nombre })
  await expect(found).toHaveCount(1)
  await ana.getByLabel('Hasta').fill('2020-01-01')
  await expect(ana.getByText('Sin resultados en esta sala.')).toBeVisible()
  await ana.getByLabel('Hasta').fill('')
  await expect(found).toHaveCount(1)
  await found.getByRole('link').click()
  await expect(message(ana, `La reunión del ${word} es el martes.`)).toBeFocused()

  await carla.goto(`/buscar?q=${word}`)
  await expect(carla.getByText('Sin resultados.')).toBeVisible()
  await expect(carla.locator('#results .result')).toHaveCount(0)
  await expect(composer(ana)).toBeVisible()
})

test('beyond 99 the list, the side bar, the total and the tab say so, and more is not counted down', async ({ people, house }) => {
  const box = await house.start({ env: { PICHAT_MESSAGES_PER_SECOND: '0' } })
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const nombre = roomName('Muchos')
  const [code, open] = [await makeRoom(ana, { nombre }), await makeRoom(ana, { nombre: roomName('Otra') })]
  await joinRoom(beto, code)
  await fill([beto], 105)
  await enterRoom(ana, open)
  const badge = ana.locator('.side-room', { hasText: nombre }).locator('.unread')
  await expect(badge).toHaveText(/^99\+/)
  await expect(ana).toHaveTitle(/^\(99\+\) /)
  const before = await badge.locator('..').getAttribute('data-unread')
  await say(beto, 'uno más')
  await expect(badge.locator('..')).not.toHaveAttribute('data-unread', before ?? '')
  await expect(badge).toHaveText(/^99\+/)
  await expect(ana.locator('[data-unread-total]')).toHaveText(/^99\+/)
  await enterRoom(ana, code)
  await expect(line(ana)).toHaveText('99+ mensajes nuevos')
  await ana.locator('#jump').click()
  await expect(badge).toHaveCount(0)
})
