// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rooms behind the real edge, on a real server, with people whose sessions the test decides: what accounts do is tested where they live.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { type Person as Account, createDoorkeeper, createGuards } from '../../src/accounts'
import {
  type AuditTables,
  auditMigrations,
  type Clock,
  createAudit,
  createHosts,
  createLog,
  edge,
  type ManualClock,
  manualClock,
  openDatabase,
  readCookie,
} from '../../src/core'
import {
  createRooms,
  type Fault,
  type RoomLimits,
  type RoomsOptions,
  type RoomsTables,
  roomsMigrations,
  roomsRoutes,
} from '../../src/rooms'
import type { ServerFrame } from '../../src/rooms/protocol'
import { answerFault, createPages } from '../../src/views'
import { type Door, type Line, networkDoor } from '../support/door'
import { Person } from '../support/people'

export type Frame = ServerFrame
export type RoomLine = Line<ServerFrame>

export const limits: RoomLimits = {
  messagesPerSecond: 20,
  messageBurst: 40,
  messageStrikes: 100,
  messageCharacters: 4000,
  socketsPerPerson: 10,
  socketsPerAddress: 256,
  roomsPerPerson: 50,
  roomsPerMinute: 10,
  searchesPerSecond: 4,
  membersPerRoom: 500,
  roomTriesPerPerson: 10,
  roomTriesPerAddress: 60,
  ephemeralMessages: 200,
  ephemeralAge: 600_000,
  ephemeralLinger: 120_000,
  keptDays: 30,
  keptDaysMaximum: 365,
  catchUpChanges: 500,
  pageMessages: 50,
  presenceGrace: 8_000,
  typingFor: 5_000,
  passwordMinimum: 8,
  passwordMaximum: 128,
}

export const accounts = {
  ana: { id: 'ana0000000000000', username: 'ana', name: 'Ana Torres', role: 'administrator' },
  beto: { id: 'beto000000000000', username: 'beto', name: 'Beto Molina', role: 'cliente' },
  carla: { id: 'carla00000000000', username: 'carla', name: 'Carla Ríos', role: 'usuario' },
} as const satisfies Record<string, Account>

interface Options<C extends Clock> {
  clock?: C
  limits?: Partial<RoomLimits>
  fault?: Fault
  data?: string
  /** What a hash has to wait for: Argon2 takes its time on a Pi. */
  hashing?: () => Promise<void>
  /** Sees every comparison of a password with a stored hash. */
  onCompare?: (stored: string | null) => void
  /** What messages may carry. */
  files?: RoomsOptions['files']
  /** Further people, by id. */
  people?: readonly Account[]
}

const sessionCookie = 'sesion'

