// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every journey stands on: a demo appliance per worker, people with pages of their own, and a watch over all of them.
//
//   import { expect, test } from './stage'
//   test('two people chat', async ({ people }) => {
//     const ana = await people.enter('ana')
//     const beto = await people.enter('beto', { locale: 'en-GB' })
//     …
//   })
//
// A journey that restarts or breaks the appliance, or needs other settings, starts one of its own: `const box = await house.start({ … })`,
// `people.enter('ana', { box })`.
import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test'
import { type Appliance, type ApplianceOptions, startAppliance } from '../support/appliance'
import { networkDoor } from '../support/door'
import { cast, Person } from '../support/people'
import { Watch } from './watch'

export { expectAccessible, expectNoSidewaysScroll } from './accessible'
export { boxAway } from './watch'
export { expect }

type Name = keyof typeof cast

interface Enter extends BrowserContextOptions {
  /** Where to go first; the lobby when left out. */
  at?: string
  /** A session of one's own, for journeys that end it or change the password. Otherwise a worker's journeys share one per person. */
  fresh?: boolean
  /** Another appliance than the worker's. */
  box?: Appliance
}

export interface People {
  /** A page of this person, signed in. */
  enter(name: Name, options?: Enter): Promise<Page>
  /** A page of somebody without an account, on the sign-in page or where `at` says. */
  stranger(options?: Omit<Enter, 'fresh'>): Promise<Page>
}

export interface House {
  /** An appliance for this journey alone, a demo when nothing else is said; it ends with the journey. */
  start(options?: ApplianceOptions): Promise<Appliance>
}

interface WorkerFixtures {
  /** The demo of this worker. */
  box: Appliance
  /** `Cookie` parts of the shared sessions, by origin and name. */
  sessions: Map<string, readonly (readonly [string, string])[]>
}

interface Fixtures {
  watch: Watch
  house: House
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
  house: async ({ watch }, use) => {
    const started: Appliance[] = []
    await use({
      async start(options = {}) {
        const box = await startAppliance({ command: 'demo', ...options })
        started.push(box)
        watch.origins.add(box.origin)
        return box
      },
    })
    await Promise.all(started.map((box) => box.stop()))
  },
  context: async ({ context, watch }, use) => {
    await watch.over(context)
    await use(context)
  },
  people: async (
    {
      browser,
      contextOptions,
      box,
      house: _,
      sessions,
      watch,
      locale,
      timezoneId,
      viewport,
      colorScheme,
      javaScriptEnabled,
      hasTouch,
      isMobile,
    },
    use,
  ) => {
    const contexts: BrowserContext[] = []
    const common = { ...contextOptions, locale, timezoneId, viewport, colorScheme, javaScriptEnabled, hasTouch, isMobile }

    async function open(
      { at = '/salas', fresh: _, box: { origin } = box, ...options }: Enter,
      cookies: readonly (readonly [string, string])[],
    ) {
      const context = await browser.newContext({ ...common, baseURL: origin, ...options })
      contexts.push(context)
      await watch.over(context)
      await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: origin, httpOnly: true, sameSite: 'Lax' })))
      const page = await context.newPage()
      await page.goto(at)
      return page
    }

    async function sessionOf(name: Name, { fresh = false, box: { origin } = box }: Enter): Promise<readonly (readonly [string, string])[]> {
      const key = `${origin} ${name}`
      const known = sessions.get(key)
      if (known && !fresh) return known
      const person = await new Person(networkDoor(origin), cast[name]).signIn()
      const cookies = [...person.cookies]
      if (!fresh) sessions.set(key, cookies)
      return cookies
    }

    await use({
      enter: async (name, options = {}) => open(options, await sessionOf(name, options)),
      stranger: (options = {}) => open({ at: '/entrar', ...options }, []),
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
})
