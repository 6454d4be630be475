// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'
import { root } from './paths'
import { BuildStopped } from './report'

/** The program, the thread that writes the database and the one that computes passwords: a Worker is a bundle of its own. */
const entries = ['src/main.ts', 'src/core/database/writer.ts', 'src/accounts/hasher.ts']

/** Where a bundle of the program begins, in this working tree or in a copy of it. */
export async function entryPoints(folder = root): Promise<string[]> {
  const paths = entries.map((entry) => join(folder, entry))
  for (const path of paths) {
    if (!(await Bun.file(path).exists())) throw new BuildStopped(`${path} is missing: check out the whole working tree.`)
  }
  return paths
}
