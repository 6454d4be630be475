// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { createDoorkeeper, createGuards } from './accounts'
import type { Config } from './appliance'
import { type AuditTables, auditMigrations, type Clock, createAudit, createHosts, edge, type Hosts, type Log, openDatabase } from './core'
import { answerFault, assetRoutes, createPages } from './views'

export interface AppOptions {
  config: Config
  clock: Clock
  log: Log
  /** Signs sessions; `instance` keeps cookies of two boxes at one address apart. */
  secret: { key: string; instance: string }
  hosts: Hosts
  demo?: boolean
}

export type App = Awaited<ReturnType<typeof createApp>>

/** Where everything is plugged together, for the product and for its tests alike. */
export async function createApp({ config, clock, log, hosts, demo = false }: AppOptions) {
  const database = await openDatabase<AuditTables>({
    path: `${config.data}/pichat.db`,
    migrations: [...auditMigrations],
    log,
    waitingWrites: config.writesWaiting,
  })
  const audit = createAudit(database, clock)
  const doorkeeper = createDoorkeeper(async () => null)
  const guards = createGuards(doorkeeper)
  const pages = createPages(async () => ({ place: '', demo, hostName: 'pichat.local', sideRooms: [] }))

  const elysia = new Elysia({
    normalize: false,
    handler: { standardHostname: false },
    serve: {
      development: false,
      reusePort: false,
      idleTimeout: Math.round(config.requestIdle / 1000),
      maxRequestBodySize: config.maxFileBytes + 1024 * 1024,
    },
    websocket: {
      maxPayloadLength: config.frameBytes,
      idleTimeout: Math.round(config.socketIdle / 1000),
      backpressureLimit: config.socketBacklog,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
    },
  })
    .onError({ as: 'global' }, async ({ error, code, request, server }) =>
      answerFault(pages, { visitor: await doorkeeper.visitorOf(request, server), error, code, log }),
    )
    .use(edge({ hosts, bodies: [], formBytes: config.formBytes }))
    .use(await assetRoutes())
    .use(guards)
    .get('/salud', () => 'bien')
    .get('/', ({ visitor }) => pages.redirect(visitor, '/salas'))

  return { elysia, database, audit, pages, guards }
}
