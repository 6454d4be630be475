// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { settings } from '../../src/appliance'
import { root } from '../support/steps/step'

const folder = join(root, 'systemd')
const analyze = Bun.which('systemd-analyze')
if (analyze === null) console.log('The unit is not judged: systemd-analyze is not installed.')

const text = (name: string) => Bun.file(join(folder, name)).text()

describe.skipIf(analyze === null)('the unit, judged by systemd-analyze', () => {
  test('leaves the service almost nothing to do harm with (at most 1.5 of 10)', async () => {
    const judged = Bun.spawnSync([analyze ?? '', 'security', '--offline=true', '--no-pager', join(folder, 'pichat.service')], {
      env: { LC_ALL: 'C' },
    })
    const [, score] = /Overall exposure level for pichat\.service: (\d+\.\d)/.exec(judged.stdout.toString()) ?? []
    expect(Number(score)).toBeGreaterThan(0)
    expect(Number(score)).toBeLessThanOrEqual(1.5)
  })

  test('has no line that systemd does not understand', () => {
    const { stderr } = Bun.spawnSync([analyze ?? '', 'verify', join(folder, 'pichat.service')], { env: { LC_ALL: 'C' } })
    // The executable is not installed on the machine that builds it.
    const complaints = stderr
      .toString()
      .split('\n')
      .filter((line) => line.includes('pichat.service') && !line.includes('is not executable'))
    expect(complaints).toEqual([])
  })
})

describe('the files around the unit', () => {
  test('tell the port that the settings declare', async () => {
    expect(await text('pichat.avahi.service')).toContain(`<port>${settings.port.default}</port>`)
    expect(await text('port-80.conf')).toContain('PICHAT_PORT=80\n')
  })

  test('keep the words of ephemeral rooms off the card: no swap, no core dump', async () => {
    const unit = await text('pichat.service')
    for (const line of ['MemorySwapMax=0', 'LimitCORE=0', 'UMask=0077']) expect(unit.split('\n')).toContain(line)
    expect(unit).toMatch(/^NoExecPaths=\/ \/var\/lib\/pichat /m)
  })

  test('give the user of the service that the unit names', async () => {
    expect(await text('pichat.sysusers.conf')).toMatch(/^u pichat /m)
    expect(await text('pichat.service')).toMatch(/^User=pichat$/m)
  })
})
