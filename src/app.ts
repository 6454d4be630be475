// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'
import { Elysia } from 'elysia'
import {
  type AccountsTables,
  accountsBodies,
  accountsMigrations,
  accountsRoutes,
  createAccounts,
  createDoorkeeper,
  createGuards,
  deviceOf,
  firstRunGate,
  PasswordMustChange,
} from './accounts'
import { adminRoutes, createAdmin } from './admin'
import { type Config, keyFor, readHealth, type Surroundings, sizeOf } from './appliance'
import {
  type AuditTables,
  auditMigrations,
  type Clock,
  createAudit,
  createLog,
  createPulse,
  DatabaseFull,
  edge,
  type Log,
  openDatabase,
  type PulseTables,
  pulseMigrations,
  readSocketAddress,
  securityHeaders,
  systemClock,
  version,
} from './core'
import {
  createClamd,
  createFiles,
  type FilesTables,
  type FreeSpace,
  filesDoors,
  filesMigrations,
  filesRoutes,
  noScanner,
  type Scanner,
  seedFiles,
} from './files'
import { createRooms, type Fault, type RoomsTables, roomsMigrations, roomsRoutes, seedRooms } from './rooms'
import { answerFault, assetRoutes, createPages, echoRoutes, selfTestPage, type Visitor } from './views'

type Tables = AuditTables & PulseTables & AccountsTables & FilesTables & RoomsTables

const migrations = [...auditMigrations, ...pulseMigrations, ...accountsMigrations, ...filesMigrations, ...roomsMigrations]

export interface AppOptions extends Omit<Surroundings, 'loopLag' | 'secret'> {
  /** Signs sessions and links; `instance` keeps the cookies of two boxes at one address apart. */
  secret: { key: string; instance: string }
  demo?: boolean
  /** Makes a socket's handler throw; tests only. */
  fault?: Fault
  /** Left out: no antivirus, and files say so. */
  scanner?: Scanner
  /** Where free space is read; tests fill the disk here. */
  freeSpace?: FreeSpace
  /** The worst standstill of the event loop of late, in milliseconds. */
  loopLag?: () => number
}

export type App = Awaited<ReturnType<typeof createApp>>

