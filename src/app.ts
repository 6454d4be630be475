// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import {
  type AccountsTables,
  accountsBodies,
  accountsMigrations,
  accountsRoutes,
  createAccounts,
  createDoorkeeper,
  createGuards,
  firstRunGate,
  PasswordMustChange,
} from './accounts'
import { type Config, keyFor, type Surroundings } from './appliance'
import {
  type AuditTables,
  auditMigrations,
  type Clock,
  createAudit,
  createLog,
  createPulse,
  edge,
  type Log,
  openDatabase,
  type PulseTables,
  pulseMigrations,
  systemClock,
} from './core'
import { answerFault, assetRoutes, createPages } from './views'

type Tables = AuditTables & PulseTables & AccountsTables

const migrations = [...auditMigrations, ...pulseMigrations, ...accountsMigrations]

export interface AppOptions extends Omit<Surroundings, 'loopLag' | 'secret'> {
  /** Signs sessions and links; `instance` keeps the cookies of two boxes at one address apart. */
  secret: { key: string; instance: string }
  demo?: boolean
  /** The worst standstill of the event loop of late, in milliseconds. */
  loopLag?: () => number
}

export type App = Awaited<ReturnType<typeof createApp>>

/** Where everything is plugged together, for the product and for its tests alike. */
export async function createApp({ config, clock, log, secret, hosts, demo = false }: AppOptions) {
  const database = await openPichatDatabase(config, log)
  const audit = createAudit(database, clock)
  const pulse = createPulse(database, clock)
  const accounts = await createAccounts({
    database,
    clock,
    log,
    audit,
    secret: keyFor({ ...secret, from: 'file' }, 'accounts'),
    instanceId: secret.instance,
    limits: config,
    demo,
  })
  if (demo) await accounts.seedDemo()

  const hostName = () => hosts.list()[0] ?? 'localhost'
  const doorkeeper = createDoorkeeper(accounts.identify)
  const guards = createGuards(doorkeeper)
  const pages = createPages(async () => ({ place: accounts.place(), demo, hostName: hostName(), sideRooms: [] }))

  const elysia = new Elysia({
    // Unknown fields are refused, not dropped: closed schemas only work without normalisation.
    normalize: false,
    handler: { standardHostname: false },
    serve: {
      development: false,
      reusePort: false,
      idleTimeout: Math.round(config.requestIdle / 1000),
      // One number for all doors; the edge holds each to its own.
      maxRequestBodySize: config.maxFileBytes + bodySlack,
    },
    websocket: {
      maxPayloadLength: config.frameBytes,
      idleTimeout: Math.round(config.socketIdle / 1000),
      backpressureLimit: config.socketBacklog,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
    },
  })
    // Before everything else: errors of features registered earlier would not pass here.
    .onError({ as: 'global' }, async ({ error, code, request, server }) => {
      const visitor = await doorkeeper.visitorOf(request, server)
      if (error instanceof PasswordMustChange && !visitor.json) return pages.redirect(visitor, '/perfil/clave')
      return answerFault(pages, { visitor, error, code, log })
    })
    .use(edge({ hosts, bodies: [...accountsBodies(config)], formBytes: config.formBytes }))
    .use(firstRunGate({ accounts, pages, doorkeeper }))
    .use(await assetRoutes())
    .use(guards)
    .get('/salud', () => health())
    .use(accountsRoutes({ accounts, pages, guards, doorkeeper }))

  async function health(): Promise<Response> {
    try {
      await pulse.read()
      return new Response('bien')
    } catch (error) {
      log.error({ err: error }, 'health.failed')
      return new Response('mal', { status: 503 })
    }
  }

  return {
    elysia,
    database,
    audit,
    accounts,
    listen(hostname: string, port: number): number {
      elysia.listen({ hostname, port })
      return elysia.server?.port ?? port
    },
    /** Reads and writes: the watchdog is only pinged when both work. */
    async beat(): Promise<void> {
      await pulse.read()
      await pulse.write()
    },
    summary: () => (accounts.claims.isClaimed ? `${accounts.place() || 'PiChat'}` : 'sin dueño: falta el código inicial'),
    /** Calls with the setup code for as long as nobody owns the box. */
    whenUnclaimed: (listener: (code: string) => void) => accounts.claims.onCode(listener),
    async stop(): Promise<void> {
      await elysia.server?.stop(true)
      await accounts.close()
      await database.close()
    },
  }
}

/** What a multipart form weighs around its file. */
const bodySlack = 1024 * 1024

function openPichatDatabase(config: Config, log: Log) {
  return openDatabase<Tables>({ path: `${config.data}/pichat.db`, migrations, log, waitingWrites: config.writesWaiting })
}

/** Accounts alone, for the command line beside a running service. */
export async function openAccounts(config: Config, clock: Clock = systemClock()) {
  const log = createLog({ level: 'warn', write: (line) => console.error(line.trimEnd()) })
  const database = await openPichatDatabase(config, log)
  const audit = createAudit(database, clock)
  const accounts = await createAccounts({ database, clock, log, audit, secret: 'unused', instanceId: 'console', limits: config })
  return {
    accounts,
    async close(): Promise<void> {
      await accounts.close()
      await database.close()
    },
  }
}
