// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { composer, joinRoom, makeRoom, message, say } from './rooms'
import { expect, test } from './stage'

/** Every byte under a folder as it lies on the disk now, the database's log included. */
async function everything(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

test('the words of a passing room are in no file, no output and no browser, while people talk and after the plug is pulled', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(/WebSocket connection/, /ERR_CONNECTION_REFUSED/)
  const box = await house.start({ env: { PICHAT_LOG_LEVEL: 'trace' } })
  const marker = `marca${randomBytes(8).toString('hex')}`
  const witness = `testigo${randomBytes(8).toString('hex')}`
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])

  // A witness: what is kept would be found by the same search.
  const kept = await makeRoom(ana, { nombre: 'Testigo', historial: 'guardada' })
  await joinRoom(beto, kept)
  await say(beto, witness)
  await expect(message(beto, witness).locator('.tick')).toBeVisible()

  const code = await makeRoom(ana, { nombre: 'Pasajera', historial: 'efimera' })
  await Promise.all([ana.goto(`/salas/${code}`), joinRoom(beto, code)])
  await say(ana, `${marker} de ana`)
  await say(beto, `${marker} de beto`)
  await Promise.all([expect(message(beto, `${marker} de ana`)).toBeVisible(), expect(message(ana, `${marker} de beto`)).toBeVisible()])
  await say(ana, `${marker} `.repeat(400))
  await expect(ana.getByText('Mensaje demasiado largo')).toBeVisible()
  await composer(ana).fill(`${marker} a medias`)
  await beto.reload()
  await expect(message(beto, `${marker} de ana`)).toBeVisible()

  const stored = (page: typeof ana) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))
  expect((await stored(ana)) + (await stored(beto))).not.toContain(marker)
  const open = await everything(box.data)
  expect(open).toContain(witness)
  expect(open).not.toContain(marker)

  await box.kill('SIGKILL')
  expect(await everything(box.data)).not.toContain(marker)
  expect(box.output()).not.toContain(marker)
  expect(box.output()).not.toContain(witness)

  await box.start()
  await beto.goto(`/salas/${code}`)
  await expect(beto.getByText('Nadie ha escrito todavía')).toBeVisible()
  await expect(beto.getByText(marker)).toHaveCount(0)
  await beto.goto(`/salas/${kept}`)
  await expect(message(beto, witness)).toBeVisible()
})
