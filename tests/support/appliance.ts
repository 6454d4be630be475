// SPDX-License-Identifier: GPL-3.0-or-later
//
// The compiled executable, started as a person would start it: in an empty folder, with data of its own and nothing of our environment.
// Node's own modules only, because both `bun test` and Playwright (which runs under Node) come through here.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './ports'
import { Hopeless, soon, until } from './until'

export const executable = resolve(import.meta.dirname, '../../dist/pichat')
export const piExecutable = resolve(import.meta.dirname, '../../dist/pichat-linux-arm64')

export interface JournalLine {
  level: string
  time: string
  event: string
  [field: string]: unknown
}

export interface ApplianceOptions {
  command?: 'serve' | 'demo'
  /** Settings beside the folder and the port, e.g. `{ PICHAT_MESSAGES_PER_SECOND: '0' }`. */
  env?: Record<string, string>
  /** A data folder that outlives the appliance; left out: a fresh one, gone with it. */
  data?: string
  port?: number
  /** What runs before the executable: `['strace', '-f', …]`, `['qemu-aarch64-static', '-cpu', 'cortex-a53']`. */
  under?: readonly string[]
  program?: string
  /** Further arguments of the command. */
  args?: readonly string[]
  /** Milliseconds until it must answer. */
  within?: number
}

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Runs the executable once with these arguments and waits for its end. */
export async function runOnce(
  args: readonly string[],
  {
    env = {},
    under = [],
    program = executable,
    cwd,
    input,
    within = 30_000,
  }: Pick<ApplianceOptions, 'env' | 'under' | 'program' | 'within'> & { cwd?: string; input?: string } = {},
): Promise<Outcome> {
  const child = launch([...under, program, ...args], { env, cwd: cwd ?? tmpdir() })
  const output = listen(child)
  child.stdin?.end(input ?? '')
  try {
    const end = await soon(`the end of pichat ${args.join(' ')}`, output.ended, { within })
    return { ...end, stdout: output.stdout(), stderr: output.stderr() }
  } finally {
    endGroup(child, 'SIGKILL')
  }
}

/** A running PiChat: `await using box = await startAppliance()`, or call `stop()`; either way it leaves nothing behind. */
export async function startAppliance(options: ApplianceOptions = {}): Promise<Appliance> {
  const {
    command = 'serve',
    env = {},
    data,
    port = await freePort(),
    under = [],
    program = executable,
    args = [],
    within = 20_000,
  } = options
  if (!existsSync(program)) throw new Error(`${program} is missing: run "bun run build" first`)
  const folder = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  const place: Place = { folder, data: data ?? join(folder, 'data'), home: join(folder, 'empty'), port }
  await mkdir(place.home)
  await mkdir(place.data, { recursive: true })
  const box = new Appliance([...under, program, command, ...args], place, env, within)
  await box.start()
  return box
}

interface Place {
  folder: string
  data: string
  home: string
  port: number
}

export class Appliance {
  #child: ChildProcess | undefined
  #output: ReturnType<typeof listen> | undefined
  /** What was said in the lives before the last restart. */
  #past = { stdout: '', both: '' }

  constructor(
    readonly command: readonly string[],
    readonly place: Place,
    readonly env: Record<string, string>,
    readonly within: number,
  ) {}

  get port(): number {
    return this.place.port
  }

  get data(): string {
    return this.place.data
  }

  get origin(): string {
    return `http://localhost:${this.port}`
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (!pid) throw new Error('The appliance is not running')
    return pid
  }

  /** Everything it has said on both streams in the order it came, lives before a restart included. */
  output(): string {
    return this.#past.both + (this.#output?.both() ?? '')
  }

