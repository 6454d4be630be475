// SPDX-License-Identifier: GPL-3.0-or-later
//
// Load comes from processes of their own: what the client costs must not show in what the server costs. They are asked over IPC.
import { join } from 'node:path'

interface Question {
  id: number
  what: string
  how: unknown
}

type Answer = { id: number; done: unknown } | { id: number; failed: string }

/** Errands by name: what they need, and what they bring back. */
export type Errands = Record<string, (how: never) => Promise<unknown>>

/** The side of the process that works. */
export function answer(errands: Errands): void {
  process.on('message', async ({ id, what, how }: Question) => {
    const errand = errands[what] as ((how: unknown) => Promise<unknown>) | undefined
    try {
      if (!errand) throw new Error(`There is no errand ${what}`)
      process.send?.({ id, done: await errand(how) } satisfies Answer)
    } catch (error) {
      process.send?.({ id, failed: error instanceof Error ? error.message : String(error) } satisfies Answer)
    }
  })
  process.on('disconnect', () => process.exit(0))
}

export interface Runner {
  readonly pid: number
  ask<Done>(what: string, how?: unknown, within?: number): Promise<Done>
  end(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts `load/<name>.ts`; it ends with us. `under` runs before it: `['taskset', '-c', '1']`. */
export function hire(name: string, under: readonly string[] = []): Runner {
  const waiting = new Map<number, { resolve: (done: unknown) => void; refuse: (error: Error) => void }>()
  let serial = 0
  let over = false
  const child = Bun.spawn([...under, process.execPath, join(import.meta.dir, `${name}.ts`)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    serialization: 'json',
    ipc(message: Answer) {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      if ('failed' in message) asked?.refuse(new Error(`${name}: ${message.failed}`))
      else asked?.resolve(message.done)
    },
    onExit(_child, code, signal) {
      over = true
      for (const { refuse } of waiting.values()) refuse(new Error(`${name} ended with ${signal ?? code}`))
    },
  })
  const end = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  return {
    pid: child.pid,
    ask<Done>(what: string, how: unknown = {}, within = 60_000) {
      if (over) throw new Error(`${name} has ended`)
      const id = serial++
      return new Promise<Done>((resolve, refuse) => {
        const late = setTimeout(() => refuse(new Error(`${name} did not ${what} within ${within} ms`)), within)
        const settle = { resolve: (done: unknown) => resolve(done as Done), refuse }
        waiting.set(id, {
          resolve: (done) => {
            clearTimeout(late)
            settle.resolve(done)
          },
          refuse: (error) => {
            clearTimeout(late)
            settle.refuse(error)
          },
        })
        child.send({ id, what, how } satisfies Question)
      })
    },
    end,
    [Symbol.asyncDispose]: end,
  }
}
