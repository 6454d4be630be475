// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where administrators decide about files.
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, expectNoSidewaysScroll, test } from './stage'

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

test('nothing of a file that waits lies over something else, at any width, and its words stay whole', async ({ people, house }) => {
  const box = await house.start(byHand)
  const ana = await people.enter('ana', { box })
  const name = `Presupuesto definitivo de la reforma de la planta baja y del patio interior (revisión 14) ${randomBytes(3).toString('hex')}.pdf`
  const id = await waiting(ana, name)
  await ana.goto('/admin/cuarentena')
  for (const width of [360, 768, 960, 1024, 1152, 1280, 1439, 1440]) {
    await ana.setViewportSize({ width, height: 900 })
    await expectNoSidewaysScroll(ana)
    expect(await collisions(ana), `at ${width} px`).toEqual([])
    // The longest word of it, and a little more.
    const named = await ana.locator(`#review-${id} .review__name`).boundingBox()
    expect(named?.width, `at ${width} px`).toBeGreaterThan(180)
  }
})

test('where a person decides about every file, no page says that they are shared as they come', async ({ people, house }) => {
  const box = await house.start(byHand)
  const ana = await people.enter('ana', { box })
  for (const at of ['/admin/cuarentena', '/admin/sistema', '/archivos']) {
    await ana.goto(at)
    await expect(ana.locator('main')).toContainText('cuarentena')
    await expect(ana.locator('main')).not.toContainText('se comparten con')
  }
})

/** Parts of the page that lie over others, or whose own contents need more room than they have. */
function collisions(page: Page): Promise<string[]> {
  return page
    .locator('#quarantine')
    .locator('.review > *, .btn, .check, .card')
    .evaluateAll((all) =>
      all.flatMap((one, i) => {
        const a = one.getBoundingClientRect()
        const over = all.slice(i + 1).filter((other) => {
          if (one.contains(other) || other.contains(one)) return false
          const b = other.getBoundingClientRect()
          return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
        })
        const cramped = one.scrollWidth > one.clientWidth + 1 ? [`${one.className} is wider than its place`] : []
        return [...cramped, ...over.map((other) => `${one.className} lies over ${other.className}`)]
      }),
    )
}

test('whoever releases or rejects begins with the reason', async ({ people, house }) => {
  const box = await house.start(byHand)
  const ana = await people.enter('ana', { box })
  const card = ana.locator(`#review-${await waiting(ana, fileName('acta'))}`)
  await ana.goto('/admin/cuarentena')
  const reason = ana.getByRole('dialog').getByLabel('Motivo')
  for (const word of ['Liberar…', 'Rechazar…']) {
    await card.getByRole('link', { name: word }).click()
    await expect(reason).toBeFocused()
    await ana.keyboard.press('Escape')
    await expect(card.getByRole('link', { name: word })).toBeFocused()
  }
  await card.getByRole('link', { name: 'Liberar…' }).click()
  await expect(reason).toBeFocused()
  await ana.keyboard.type('se ve bien')
  await ana.keyboard.press('Enter')
  await expect(card).toHaveCount(0)
})
