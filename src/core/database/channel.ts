// SPDX-License-Identifier: GPL-3.0-or-later
import type { Log } from '../log'
import { DatabaseBusy, toError } from './failures'
import { type FromWriter, mostKnownStatements, type Outcome, pack, type Request, type StepResult, type ToWriter, unpack } from './protocol'

/** Requests in one transaction at most: what is waited for on a Pi's card together stays well under a second. */
const largestGroup = 1000

interface Waiting {
  request: Request
  resolve: (results: StepResult[]) => void
  reject: (error: Error) => void
}

export interface Channel {
  /** Resolves when it is durable. Nothing of it happened when it rejects, except after `WriterLost`: then nobody knows. */
  send(request: Request): Promise<StepResult[]>
  /** Requests accepted and not yet answered. */
  readonly waiting: number
  /** Waits for everything that was accepted; later requests are refused. Then `lastly`, then the writer closes the file. */
  close(lastly?: () => void): Promise<void>
}

interface Options {
  path: string
  /** Statements that the writer runs whenever it has opened the file. */
  session?: readonly string[]
  log: Log
  /** Writes accepted and not yet answered; beyond it they are refused as busy instead of piling up in memory. */
  limit: number
  start?: () => Worker
}

/** The thread died in the middle: the requests it had may or may not have been committed. */
export class WriterLost extends Error {
  constructor(reason: string) {
    super(`the database's writer ended unexpectedly: ${reason}`)
    this.name = 'WriterLost'
  }
}

/**
 * The writer's thread as a function that answers. One group is under way at any time; what arrives meanwhile is the next group.
 * When the thread ends on its own, those it had are rejected, and a new one takes over what was waiting.
 */
export async function openChannel({ path, session = [], log, limit, start = startWriter }: Options): Promise<Channel> {
  let waiting: Waiting[] = []
  let underWay: Waiting[] = []
  let worker: Worker | null = null
  /** The statements this writer knows, by their texts. */
  let numbers = new Map<string, number>()
  let opened = Promise.withResolvers<void>()
  let ready = false
  let scheduled = false
  let closing: (PromiseWithResolvers<void> & { lastly: () => void }) | null = null

  function begin() {
    const started = start()
    worker = started
    ready = false
    numbers = new Map()
    opened = Promise.withResolvers<void>()
    opened.promise.catch(() => {})
    started.onmessage = ({ data }: MessageEvent<string>) => {
      if (worker === started) receive(unpack<FromWriter>(data))
    }
    started.onerror = (event) => {
      event.preventDefault()
      if (worker === started) lose(event.message)
    }
    started.addEventListener('close', () => {
      if (worker === started) lose('it stopped')
    })
    post({ kind: 'open', path, session })
  }

  function post(message: ToWriter) {
    worker?.postMessage(pack(message))
  }

  /** A text of a thousand signs crosses once and not with every message. */
  function shortened({ steps, ...request }: Request): Request {
    return {
      ...request,
      steps: steps.map(({ sql, ...step }) => ({ ...step, sql: numbers.get(sql as string) ?? introduced(sql as string) })),
    }
  }

  function introduced(sql: string): string {
    if (numbers.size < mostKnownStatements) numbers.set(sql, numbers.size)
    return sql
  }

  function receive(message: FromWriter) {
    if (message.kind === 'opened') {
      ready = true
      opened.resolve()
      advance()
    } else if (message.kind === 'refused') {
      giveUp(toError(message.failure))
    } else if (message.kind === 'reserve-used') {
      log.warn('database.reserve-used')
    } else if (message.kind === 'answered') {
      settle(message.outcomes)
      advance()
    } else {
      end()
    }
  }

  function settle(outcomes: Outcome[]) {
    const answered = underWay
    underWay = []
    for (const [index, { resolve, reject }] of answered.entries()) {
      const outcome = outcomes[index]
      if (!outcome) reject(new WriterLost('an answer is missing'))
      else if ('done' in outcome) resolve(outcome.done)
      else reject(toError(outcome.failure))
    }
  }

  /** Hands the next group to the thread when it is free, or ends it when there is nothing left to do. */
  function advance() {
    scheduled = false
    if (!ready || underWay.length > 0) return
    if (waiting.length > 0) {
      underWay = waiting.splice(0, largestGroup)
      post({ kind: 'group', requests: underWay.map(({ request }) => shortened(request)) })
    } else if (closing) {
      closing.lastly()
      post({ kind: 'close' })
    }
  }

  function lose(reason: string) {
    const error = new WriterLost(reason)
    log.error({ err: error, lost: underWay.length, waiting: waiting.length }, 'database.writer-lost')
    const lost = underWay
    underWay = []
    for (const { reject } of lost) reject(error)
    // One that dies before it has opened the file would die again at once: only the next write tries a new one.
    if (!ready) giveUp(error)
    else if (waiting.length > 0) begin()
    else if (closing) end()
    else retire()
  }

  function giveUp(error: Error) {
    opened.reject(error)
    const refused = waiting
    waiting = []
    for (const { reject } of refused) reject(error)
    if (closing) end()
    else retire()
  }

  function retire() {
    const old = worker
    worker = null
    ready = false
    old?.terminate()
  }

  function end() {
    retire()
    closing?.resolve()
  }

  begin()
  await opened.promise

  return {
    send(request) {
      if (closing || waiting.length + underWay.length >= limit) return Promise.reject(new DatabaseBusy())
      if (!worker) begin()
      const { promise, resolve, reject } = Promise.withResolvers<StepResult[]>()
      waiting.push({ request, resolve, reject })
      if (!scheduled) {
        scheduled = true
        // Not a microtask: everything that one turn of the event loop asks for goes into one commit.
        setImmediate(advance)
      }
      return promise
    },
    get waiting() {
      return waiting.length + underWay.length
    },
    close(lastly = () => {}) {
      if (!closing) {
        closing = { ...Promise.withResolvers<void>(), lastly }
        if (worker) advance()
        else end()
      }
      return closing.promise
    },
  }
}

/**
 * In the executable every file lies under `/$bunfs/root/` and `import.meta.url` is that of the main entry point; entry points keep
 * their path below the folder they have in common, `src/`. From the sources it lies beside this file.
 */
function startWriter(): Worker {
  const path = Bun.isStandaloneExecutable ? './core/database/writer.js' : './writer.ts'
  return new Worker(new URL(path, import.meta.url), { smol: true, name: 'database-writer' })
}