  /** The lines of the journal, oldest first. */
  journal(): JournalLine[] {
    return readJournal(this.#past.stdout + (this.#output?.stdout() ?? ''))
  }

  /** The code that claims it, as the console shows it: `XXXX-XXXX`, the latest one. */
  claimCode(): Promise<string> {
    return until('a claim code on the console', () =>
      this.output()
        .match(/\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b/g)
        ?.at(-1),
    )
  }

  /** Waits for a line of the journal that was or will be written. */
  line(event: string, matches: (line: JournalLine) => boolean = () => true): Promise<JournalLine> {
    return until(`the journal line ${event}`, () => this.journal().find((line) => line.event === event && matches(line)))
  }

  async start(): Promise<void> {
    const child = launch(this.command, {
      cwd: this.place.home,
      env: { PICHAT_HOST: '127.0.0.1', PICHAT_PORT: String(this.port), PICHAT_DATA: this.place.data, HOME: this.place.home, ...this.env },
    })
    this.#child = child
    this.#output = listen(child)
    child.stdin?.end()
    try {
      await until(`an answer of ${this.origin}/salud`, () => this.#answers(), { within: this.within })
    } catch (error) {
      await this.kill()
      throw new Error(`${error instanceof Error ? error.message : error}\n--- what it said\n${this.output()}`)
    }
  }

  async #answers(): Promise<boolean> {
    const end = this.#output?.end()
    if (end) throw new Hopeless(`pichat ended with ${end.signal ?? end.code} before it answered`)
    // Asking before the journal speaks of readiness would only be refused; a program that never says so is asked all the same.
    const answer = await fetch(`${this.origin}/salud`, { signal: AbortSignal.timeout(2_000) })
    await answer.arrayBuffer()
    return answer.status === 200
  }

  /** Ends it at once, as the kernel or a pulled plug would, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Outcome> {
    const child = this.#child
    const output = this.#output
    if (!child || !output) return { code: null, signal: null, stdout: '', stderr: '' }
    if (!output.end()) endGroup(child, signal)
    const end = await soon(`the end after ${signal}`, output.ended, { within: 15_000 }).finally(() => endGroup(child, 'SIGKILL'))
    this.#past = { stdout: this.#past.stdout + output.stdout(), both: this.#past.both + output.both() }
    this.#child = undefined
    this.#output = undefined
    return { ...end, stdout: output.stdout(), stderr: output.stderr() }
  }

  /** The same data on the same port, after a polite or (with SIGKILL) a rude end. */
  async restart({ signal = 'SIGTERM' }: { signal?: NodeJS.Signals } = {}): Promise<void> {
    await this.kill(signal)
    await this.start()
  }

  /** A command of the same executable on the same data: `box.run('user', 'list')`. */
  run(...args: string[]): Promise<Outcome> {
    const program = this.command.find((part) => part.includes('pichat')) ?? executable
    return runOnce(args, {
      program,
      cwd: this.place.home,
      env: { PICHAT_PORT: String(this.port), PICHAT_DATA: this.place.data, HOME: this.place.home, ...this.env },
    })
  }

  /** A polite end; the folder goes too, unless the data was somebody else's. */
  async stop(): Promise<Outcome> {
    const outcome = await this.kill('SIGTERM').catch(() => this.kill('SIGKILL'))
    await rm(this.place.folder, { recursive: true, force: true })
    return outcome
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

export function readJournal(output: string): JournalLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalLine]
      } catch {
        return []
      }
    })
}

/** Whatever still runs when the test runner ends goes with it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) endGroup(child, 'SIGKILL')
})

function launch([program = '', ...args]: readonly string[], { env, cwd }: { env: Record<string, string>; cwd: string }): ChildProcess {
  const child = spawn(program, args, {
    cwd,
    // A group of its own, so that what a wrapper starts ends with it.
    detached: true,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

function listen(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  let both = ''
  let end: { code: number | null; signal: NodeJS.Signals | null } | undefined
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    both += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    both += text
  })
  // A program that ends before it reads its input is no fault of the test.
  child.stdin?.on('error', () => undefined)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, refuse) => {
    child.once('error', refuse)
    child.once('close', (code, signal) => {
      end = { code, signal }
      resolve(end)
    })
  })
  ended.catch(() => undefined)
  return { ended, end: () => end, stdout: () => stdout, stderr: () => stderr, both: () => both }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It is gone already.
  }
}
