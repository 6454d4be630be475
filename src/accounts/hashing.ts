// SPDX-License-Identifier: GPL-3.0-or-later
import type { Computation, Computed } from './hasher'

type Result<Asked extends Computation> = Asked extends { kind: 'hash' } ? string : boolean

export interface Hashing {
  /**
   * Computes on the one of at most `most` threads that has least to do. They begin when they are first needed and stay: each holds some
   * 6 MiB, and 19 more while it computes. Rejects when the computation fails or its thread ends; whoever asks next gets another thread.
   */
  compute<Asked extends Computation>(computation: Asked, most: number): Promise<Result<Asked>>
}

/** The types of the browser, which know workers too, have no names for what lets a program end. */
type Hasher = Worker & Pick<Bun.Worker, 'ref' | 'unref'>

interface Thread {
  worker: Hasher
  /** In the order in which they were asked for, which is that of the answers. */
  asked: PromiseWithResolvers<string | boolean>[]
}

export function createHashing(start: () => Hasher = startHasher): Hashing {
  const threads: Thread[] = []

  function begin(): Thread {
    const thread: Thread = { worker: start(), asked: [] }
    threads.push(thread)
    const { worker, asked } = thread
    function lose(reason: string) {
      const place = threads.indexOf(thread)
      if (place >= 0) threads.splice(place, 1)
      for (const { reject } of asked.splice(0)) reject(new Error(`the password hasher ended unexpectedly: ${reason}`))
    }
    worker.onmessage = ({ data }: MessageEvent<Computed>) => {
      const first = asked.shift()
      // A program that waits for nothing else may end.
      if (asked.length === 0) worker.unref()
      if ('done' in data) first?.resolve(data.done)
      else first?.reject(new Error(data.failure))
    }
    worker.onerror = (event) => {
      event.preventDefault()
      lose(event.message)
    }
    worker.addEventListener('close', () => lose('it stopped'))
    return thread
  }

  function freest(most: number): Thread {
    const [first] = threads.toSorted((one, other) => one.asked.length - other.asked.length)
    return first && (first.asked.length === 0 || threads.length >= most) ? first : begin()
  }

  return {
    compute<Asked extends Computation>(computation: Asked, most: number) {
      const { worker, asked } = freest(most)
      const answer = Promise.withResolvers<string | boolean>()
      asked.push(answer)
      worker.ref()
      worker.postMessage(computation)
      return answer.promise as Promise<Result<Asked>>
    },
  }
}

/** The threads of this process, whoever computes in it. */
export const hashing = createHashing()

/** In the executable it lies where its entry point lies below `src/`, seen from the main one; from the sources beside this file. */
function startHasher(): Hasher {
  const path = Bun.isStandaloneExecutable ? './accounts/hasher.js' : './hasher.ts'
  return new Worker(new URL(path, import.meta.url), { smol: true, name: 'password-hasher' }) as Hasher
}