/** Where everything is plugged together, for the product and for its tests alike. */
export async function createApp({
  config,
  clock,
  log,
  secret,
  hosts,
  demo = false,
  fault,
  scanner,
  freeSpace,
  loopLag = () => 0,
}: AppOptions) {
  // Beside the writer's thread, which takes as long to start.
  const assets = assetRoutes()
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
  const files = await createFiles({
    database,
    audit,
    clock,
    log,
    folder: join(config.data, 'cuarentena'),
    limits: config,
    sharers: accounts.sharers,
    // Built upon the files, which ask them who belongs to a room: by the time anybody asks, they are there.
    rooms: () => rooms.fileDesk,
    isAdministrator: async (person) => (await accounts.people.findAll([person]))[0]?.role === 'administrator',
    recordBytes: () => sizeOf(`${config.data}/pichat.db`, `${config.data}/pichat.db-wal`),
    scanner: scanner ?? scannerOf(config, clock, log),
    ...(freeSpace ? { freeSpace } : {}),
  })
  const rooms = await createRooms({
    database,
    clock,
    log,
    audit,
    limits: config,
    hasher: accounts.passwords,
    directory: { peopleOf: accounts.people.findAll, isActive: accounts.people.isActive },
    files,
    ...(fault ? { fault } : {}),
  })
  // What a person may do is asked at the door of a socket, once: whoever gets another role comes in again.
  accounts.events.on('session.ended', ({ sessionId }) => rooms.hub.endSession(sessionId))
  accounts.events.on('person.changed', ({ userId, person, disabled }) => {
    rooms.hub.refreshPerson(person, { disabled })
    if (disabled || person.role === 'usuario') files.endAccessOf(userId).catch((error) => log.error({ err: error }, 'files.end-access'))
  })
  const tellCarriers = (fileId: string) =>
    rooms.fileChanged(fileId).catch((error) => log.error({ err: error, file: fileId }, 'rooms.file-changed.failed'))
  files.events.on('file.changed', ({ file }) => void tellCarriers(file.id))
  files.events.on('file.deleted', ({ file }) => void tellCarriers(file.id))
  if (demo) await seedDemo()

  async function seedDemo(): Promise<void> {
    const isNew = !accounts.claims.isClaimed
    const [admin, cliente, usuario] = await accounts.seedDemo()
    if (!isNew || !admin || !cliente || !usuario) return
    await seedRooms(rooms, { admin, cliente, usuario })
    await seedFiles(files, [cliente, admin])
  }

  const admin = createAdmin({ accounts, rooms, files, machine, database, clock })
  async function machine() {
    const [{ disk, ...health }, { reserve }] = await Promise.all([readHealth(config.data), files.space()])
    return {
      ...health,
      version,
      addresses: hosts.list(),
      disk: { ...disk, reserve },
      uptime: health.uptime.pichat * 1000,
      loopLag: loopLag(),
    }
  }

  const hostName = () => (isLoopback(config.host) ? config.host : (hosts.list()[0] ?? 'localhost'))
  const doorkeeper = createDoorkeeper(accounts.identify)
  const guards = createGuards(doorkeeper)
  const pages = createPages(async ({ viewer, json }) => ({
    place: accounts.place(),
    demo,
    hostName: hostName(),
    // No scope of a program's key lists rooms.
    sideRooms: viewer && !json ? await rooms.sideRooms(viewer.id) : [],
  }))
  /** The addresses people can type, best first; those of the machine only where it listens beyond itself. */
  const origins = ({ host, origin }: Visitor) => {
    const port = /:\d+$/.exec(host)?.[0] ?? ''
    const names = isLoopback(config.host) ? [] : hosts.list().filter((name) => !name.includes(':'))
    return names.length > 0 ? names.map((name) => `http://${name}${port}`) : [origin]
  }

  const elysia = new Elysia({
    // Unknown fields are refused, not dropped: closed schemas only work without normalisation.
    normalize: false,
    handler: { standardHostname: false },
    serve: {
      development: false,
      reusePort: false,
      idleTimeout: Math.round(config.requestIdle / 1000),
      // One number for all doors: the edge holds each to its own, with words, and uploads count themselves.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      // Nothing comes here unless the road of errors itself is broken; Bun would answer with a page of its own.
      error(error) {
        log.error({ err: error }, 'request.escaped')
        return new Response(null, { status: 500, headers: securityHeaders })
      },
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
      const visitor = await doorkeeper.visitorOf(request, server).catch(() => doorkeeper.strangerAt(request, server))
      if (error instanceof PasswordMustChange && !visitor.json) return pages.redirect(visitor, '/perfil/clave')
      return answerFault(pages, { visitor, error, code, log })
    })
    .use(edge({ ...config, hosts, bodies: [...accountsBodies(config), ...filesDoors.bodies], programs: filesDoors.programs }))
    .use(firstRunGate({ accounts, pages, doorkeeper }))
    .use(await assets)
    // Before the guards: it brings them along itself, and the door in front of them pays nothing for them.
    .use(accountsRoutes({ accounts, pages, guards, doorkeeper, alongsideClaim: (owner) => rooms.firstRoom(owner, 'General').statements }))
    .use(guards)
    .get('/salud', async () => health())
    .get('/diagnostico', async ({ visitor, request }) =>
      pages.page(visitor, selfTestPage(visitor, { device: deviceOf(request), hostName: hostName(), now: clock.now() })),
    )
    .use(echoRoutes({ clock, log }))
    .use(filesRoutes({ files, pages, guards, clock }))
    .use(roomsRoutes({ rooms, pages, guards, origins }))
    .use(adminRoutes({ admin, files, pages, guards, clock }))

  async function health(): Promise<Response> {
    try {
      await pulse.read()
      return new Response('bien')
    } catch (error) {
      log.error({ err: error }, 'health.failed')
      return new Response('mal', { status: 503 })
    }
  }

  /** Whether the last beat found no room on the disk. */
  let isFull = false
  const counted = () =>
    accounts.claims.isClaimed ? `${rooms.counts.people} personas, ${rooms.counts.sockets} conexiones` : 'sin dueño: falta el código inicial'

  return {
    elysia,
    database,
    audit,
    accounts,
    files,
    rooms,
    listen(hostname: string, port: number): number {
      elysia.listen({ hostname, port })
      return elysia.server?.port ?? port
    },
    /** Reads and writes: the watchdog is only pinged when both are answered. A full disk is an answer, and no new start makes room on it. */
    async beat(): Promise<void> {
      await pulse.read()
      isFull = await pulse.write().then(
        () => false,
        (error) => {
          if (error instanceof DatabaseFull) return true
          throw error
        },
      )
    },
    summary: () => [counted(), ...(isFull ? ['el disco está lleno: borrar archivos'] : [])].join('; '),
    /** Calls with the setup code for as long as nobody owns the box. */
    whenUnclaimed: (listener: (code: string) => void) => accounts.claims.onCode(listener),
    async stop(): Promise<void> {
      // Sockets first: the server would wait for them for ever.
      await rooms.stop()
      await Promise.race([elysia.server?.stop(), new Promise<void>((resolve) => clock.after(patience, resolve))])
      await elysia.server?.stop(true)
      await files.stop()
      await accounts.close()
      await database.close()
    },
  }
}

/** Milliseconds that requests under way get to finish when PiChat stops. */
const patience = 2_000

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

function openPichatDatabase(config: Config, log: Log) {
  return openDatabase<Tables>({ path: `${config.data}/pichat.db`, migrations, log, waitingWrites: config.writesWaiting })
}

/** The antivirus of the settings, or none. */
function scannerOf(config: Config, clock: Clock, log: Log): Scanner {
  const address = readSocketAddress(config.clamd)
  return address ? createClamd({ address, clock, log, limits: config }) : noScanner()
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
