// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Pi's executable on the processors of a Pi 3, 4 and 5 (and Zero 2 W), as qemu knows them: Bun has shipped builds that die there with an
// illegal instruction (oven-sh/bun 12076, 12254, 26544).
import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { piExecutable, runOnce, startAppliance } from '../support/appliance'
import { networkDoor } from '../support/door'
import { cast, Person } from '../support/people'

const emulator = process.arch === 'arm64' ? null : 'qemu-aarch64-static'
const loader = '/lib/ld-linux-aarch64.so.1'
const missing =
  emulator === null
    ? null
    : !Bun.which(emulator)
      ? `${emulator} (Debian: qemu-user-static) is not installed`
      : !existsSync(loader)
        ? `${loader} (Debian: libc6:arm64) is not installed`
        : null
if (missing) console.log(`      The Pi's processors are left out: ${missing}.`)

/** Milliseconds. An emulated start takes seconds where a real one takes some tens of milliseconds. */
const patience = 120_000

describe.skipIf(missing !== null).each([
  ['cortex-a53', 'Pi 3, Zero 2 W'],
  ['cortex-a72', 'Pi 4'],
  ['cortex-a76', 'Pi 5'],
])("the Pi's executable on a %s (%s)", (model) => {
  const under = emulator ? [emulator, '-cpu', model] : []

  test('says its version', async () => {
    const { code, stdout, stderr } = await runOnce(['version'], { program: piExecutable, under, within: patience })
    expect(`${code} ${stderr}`).toStartWith('0 ')
    expect(stdout).toMatch(/\d+\.\d+\.\d+/)
  })

  test(
    'starts in an empty folder and signs Ana in, which takes the native password hasher',
    async () => {
      await using box = await startAppliance({ command: 'demo', program: piExecutable, under, within: patience })
      const ana = await new Person(networkDoor(box.origin), cast.ana).signIn()
      expect((await ana.get('/salas')).status).toBe(200)
      expect(
        (
          await new Person(networkDoor(box.origin), { ...cast.ana, clave: 'no es esta' }).post('/entrar', {
            usuario: 'admin',
            clave: 'no es esta',
          })
        ).status,
      ).not.toBe(303)
    },
    patience,
  )
})
