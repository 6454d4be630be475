// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where administrators decide about files.
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, test } from './stage'

/** Nothing is given out before somebody has decided. */
const byHand = { env: { PICHAT_RELEASE: 'hand' } }

/** Brings a file that waits for a decision; answers its id. */
async function waiting(page: Page, name: string, data = 'para revisar'): Promise<string> {
  const answer = await page.request.put(`/archivos/${encodeURIComponent(name)}`, {
    data,
    headers: { origin: new URL(page.url()).origin, accept: 'application/json' },
  })
  expect(answer.status()).toBe(201)
  return ((await answer.json()) as { id: string }).id
}

const fileName = (word: string) => `${word} ${randomBytes(3).toString('hex')}.txt`

test('ana takes a file out to examine it, twice: the page stays and so does its button', async ({ people, house }) => {
  const box = await house.start(byHand)
  const ana = await people.enter('ana', { box })
  const id = await waiting(ana, fileName('sospechoso'))
  await ana.goto('/admin/cuarentena')
  const take = ana.locator(`#review-${id}`).getByRole('button', { name: 'Llevar para examinar' })
  for (const _ of ['once', 'and again']) {
    const coming = ana.waitForEvent('download')
    await take.click()
    expect((await coming).suggestedFilename()).toMatch(/\.zip$/)
    expect(await take.getAttribute('aria-busy')).toBeNull() // before the page comes anew
  }
})
