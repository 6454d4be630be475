// SPDX-License-Identifier: GPL-3.0-or-later
//
// A box with nothing in it but accounts: the same parts as the product, a clock that tests move, addresses that tests choose, and passwords
// that cost little where they are not the subject.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import {
  type AccountLimits,
  type Accounts,
  type AccountsTables,
  accountsBodies,
  accountsMigrations,
  accountsRoutes,
  createAccounts,
  createDoorkeeper,
  createGuards,
  firstRunGate,
  PasswordMustChange,
} from '../../src/accounts'
import {
  auditMigrations,
  edge as coreEdge,
  createAudit,
  createHosts,
  createLog,
  type ManualClock,
  manualClock,
  openDatabase,
} from '../../src/core'
import { answerFault, createPages } from '../../src/views'
import { type Door, innerDoor } from '../support/door'
import { Person } from '../support/people'

export const limits: AccountLimits = {
  sessionsPerPerson: 25,
  sessionDays: 30,
  keysPerPerson: 20,
  signInTries: 10,
  signInWindow: 180_000,
  sprayTries: 20,
  signInTriesPerHour: 100,
  signInDelay: 1_000,
  signInDelayMaximum: 60_000,
  hashesAtOnce: 2,
  hashQueue: 16,
  passwordMinimum: 8,
  passwordMaximum: 128,
  claimTries: 5,
  claimPause: 60_000,
  setupCode: '',
  signInBytes: 4096,
}

const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 }
export const instance = '0a1b2c3d'
export const secret = 'a key of the tests, long enough for HS256'
export const sessionCookie = `pichat_${instance}`
export const deviceCookie = `pichat_${instance}_d`

interface Options {
  limits?: Partial<AccountLimits>
  clock?: ManualClock
  data?: string
  demo?: boolean
  /** What a real password costs, where that is the subject. */
  dear?: boolean
}

export async function openBox({ limits: other = {}, clock = manualClock(), data: given, demo = false, dear = false }: Options = {}) {
  const data = given ?? (await mkdtemp(join(tmpdir(), 'pichat-accounts-')))
  let journal = ''
  const log = createLog({
    level: 'debug',
    write: (line) => {
      journal += line
    },
  })
  const database = await openDatabase<AccountsTables>({
    path: join(data, 'pichat.db'),
    migrations: [...auditMigrations, ...accountsMigrations],
    log,
  })
  const audit = createAudit(database, clock)
  const ours = { ...limits, ...other }
  const accounts = await createAccounts({
    database,
    clock,
    log,
    audit,
    secret,
    instanceId: instance,
    limits: ours,
    demo,
    ...(dear ? {} : { passwordCost: cheap }),
  })
  const codes: string[] = []
  accounts.claims.onCode((code) => codes.push(code))
  const ended: { sessionId: string; reason: string }[] = []
  accounts.events.on('session.ended', ({ sessionId, reason }) => ended.push({ sessionId, reason }))

  /** The address of the socket, which no header can change. */
  let ip = '127.0.0.1'
  const doorkeeper = createDoorkeeper(accounts.identify)
  const seen = { ...doorkeeper, visitorOf: (request: Request) => doorkeeper.visitorOf(request, { requestIP: () => ({ address: ip }) }) }
  const guards = createGuards(seen)
  const pages = createPages(async () => ({ place: accounts.place(), demo, hostName: 'pichat.local', sideRooms: [] }))
  const app = new Elysia({ normalize: false, handler: { standardHostname: false } })
    .onError({ as: 'global' }, async ({ error, code, request }) => {
      const visitor = await seen.visitorOf(request)
      if (error instanceof PasswordMustChange && !visitor.json) return pages.redirect(visitor, '/perfil/clave')
      return answerFault(pages, { visitor, error, code, log })
    })
    .use(edge())
    .use(firstRunGate({ accounts, pages, doorkeeper: seen }))
    .use(guards)
    .use(accountsRoutes({ accounts, pages, guards, doorkeeper: seen }))
    .get('/salud', () => 'bien')
    .get('/salas', ({ user }) => user.username, { signedIn: true })
    .get('/admin', ({ user }) => user.username, { role: 'administrator' })

  function edge() {
    return coreEdge({ hosts: createHosts({ names: [], addresses: () => [] }), bodies: accountsBodies(ours), formBytes: 65_536 })
  }

  const door: Door = innerDoor(app)
  return {
    accounts,
    app,
    audit,
    clock,
    codes,
    data,
    database,
    door,
    ended,
    journal: () => journal,
    /** The same door, with the socket of somebody at this address. */
    from(address: string): Door {
      return {
        origin: door.origin,
        fetch(path, init) {
          ip = address
          return door.fetch(path, init)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await accounts.close()
      await database.close()
      if (!given) await rm(data, { recursive: true, force: true })
    },
  }
}

export type Box = Awaited<ReturnType<typeof openBox>>

export const ana = { usuario: 'ana', clave: 'once palabras bien raras', nombre: 'Ana Torres', role: 'administrator' } as const
export const beto = { usuario: 'beto', clave: 'la lluvia cae en marzo', nombre: 'Beto Molina', role: 'cliente' } as const
export const carla = { usuario: 'carla', clave: 'siete gatos y un tren', nombre: 'Carla Ríos', role: 'usuario' } as const

/** A box with an owner: Ana administers, Beto is a cliente, Carla a usuario. */
export async function openOwnedBox(options: Options = {}) {
  const box = await openBox(options)
  const by = { who: null, from: null }
  await box.accounts.claims.claim({ ...ana, codigo: box.codes[0] ?? '', lugar: 'Estudio Jacaranda' }, '127.0.0.1')
  for (const person of [beto, carla]) await box.accounts.people.create(person, by)
  return box
}

export function at(door: Door, credentials?: typeof ana | typeof beto | typeof carla): Person {
  return new Person(door, credentials)
}

export async function idOf({ accounts }: { accounts: Accounts }, username: string): Promise<string> {
  return (await accounts.people.findByUsername(username)).id
}