export async function openRooms<C extends Clock = ManualClock>({
  clock = manualClock() as unknown as C,
  limits: others = {},
  fault,
  data: given,
  people = [],
  onCompare,
  hashing,
  files,
}: Options<C> = {}) {
  const data = given ?? (await mkdtemp(join(tmpdir(), 'pichat-rooms-')))
  let journal = ''
  const log = createLog({
    level: 'debug',
    write: (line) => {
      journal += line
    },
  })
  const known = new Map<string, Account>([...Object.values(accounts), ...people].map((person) => [person.id, person]))
  const paused = new Set<string>()
  const database = await openDatabase<AuditTables & RoomsTables>({
    path: join(data, 'pichat.db'),
    migrations: [...auditMigrations, ...roomsMigrations],
    log,
  })
  const rooms = await createRooms({
    database,
    clock,
    log,
    audit: createAudit(database, clock),
    limits: { ...limits, ...others },
    hasher: {
      async hash(password) {
        await hashing?.()
        return `hash of ${password}`
      },
      matches: async (password, stored) => {
        onCompare?.(stored)
        return stored === `hash of ${password}`
      },
    },
    directory: {
      peopleOf: async (ids) => ids.flatMap((id) => known.get(id) ?? []),
      isActive: async (id) => known.has(id) && !paused.has(id),
    },
    ...(files ? { files } : {}),
    ...(fault ? { fault } : {}),
  })
  const doorkeeper = createDoorkeeper(async (request) => {
    const id = readCookie(request.headers.get('cookie'), sessionCookie)
    const person = id ? known.get(id) : undefined
    return person ? { id: `session of ${person.id}`, person, mustChange: false, locale: null } : null
  })
  const pages = createPages(async ({ viewer }) => ({
    place: '',
    demo: false,
    hostName: 'pichat.local',
    sideRooms: viewer ? await rooms.sideRooms(viewer.id) : [],
  }))
  const app = new Elysia({
    normalize: false,
    handler: { standardHostname: false },
    serve: { development: false, reusePort: false },
    websocket: {
      maxPayloadLength: 65_536,
      idleTimeout: 120,
      backpressureLimit: 1 << 20,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
    },
  })
    .onError({ as: 'global' }, async ({ error, code, request, server }) =>
      answerFault(pages, { visitor: await doorkeeper.visitorOf(request, server), error, code, log }),
    )
    .use(edge({ hosts: createHosts({ names: ['pichat.local'], addresses: () => [] }), bodies: [], formBytes: 65_536 }))
    .use(roomsRoutes({ rooms, pages, guards: createGuards(doorkeeper) }))
  app.listen({ port: 0, hostname: '127.0.0.1' })
  const door: Door & { port: number } = { ...networkDoor(`http://localhost:${app.server?.port}`), port: app.server?.port ?? 0 }

  function person(id: string): Person {
    const someone = new Person(door)
    someone.setCookie(sessionCookie, id)
    return someone
  }

  return {
    rooms,
    database,
    clock,
    data,
    door,
    app,
    person,
    ana: person(accounts.ana.id),
    beto: person(accounts.beto.id),
    carla: person(accounts.carla.id),
    stranger: new Person(door),
    journalText: () => journal,
    /** Pauses an account as accounts do, which the directory tells. */
    pause: (id: string) => void paused.add(id),
    /** Ends a session as accounts do: no request is let in any more. */
    signOut(id: string): void {
      known.delete(id)
      rooms.hub.endSession(`session of ${id}`)
    },
    async stop(): Promise<void> {
      await rooms.stop()
      await app.server?.stop(true)
      await database.close()
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
      if (!given) await rm(data, { recursive: true, force: true })
    },
  }
}

export type RoomsHouse = Awaited<ReturnType<typeof openRooms>>

export const password = 'ocho letras'

interface Wanted {
  nombre?: string
  tipo?: 'privada' | 'grupal'
  historial?: 'efimera' | 'guardada'
  clave?: string
}

/** Ana creates a room through the form, the others join through theirs; answers its code. */
export async function roomOf(
  house: RoomsHouse,
  members: readonly Person[] = [house.beto],
  { nombre = 'Taller', tipo = 'privada', historial = 'guardada', clave = password }: Wanted = {},
): Promise<string> {
  const created = await house.ana.post('/salas', { nombre, clave, tipo, historial })
  const code = created.headers.get('location')?.split('/').at(-1)
  if (created.status !== 303 || !code) throw new Error(`no room: ${created.status} ${(await created.text()).slice(0, 300)}`)
  for (const member of members) {
    const joined = await member.post('/salas/unirse', { codigo: code, clave })
    if (joined.status !== 303) throw new Error(`not joined: ${joined.status}`)
  }
  return code
}

/** A socket of the room that has said hello and heard the list. */
export async function sitDown(person: Person, code: string, hello: { desde?: number; epoca?: string } = {}): Promise<RoomLine> {
  const line = await person.socket<ServerFrame>(`/salas/${code}/vivo`)
  line.send({ t: 'hola', ...hello })
  await line.next(({ t }) => t === 'lista')
  return line
}

export type Told = Extract<ServerFrame, { t: 'cambio' }>

export function isTold(frame: ServerFrame): frame is Told {
  return frame.t === 'cambio'
}

/** Messages among the frames, oldest first. */
export function messages(line: RoomLine): Told[] {
  return line.frames.filter(isTold).filter(({ cid }) => cid !== undefined)
}

let said = 0

export function freshCid(): string {
  return `c${++said}`
}

/** Says many long things without being the slow reader of oneself: 20 KB of markup each, some at a time. */
export async function sayMuch(line: RoomLine, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    line.send({ t: 'decir', cid: `mucho${i}`, texto: `${i} ${'&'.repeat(3_900)}` })
    if (i % 20 === 19) await line.next((frame) => isTold(frame) && frame.cid === `mucho${i}`)
  }
  await line.next((frame) => isTold(frame) && frame.cid === `mucho${times - 1}`)
}
