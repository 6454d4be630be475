// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { settingsTable } from '../src/appliance'

const readme = await Bun.file(`${import.meta.dir}/../README.md`).text()

test('the README shows the settings as they are declared', () => {
  expect(readme).toContain(settingsTable('en'))
})

test('the README names no file that does not exist', async () => {
  const named = [...readme.matchAll(/`((?:src|web|systemd|tests)\/[\w./-]*\w\.\w+)`/g)].map(([, path]) => path as string)
  expect(named.length).toBeGreaterThan(3)
  for (const path of named)
    expect({ path, exists: await Bun.file(`${import.meta.dir}/../${path}`).exists() }).toEqual({ path, exists: true })
})
