// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, clean, type Log } from '../core'
import { unixDatagrams } from './datagram'

export interface Systemd {
  /** False where no systemd waits for us; then everything here does nothing. */
  readonly supervised: boolean
  /** The service accepts visitors. systemd lets what depends on it start, and shows `status`. */
  ready(status: string): Promise<void>
  /** One line for `systemctl status`; the same line twice is sent once. */
  status(text: string): Promise<void>
  /** The service has begun to end: systemd counts its stop timeout and expects no pings. */
  stopping(): void
  /** Pings the watchdog as often as it asks for, each time only after `healthy`; answers the function that ends it. */
  watch(healthy: () => Promise<void>): () => void
}

interface Options {
  readonly clock: Clock
  readonly log: Log
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** After a failed heartbeat the next comes this many times sooner, so that one hiccup just before a ping does not cost the process. */
const hurry = 8

/**
 * The talk with systemd. READY and STATUS go through the npm package systemd-notify, which starts the program of that name (so the
 * unit needs NotifyAccess=all); that knows no WATCHDOG and no STOPPING, which go by a datagram of our own, as everything does
 * where the program is missing.
 */
export function createSystemd({ clock, log, env = process.env }: Options): Systemd {
  const socket = env.NOTIFY_SOCKET
  if (!socket) return unsupervised
  let send = (_text: string): boolean => false
  try {
    send = unixDatagrams(socket)
  } catch (error) {
    log.warn({ err: error }, 'systemd.no-datagrams')
  }
  let shown = ''

  return {
    supervised: true,
    async ready(status) {
      shown = oneLine(status)
      await say({ ready: true, status: shown }, `READY=1\nMAINPID=${process.pid}\nSTATUS=${shown}`)
    },
    async status(text) {
      if (oneLine(text) === shown) return
      shown = oneLine(text)
      await say({ status: shown }, `STATUS=${shown}`)
    },
    stopping() {
      send('STOPPING=1')
    },
    watch(healthy) {
      const every = watchdogInterval(env)
      if (every === null) return () => {}
      return keepPinging({ clock, every, healthy, ping: () => send('WATCHDOG=1'), log })
    },
  }

  async function say(options: { ready?: boolean; status: string }, datagram: string): Promise<void> {
    try {
      // Loaded once the door is open: it brings child processes and Node's streams along.
      const { default: notify } = await import('systemd-notify')
      await notify(options)
    } catch (error) {
      if (!send(datagram)) log.warn({ reason: clean(String(error)) }, 'systemd.unheard')
    }
  }
}

/** Half of what the watchdog allows (sd_watchdog_enabled(3)), in milliseconds; null where none watches this process. */
export function watchdogInterval(env: Readonly<Record<string, string | undefined>>): number | null {
  const microseconds = Number(env.WATCHDOG_USEC)
  const forAnother = env.WATCHDOG_PID !== undefined && env.WATCHDOG_PID !== '' && Number(env.WATCHDOG_PID) !== process.pid
  if (!Number.isFinite(microseconds) || microseconds <= 0 || forAnother) return null
  return Math.max(1, Math.floor(microseconds / 2000))
}

interface Pinging {
  readonly clock: Clock
  readonly every: number
  readonly healthy: () => Promise<void>
  readonly ping: () => boolean
  readonly log: Log
}

function keepPinging({ clock, every, healthy, ping, log }: Pinging): () => void {
  let cancel = () => {}
  let ended = false
  void beat()
  return () => {
    ended = true
    cancel()
  }

  /** One beat after the other: while one hangs there is no ping, and that is the point. */
  async function beat(): Promise<void> {
    let pause = every
    try {
      await healthy()
      if (!ended && !ping()) log.warn('systemd.ping-lost')
    } catch (error) {
      pause = Math.ceil(every / hurry)
      log.error({ err: error }, 'systemd.heartbeat-missed')
    }
    if (!ended) cancel = clock.after(pause, () => void beat())
  }
}

const unsupervised: Systemd = {
  supervised: false,
  ready: async () => {},
  status: async () => {},
  stopping: () => {},
  watch: () => () => {},
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
