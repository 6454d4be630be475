// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every journey stands on: a demo appliance per worker, people with pages of their own, and a watch over all of them.
//
//   import { expect, test } from './stage'
//   test('two people chat', async ({ people }) => {
//     const ana = await people.enter('ana')
//     const beto = await people.enter('beto', { locale: 'en-GB' })
import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test'
import { type Appliance, startAppliance } from '../support/appliance'
import { networkDoor } from '../support/door'
import { cast, Person } from '../support/people'
import { Watch } from './watch'

export { expectAccessible, expectNoSidewaysScroll } from './accessible'
export { expect }

type Name = keyof typeof cast

interface Enter extends BrowserContextOptions {
  /** Where to go first; the lobby when left out. */
  at?: string
  /** A session of one's own, for journeys that end it or change the password. Otherwise a worker's journeys share one per person. */
  fresh?: boolean
}

export interface People {
  /** A page of this person, signed in. */
  enter(name: Name, options?: Enter): Promise<Page>
  /** A page of somebody without an account, on the sign-in page or where `at` says. */
  stranger(options?: Omit<Enter, 'fresh'>): Promise<Page>
}

interface WorkerFixtures {
  /** The demo of this worker. A journey that restarts or breaks it starts one of its own with `startAppliance`. */
  box: Appliance
  /** `Cookie` parts of the shared sessions. */
  sessions: Map<Name, readonly (readonly [string, string])[]>
}

interface Fixtures {
  watch: Watch
  people: People
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  box: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of this pattern.
    async ({}, use) => {
      const box = await startAppliance({ command: 'demo' })
      await use(box)
      await box.stop()
    },
    { scope: 'worker', timeout: 30_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  sessions: [async ({}, use) => use(new Map()), { scope: 'worker' }],
  baseURL: async ({ box }, use) => use(box.origin),
  watch: async ({ box }, use) => {
    const watch = new Watch(box.origin)
    await use(watch)
    expect(watch.problems(), 'what the pages complained about').toEqual([])
  },
  context: async ({ context, watch }, use) => {
    await watch.over(context)
    await use(context)
  },
  people: async (
    { browser, contextOptions, box, sessions, watch, locale, timezoneId, viewport, colorScheme, javaScriptEnabled, hasTouch, isMobile },
    use,
  ) => {
    const contexts: BrowserContext[] = []
    const common = {
      ...contextOptions,
      locale,
      timezoneId,
      viewport,
      colorScheme,
      javaScriptEnabled,
      hasTouch,
      isMobile,
      baseURL: box.origin,
    }

    async function open({ at = '/salas', fresh: _, ...options }: Enter, cookies: readonly (readonly [string, string])[]): Promise<Page> {
      const context = await browser.newContext({ ...common, ...options })
      contexts.push(context)
      await watch.over(context)
      await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: box.origin, httpOnly: true, sameSite: 'Lax' })))
      const page = await context.newPage()
      await page.goto(at)
      return page
    }

    async function sessionOf(name: Name, fresh: boolean): Promise<readonly (readonly [string, string])[]> {
      const known = sessions.get(name)
      if (known && !fresh) return known
      const person = await new Person(networkDoor(box.origin), cast[name]).signIn()
      const cookies = [...person.cookies]
      if (!fresh) sessions.set(name, cookies)
      return cookies
    }

    await use({
      enter: async (name, options = {}) => open(options, await sessionOf(name, options.fresh ?? false)),
      stranger: (options = {}) => open({ at: '/entrar', ...options }, []),
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
})
