// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a step of `bun run test` is. Nothing here may import an npm package: on a fresh clone the first step installs them.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../..')

export interface Tally {
  passed: number
  failed: number
  skipped: number
  /** What a person can do about it, or why something was left out. Printed with the sum. */
  notes?: string[]
}

export interface Step {
  name: string
  /** What happens, in a few words, for the line that announces it. */
  what: string
  /** Steps without which this one cannot run. */
  needs: string[]
  run(): Promise<Tally>
}

export const passed: Tally = { passed: 1, failed: 0, skipped: 0 }

export function failed(advice: string): Tally {
  return { passed: 0, failed: 1, skipped: 0, notes: [advice] }
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const of = (what: 'passed' | 'failed' | 'skipped') => tallies.reduce((sum, tally) => sum + tally[what], 0)
  const notes = [...new Set(tallies.flatMap((tally) => tally.notes ?? []))]
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped'), ...(notes.length > 0 && { notes }) }
}

/** Why this step cannot run yet: what it needs did not come, or was never fetched. */
export function obstacleTo({ name, needs }: Step, outcomes: ReadonlyMap<string, Tally>, at = root): string | null {
  const broken = needs.filter((one) => (outcomes.get(one)?.failed ?? 0) > 0)
  if (broken.length > 0) return `${name} could not run, because ${broken.join(' and ')} failed: put that right first.`
  if (needs.includes('packages') && !existsSync(resolve(at, 'node_modules')))
    return `${name} could not run, because the npm packages are missing: "bun install" fetches them.`
  return null
}

/** A check that is one thing: counted as one test. */
export async function check(command: readonly string[], advice: string, env: Record<string, string> = {}): Promise<Tally> {
  return (await show(command, env)) === 0 ? passed : failed(advice)
}

/** Runs a command with its output shown, and answers its exit code. */
export async function show([program = '', ...args]: readonly string[], env: Record<string, string> = {}): Promise<number> {
  console.log(`      $ ${[program === process.execPath ? 'bun' : program, ...args].join(' ')}`)
  try {
    return await Bun.spawn([program, ...args], {
      cwd: root,
      env: { ...surroundings(), ...env },
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
    }).exited
  } catch (error) {
    console.error(`      ${error instanceof Error ? error.message : error}`)
    return 127
  }
}

/** Runs a command quietly, for what it says. */
export async function ask(...command: string[]): Promise<{ code: number; text: string }> {
  try {
    const child = Bun.spawn(command, { cwd: root, stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' })
    const text = await new Response(child.stdout).text()
    return { code: await child.exited, text }
  } catch {
    return { code: 127, text: '' }
  }
}

/** A tool of node_modules, run by this Bun: the machine may have no Node for the tool's first line to find. */
export function tool(name: string, ...args: string[]): string[] {
  return [process.execPath, 'x', '--bun', name, ...args]
}

/** Our environment without the settings of a PiChat that this person may run: tests start from the defaults. */
function surroundings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('PICHAT_') || name === 'SECRET_KEY' || name === 'NODE_ENV' ? [] : [[name, value]],
    ),
  )
}
