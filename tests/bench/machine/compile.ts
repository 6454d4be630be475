// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'

/** An executable of `references/<name>.ts`, built like PiChat's own (src/build/executable.ts). */
export async function compileReference(name: string, folder: string): Promise<string> {
  const outfile = join(folder, name)
  await Bun.build({
    entrypoints: [join(import.meta.dir, `../references/${name}.ts`)],
    target: 'bun',
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outfile
}
