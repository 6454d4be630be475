// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { executable } from '../support/appliance'

/** Why tests that need root, these programs and the executable cannot run here; null when they can. Printed, because nothing is left out quietly. */
export function missingFor(what: string, programs: readonly string[]): string | null {
  const absent = programs.filter((program) => Bun.which(program) === null)
  const reasons = [
    process.platform === 'linux' ? '' : 'this is no Linux',
    process.getuid?.() === 0 ? '' : 'it needs root',
    absent.length === 0 ? '' : `${absent.join(', ')} is not installed`,
    existsSync(executable) ? '' : `${executable} is missing: "bun run build" makes it`,
  ].filter(Boolean)
  if (reasons.length === 0) return null
  console.log(`Not tested: ${what} (${reasons.join('; ')}).`)
  return reasons.join('; ')
}

/** Runs a program to its end and answers what it printed; its own words are the error when it fails. */
export async function run(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const [code, said, complained] = await Promise.all([child.exited, new Response(child.stdout).text(), new Response(child.stderr).text()])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${complained || said}`)
  return said.trim()
}
