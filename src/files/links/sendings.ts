// SPDX-License-Identifier: GPL-3.0-or-later
import { readdirSync, readlinkSync } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Log, newId } from '../../core'

/** Hears how an answer ended: all of it with the network, or broken off by the client. */
export type Ended = (whole: boolean) => Promise<void> | void

interface Sending {
  name: string
  /** Bun has opened it by now; from then on it is open or through. */
  opened: boolean
  over: boolean
  end(whole: boolean): Promise<void>
}

/** Milliseconds, for a later turn of the loop: Bun opens the file in the same turn in which it gets the answer. */
const untilOpened = 2
const lookEvery = 250
const descriptors = '/proc/self/fd'

export type Sendings = ReturnType<typeof createSendings>

/**
 * Learns when an answer is through that the kernel sends by itself. Bun says when a client breaks off and nothing when all went well;
 * but it holds the file open for exactly that long. So each such answer gets the file under a name of its own — a second name of the same
 * bytes, in the folder that is swept at start — and is over when no descriptor has that name any more. Where there are no second names or
 * no /proc, an answer counts as sent when it begins.
 */
export function createSendings({ folder, log }: { folder: string; log: Log }) {
  const running = new Map<string, Sending>()
  let timer: ReturnType<typeof setInterval> | null = null

  /** Names under which files are open in this process now. */
  function openNames(): Set<string> {
    const names = new Set<string>()
    for (const descriptor of readdirSync(descriptors)) {
      try {
        names.add(basename(readlinkSync(join(descriptors, descriptor))))
      } catch {
        // Closed while we looked.
      }
    }
    return names
  }

  /** Ends what is through. Cheap while nothing runs. */
  async function settle(): Promise<void> {
    if (running.size === 0) return
    const open = openNames()
    const through = [...running.values()].filter(({ name, opened }) => opened && !open.has(name))
    await Promise.all(through.map((one) => one.end(true)))
  }

  /** The kernel's doings are not moved by a clock that stands still: a timer of the machine's own. */
  function keepLooking(): void {
    timer ??= setInterval(() => void settle(), lookEvery)
    timer.unref()
  }

  return {
    settle,

    /** Answers the path to send; `ended` is called once. */
    async begin(path: string, signal: AbortSignal, ended: Ended): Promise<string> {
      const name = newId()
      const own = join(folder, name)
      try {
        openNames()
        await link(path, own)
      } catch (error) {
        log.warn({ err: error }, 'files.sending-unwatched')
        await ended(true)
        return path
      }
      const sending: Sending = {
        name,
        opened: false,
        over: false,
        async end(whole) {
          if (sending.over) return
          sending.over = true
          running.delete(name)
          if (running.size === 0 && timer) {
            clearInterval(timer)
            timer = null
          }
          await ended(whole)
          await rm(own, { force: true })
        },
      }
      running.set(name, sending)
      setTimeout(() => {
        sending.opened = true
      }, untilOpened)
      signal.addEventListener('abort', () => void sending.end(false), { once: true })
      if (signal.aborted) await sending.end(false)
      keepLooking()
      return own
    },

    stop(): void {
      if (timer) clearInterval(timer)
      timer = null
    },
  }
}
