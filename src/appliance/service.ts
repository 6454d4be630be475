// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, createHosts, createLog, type Hosts, type Log, systemClock, version } from '../core'
import { type Reading, SettingsRefused } from './config'
import { leaveNoCores } from './cores'
import { createDiscovery } from './discovery'
import { holdFolder } from './folder'
import { createHeartbeat, createLoopMeter } from './heartbeat'
import { readSecret, type Secret } from './secret'
import type { Config } from './settings'
import type { Spoken } from './settings/kinds'
import { createSystemd } from './systemd'

/** What the appliance gives the program it runs. */
export interface Surroundings {
  config: Config
  clock: Clock
  log: Log
  secret: Secret
  hosts: Hosts
  /** The worst standstill of the event loop since the last question, in milliseconds. */
  loopLag(): number
}

/** What the appliance needs of the program. */
export interface Service {
  /** Opens the door. Throws with code EADDRINUSE when somebody else has it. Answers the port. */
  listen(host: string, port: number): number
  /** Reads something and writes something durably; the watchdog asks. */
  beat(): Promise<void>
  /** One line for `systemctl status`. */
  summary(): string
  /** Says goodbye to every socket, finishes what was accepted, leaves one complete database. */
  stop(): Promise<void>
}

interface Options<S extends Service> {
  reading: Reading
  locale: 'es' | 'en'
  start(surroundings: Surroundings): Promise<S>
  /** The door is open under these addresses, the best first: what the console shows. */
  opened(addresses: readonly string[], service: S): void | Promise<void>
}

const statusEvery = 10_000

/** Runs the program until it is told to end; answers the exit code. */
export async function runService<S extends Service>({ reading: { config, warnings }, locale, start, opened }: Options<S>): Promise<number> {
  // Database, key and files are nobody else's business, wherever PiChat runs.
  process.umask(0o077)
  leaveNoCores()
  const clock = systemClock()
  const log = createLog({ level: config.logLevel })
  // A throw in a socket's handler would end the process and with it everybody's conversation.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'process.exception'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'process.rejection'))
  for (const warning of warnings) log.warn({ warning }, 'settings.warning')

  const ending = endOfService(log, clock)
  holdFolder(config.data, locale)
  const secret = await readSecret({ data: config.data, secretKey: config.secretKey, credentials: Bun.env.CREDENTIALS_DIRECTORY, locale })
  const discovery = await createDiscovery({ clock, log, every: config.discoveryEvery })
  const names = [...config.hosts, ...discovery.names()]
  const hosts = createHosts({ names, addresses: discovery.addresses })
  const meter = createLoopMeter(clock)
  const systemd = createSystemd({ clock, log })

  const service = await start({ config, clock, log, secret, hosts, loopLag: () => meter.worst() })
  const port = openDoor(service, config, locale)
  const open = reachable({ ...config, port }, hosts)
  log.info({ version, port, host: config.host }, 'service.ready')
  await opened(open, service)
  await systemd.ready(service.summary())
  const stopStatus = systemd.supervised ? clock.every(statusEvery, () => void systemd.status(service.summary())) : () => {}
  const stopWatch = systemd.watch(
    createHeartbeat({ clock, meter, readAndWrite: service.beat, deadline: config.heartbeatDeadline, lagLimit: config.loopLagLimit }),
  )

  const signal = await ending
  log.info({ signal }, 'service.stopping')
  systemd.stopping()
  stopStatus()
  stopWatch()
  const late = Promise.withResolvers<'late'>()
  clock.after(config.shutdownDeadline, () => late.resolve('late'))
  const outcome = await Promise.race([service.stop(), late.promise])
  if (outcome === 'late') log.warn({ after: config.shutdownDeadline }, 'service.stopped-late')
  discovery.stop()
  meter.stop()
  log.info('service.stopped')
  return 0
}

function openDoor(service: Service, config: Config, locale: 'es' | 'en'): number {
  try {
    return service.listen(config.host, config.port)
  } catch (error) {
    const sentence = closedDoor(error, config)
    if (!sentence) throw error
    throw new SettingsRefused([sentence[locale]])
  }
}

/** Why nobody can be let in at this address; null for what is no answer of the machine. */
function closedDoor(error: unknown, { host, port }: Config): Spoken | null {
  if (!(error instanceof Error && 'syscall' in error && error.syscall === 'listen') && !isCode(error, 'EADDRINUSE')) return null
  if (isCode(error, 'EADDRINUSE') && mayListen(host)) {
    const next = port < 65_535 ? port + 1 : 8000
    return {
      es: `Otro programa usa ya el puerto ${port}. Elegir otro: PICHAT_PORT=${next}`,
      en: `Another program already uses port ${port}. Choose another one: PICHAT_PORT=${next}`,
    }
  }
  if (isCode(error, 'EACCES') || isCode(error, 'EPERM')) {
    return {
      es: `El puerto ${port} es del sistema: los menores que 1024 piden un permiso (port-80.conf lo da). Elegir otro: PICHAT_PORT=8000`,
      en: `Port ${port} is the system's: those below 1024 need a right (port-80.conf gives it). Choose another one: PICHAT_PORT=8000`,
    }
  }
  return {
    es: `No se puede escuchar en ${host}: no es una dirección de este equipo. Corregir PICHAT_HOST, o dejarlo vacío para todas.`,
    en: `Cannot listen on ${host}: it is no address of this machine. Correct PICHAT_HOST, or leave it empty for all of them.`,
  }
}

/** Whether another port could be had there: of a name that nobody knows Bun says whatever the call before left behind, "in use" as well. */
function mayListen(hostname: string): boolean {
  try {
    Bun.listen({ hostname, port: 0, socket: { data() {} } }).stop(true)
    return true
  } catch {
    return false
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** The addresses to type, by what the door listens on. */
export function reachable({ host, port }: Pick<Config, 'host' | 'port'>, hosts: Pick<Hosts, 'list'>): string[] {
  const everywhere = host === '0.0.0.0' || host === '::'
  const names = everywhere ? hosts.list() : [host]
  const shown = names.length > 0 ? names : ['localhost']
  return shown.map((name) => `http://${name.includes(':') ? `[${name}]` : name}${port === 80 ? '' : `:${port}`}`)
}

/** Milliseconds in which a second signal is the first once more: a terminal sends Ctrl+C to npm and to us, and npm passes it on. */
const sameSignal = 500

/** Resolves with the first signal that asks to end; one that comes a moment later is impatience, and ends at once. */
function endOfService(log: Log, clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    let askedAt: number | null = null
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        askedAt ??= clock.monotonic()
        if (clock.monotonic() - askedAt > sameSignal) {
          log.warn({ signal }, 'service.killed')
          process.kill(process.pid, 'SIGKILL')
        }
        resolve(signal)
      })
    }
  })
}
