// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Appliance, startAppliance } from '../../support/appliance'

interface Options {
  env?: Record<string, string>
  /** Runs before the program: `['taskset', '-c', '0']`. */
  under?: readonly string[]
}

/** A reference of `references/`, started the way PiChat is: it listens on PICHAT_PORT and answers `/salud`. */
export function startReference(name: string, { env = {}, under = [] }: Options = {}): Promise<Appliance> {
  return startAppliance({
    program: join(import.meta.dir, `../references/${name}.ts`),
    under: [...under, process.execPath],
    env: { NODE_ENV: 'production', ...env },
  })
}

/** The same for a reference that is no work of Bun's: `references/<name>.mjs` under Node. */
export function startUnderNode(name: string, { env = {}, under = [] }: Options = {}): Promise<Appliance> {
  const node = Bun.which('node')
  if (!node) throw new Error('There is no Node here to compare with')
  return startAppliance({
    program: join(import.meta.dir, `../references/${name}.mjs`),
    under: [...under, node],
    env: { NODE_ENV: 'production', ...env },
  })
}

/** `taskset` with the number of a processor, or nothing where there is no such program or no second processor. */
export function pinned(processor: number): readonly string[] {
  return navigator.hardwareConcurrency > 1 && existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', String(processor)] : []
}
