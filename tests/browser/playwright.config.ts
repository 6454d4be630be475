// SPDX-License-Identifier: GPL-3.0-or-later
//
// People in Chromium against the compiled executable. Called with --config from the project's root.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

const debian = '/usr/bin/chromium'
const results = resolve(import.meta.dirname, '../../test-results')

/** Quiet towards the network: a closed one refuses these connections by the dozen, and nothing here needs them. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// Chromium reads the names of files as the machine's locale spells them: in the plain one of POSIX an ñ is no letter.
const { LC_ALL, LC_CTYPE, LANG } = process.env
if (!/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')) Object.assign(process.env, { LC_ALL: 'C.UTF-8' })

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '**/*.spec.ts',
  outputDir: resolve(results, 'browser'),
  // A journey that passes only at the second try has found something.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Generous: it is spent only by a journey that fails, and a machine that builds beside the tests is slow.
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: resolve(results, 'browser.json') }]],
  use: {
    locale: 'es-ES',
    timezoneId: 'Europe/Madrid',
    viewport: { width: 1280, height: 800 },
    // Recording every journey for the sake of those that fail costs as much as the journeys: ask for it with --trace on.
    trace: 'off',
    screenshot: 'only-on-failure',
    // What moves is drawn by the processor that the journeys need, and nothing here is about movement.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    launchOptions: {
      ...(existsSync(debian) ? { executablePath: debian } : {}),
      // Chromium refuses its sandbox to root, who runs this in CI.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...quiet],
    },
  },
})
