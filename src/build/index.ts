// SPDX-License-Identifier: GPL-3.0-or-later
// bun src/build/index.ts <step>…   Builds what runs: the browser's part, the licences, the executables.
import { devDependencies as pinned } from '../../package.json' with { type: 'json' }
import { buildExecutable, buildPiExecutable } from './executable'
import { collectLicences } from './licences'
import { BuildStopped, reason } from './report'
import { buildWeb } from './web'

const steps: Record<string, { says: string; run: () => Promise<void> }> = {
  web: { says: 'script, styles and icons for the browser', run: buildWeb },
  licences: { says: 'licences of everything inside the executable', run: collectLicences },
  executable: { says: 'executable for this machine', run: buildExecutable },
  'executable-pi': { says: 'executable for the Raspberry Pi (64 bit)', run: buildPiExecutable },
}

/** An executable carries its licences, so they are collected right before it. */
const before: Record<string, readonly string[]> = { executable: ['licences'], 'executable-pi': ['licences'] }

async function build(asked: readonly string[]): Promise<void> {
  const { bun } = pinned
  if (Bun.version !== bun)
    throw new BuildStopped(`This is Bun ${Bun.version}, and PiChat is built with ${bun}: npx -y bun@${bun} run build`)
  const names = [...new Set(asked.flatMap((name) => [...(before[name] ?? []), name]))]
  const unknown = names.find((name) => !steps[name])
  if (names.length === 0 || unknown) {
    throw new BuildStopped(
      `${unknown ? `There is no step "${unknown}".` : 'No step was named.'} Name one or more of: ${Object.keys(steps).join(', ')}.`,
    )
  }
  for (const [index, name] of names.entries()) {
    const step = steps[name]
    if (!step) continue
    console.log(`[${index + 1}/${names.length}] ${name}: ${step.says}`)
    const start = performance.now()
    await step.run()
    console.log(`      done in ${Math.round(performance.now() - start)} ms`)
  }
}

await build(Bun.argv.slice(2)).catch((problem: unknown) => {
  console.error(problem instanceof BuildStopped ? `\nThe build stopped. ${problem.message}` : `\nThe build failed: ${reason(problem)}`)
  if (!(problem instanceof BuildStopped) && problem instanceof Error) console.error(problem.stack)
  process.exit(1)
})
