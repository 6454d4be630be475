// SPDX-License-Identifier: GPL-3.0-or-later
//
// What journeys do in rooms, in a line each.
import type { Locator, Page } from '@playwright/test'
import { expect } from './stage'

export const roomPassword = 'siete jacarandas'

interface Wanted {
  nombre: string
  tipo?: 'privada' | 'grupal'
  historial?: 'efimera' | 'guardada'
  clave?: string
}

let made = 0

/** A name that no other journey uses. */
export function roomName(word: string): string {
  made++
  return `${word} ${process.env.TEST_WORKER_INDEX ?? 0}-${made}`
}

/** Makes a room as this person, past the form that another journey fills in; answers its code. */
export async function makeRoom(
  page: Page,
  { nombre, tipo = 'privada', historial = 'guardada', clave = roomPassword }: Wanted,
): Promise<string> {
  const { origin } = new URL(page.url())
  const answer = await page.request.post('/salas', {
    form: { nombre, clave, tipo, historial },
    headers: { origin, accept: 'application/json' },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  return ((await answer.json()) as { codigo: string }).codigo
}

/** Joins by code and password, and goes there. */
export async function joinRoom(page: Page, code: string): Promise<void> {
  const { origin } = new URL(page.url())
  const answer = await page.request.post('/salas/unirse', {
    form: { codigo: code, clave: roomPassword },
    headers: { origin, accept: 'application/json' },
  })
  expect(answer.status(), await answer.text()).toBe(200)
  await enterRoom(page, code)
}

export async function enterRoom(page: Page, code: string): Promise<void> {
  await page.goto(`/salas/${code}`)
  await expectLive(page)
}

/** The socket is open, and what it says first has arrived. */
export async function expectLive(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.querySelector('room-live') !== null && window.live === true)).toBe(true)
  await expect(page.locator('#banner')).toBeHidden()
}

export function composer(page: Page): Locator {
  return page.locator('textarea[name="texto"]')
}

/** Types and presses Enter, as with a keyboard. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Messages that say exactly this, with or without the tick. */
export function message(page: Page, text: string): Locator {
  const words = text.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const bubble = page.locator('.msg__bubble', { hasText: new RegExp(`^\\s*${words}\\s*(Guardado|Entregado|Saved|Delivered)?\\s*$`) })
  return page.locator('#messages .msg').filter({ has: bubble })
}

/** What everybody said, from the top: the first paragraph of each message. */
export function said(page: Page): Promise<string[]> {
  return page
    .locator('#messages .msg .msg__bubble')
    .evaluateAll((bubbles) =>
      bubbles.map((bubble) => (bubble.querySelector('p')?.firstChild?.textContent ?? bubble.textContent ?? '').trim()),
    )
}
