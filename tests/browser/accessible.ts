// SPDX-License-Identifier: GPL-3.0-or-later
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

type Scheme = 'light' | 'dark'

/**
 * Holds the page against axe: WCAG 2.2 A and AA and axe's own best practices, and its colours a second time in the other scheme, which
 * changes nothing else. The policy forbids a script tag; `evaluate` needs none.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const scheme = await page.evaluate((): Scheme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
  const other = scheme === 'dark' ? 'light' : 'dark'
  const first = await violations(page, { resultTypes: ['violations'] })
  await page.emulateMedia({ colorScheme: other })
  const second = await violations(page, { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } })
  await page.emulateMedia({ colorScheme: scheme })
  expect({ [scheme]: first, [other]: second }, `axe on ${page.url()}`).toEqual({ [scheme]: [], [other]: [] })
}

async function violations(page: Page, options: object): Promise<string[]> {
  const found = await page.evaluate(async (options) => {
    // Colours in the middle of a fade are nobody's colours; what ends one may begin the next.
    const fading = () =>
      document
        .getAnimations()
        .filter(({ effect, playState }) => playState === 'running' && effect?.getTiming().iterations !== Number.POSITIVE_INFINITY)
    for (let running = fading(); running.length > 0; running = fading())
      await Promise.all(running.map(({ finished }) => finished.catch(() => undefined)))
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } }
    return (await axe.run(options)).violations
  }, options)
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `    ${html.slice(0, 200)}\n    ${failureSummary ?? ''}`).join('\n')}`,
  )
}

/** Nothing may stick out of a narrow screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const width = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth }))
  expect(width.content, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(width.screen)
}
