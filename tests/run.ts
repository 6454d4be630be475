// SPDX-License-Identifier: GPL-3.0-or-later
//
// `bun run test`: everything that is checked, in order, on a machine that may have nothing but Node or Bun and the network.
// `bun run test unit browser` runs these steps alone, with what is installed and built already.
// The last line is the sum: `N passed, N failed`, with `, N skipped` where something was left out.
import { packages, system } from './support/steps/prepare'
import { failed, obstacleTo, type Step, sumOf, type Tally } from './support/steps/step'
import { binary, browser, build, lint, pi, types, unit } from './support/steps/suites'

const steps: readonly Step[] = [packages, system, lint, types, build, unit, binary, browser, pi]

process.exit(await main(process.argv.slice(2)))

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name))
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}. The steps are: ${steps.map((step) => step.name).join(', ')}.`)
    return 2
  }
  const chosen = names.length === 0 ? steps : steps.filter((step) => names.includes(step.name))
  const outcomes = new Map<string, Tally>()
  for (const [index, step] of chosen.entries()) {
    console.log(`\n[${index + 1}/${chosen.length}] ${step.name}: ${step.what}`)
    const begun = performance.now()
    const tally = await runStep(step, outcomes)
    outcomes.set(step.name, tally)
    console.log(`      ${step.name}: ${spell(tally)} in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
  }
  return conclude(outcomes)
}

/** A step that cannot run counts as one failure: nothing is quietly left out. */
async function runStep(step: Step, outcomes: ReadonlyMap<string, Tally>): Promise<Tally> {
  const obstacle = obstacleTo(step, outcomes)
  if (obstacle !== null) return failed(obstacle)
  try {
    return await step.run()
  } catch (error) {
    return failed(`${step.name} broke off: ${error instanceof Error ? error.message : error}`)
  }
}

function conclude(outcomes: ReadonlyMap<string, Tally>): number {
  console.log('\nSummary')
  for (const [name, tally] of outcomes) {
    console.log(`  ${tally.failed > 0 ? '✗' : '✓'} ${name.padEnd(9)} ${spell(tally)}`)
    for (const note of tally.notes ?? []) console.log(`      ${note}`)
  }
  const sum = sumOf([...outcomes.values()])
  console.log(`\n${spell(sum)}`)
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0
}

function spell({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
