// SPDX-License-Identifier: GPL-3.0-or-later
//
// A PiChat with a thousand people and their rooms, prepared once and copied for every figure. The first administrator comes through the front door; the
// others are written beside her while nobody is at home: a thousand sign-ins would cost half a minute of password hashing.
import { Database } from 'bun:sqlite'
import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokens } from '../../src/accounts/tokens'
import { keyFor } from '../../src/appliance'
import { type Appliance, executable, startAppliance } from '../support/appliance'
import { claim, type Person } from '../support/people'
import type { Address } from './load/wire'

export const people = 1_000
export const password = 'once palabras bien raras'
const secret = 'the key of a bench, of no worth to anybody'
const code = 'R3VN8TWB'

/** Rooms by what they are for; every one of them is there in each copy. */
export const rooms = {
  small: { members: 50, kept: false },
  middle: { members: 200, kept: false },
  large: { members: 1_000, kept: false },
  kept: { members: 200, kept: true },
  neighbour: { members: 3, kept: false },
  quick: { members: 10, kept: false },
  slow: { members: 10, kept: true },
} as const

export type RoomName = keyof typeof rooms

/** Rooms of fifty for the count of sockets: everybody is a member of five of them. */
export const classes = { count: 100, members: 50 } as const

/** A thousand rooms of five: everybody is a member of five of them. Every second one is kept. */
export const circles = { count: 1_000, members: 5 } as const

export interface Stage {
  /** Where this run keeps everything; gone at its end. */
  folder: string
  /** The executable, as it was when the run began. */
  program: string
  cookieOf(person: number): string
  usernameOf(person: number): string
  /** A PiChat of its own on a copy of the prepared data. */
  open(options?: { env?: Record<string, string>; under?: readonly string[]; within?: number }): Promise<Appliance>
  /** A copy of the prepared data, or an empty folder. */
  dataFor(name: string, options?: { empty?: boolean }): Promise<string>
  seats(port: number, room: RoomName, options?: { from?: number; count?: number }): Address[]
  codeOf(room: RoomName): string
  classSeats(port: number, sockets: number): Address[]
  /** Everybody's seats in each of the thousand rooms. */
  circleSeats(port: number): Address[][]
  greeting: string
  saying: string
  end(): Promise<void>
}

/** Limits that would otherwise be what is measured. */
export const unlimited = {
  SECRET_KEY: secret,
  PICHAT_MESSAGES_PER_SECOND: '0',
  PICHAT_MEMBERS_PER_ROOM: '5000',
  PICHAT_SOCKETS_PER_ADDRESS: '65536',
}

export async function prepare(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-bench-'))
  const program = join(folder, 'pichat')
  await cp(executable, program)
  const prepared = join(folder, 'prepared')
  await mkdir(prepared)
  const cookieName = await claimed(prepared)
  const tokens = await populate(prepared)
  const openings = new Map<string, number>()

  async function dataFor(name: string, { empty = false } = {}): Promise<string> {
    const turn = (openings.get(name) ?? 0) + 1
    openings.set(name, turn)
    const data = join(folder, `${name}-${turn}`)
    if (empty) await mkdir(data)
    else await cp(prepared, data, { recursive: true })
    return data
  }

  const cookieOf = (person: number) => `${cookieName}=${tokens[person % people]}`
  const seat = (port: number, room: string, person: number): Address => ({
    port,
    path: `/salas/${room}/vivo`,
    headers: { Cookie: cookieOf(person), 'Accept-Language': 'es' },
  })

  return {
    folder,
    program,
    cookieOf,
    usernameOf,
    dataFor,
    async open({ env = {}, under = [], within } = {}) {
      return startAppliance({ program, data: await dataFor('data'), env: { ...unlimited, ...env }, under, ...(within ? { within } : {}) })
    },
    seats: (port, room, { from = 0, count = rooms[room].members } = {}) =>
      Array.from({ length: count }, (_, index) => seat(port, codeOf(room), from + index)),
    codeOf,
    classSeats: (port, sockets) =>
      Array.from({ length: sockets }, (_, index) => seat(port, classCode(Math.floor(index / classes.members)), index)),
    circleSeats: (port) =>
      range(0, circles.count).map((number) =>
        range(number * circles.members, circles.members).map((person) => seat(port, circleCode(number), person)),
      ),
    greeting: JSON.stringify({ t: 'hola' }),
    saying: '{"t":"decir","cid":"@","texto":"#"}',
    end: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Claims an empty box as on its first day and returns the name of its session cookie. */
async function claimed(data: string): Promise<string> {
  await using box = await startAppliance({ data, env: { ...unlimited, PICHAT_SETUP_CODE: code } })
  const door = { origin: box.origin, fetch: (path: string, init?: RequestInit) => fetch(box.origin + path, init) }
  const ana: Person = await claim(door as Parameters<typeof claim>[0], code, {
    usuario: usernameOf(0),
    nombre: 'Ana',
    clave: password,
    role: 'administrator',
  })
  for (const [name, value] of ana.cookies) if (claimOf(value).includes('pichat session')) return name
  throw new Error('Claiming gave no session')
}

/** The claims of a token as text; nothing for other cookies. */
function claimOf(token: string): string {
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
}

/** People, sessions, rooms and memberships straight into the database of a PiChat that is not running. Returns everybody's token. */
async function populate(data: string): Promise<string[]> {
  const database = new Database(join(data, 'pichat.db'))
  const { session } = createTokens(keyFor({ key: secret, instance: '', from: 'variable' }, 'accounts'))
  const secrets = Array.from({ length: people }, () => randomBytes(32).toString('base64url'))
  const tokens = await Promise.all(secrets.map((one) => session.sign(one)))
  const now = Date.now()
  database.run('PRAGMA foreign_keys = ON')
  database.transaction(() => {
    const addUser = database.query(likeTheFirst(database))
    const addSession = database.query(
      "INSERT INTO sessions (id, user_id, created_at, last_seen_at, device, ip, shared) VALUES (?1, ?2, ?3, ?3, 'Bench', '127.0.0.1', 0)",
    )
    const addRoom = database.query(
      "INSERT INTO rooms (id, code, name, name_key, kind, kept, days, epoch, n, created_at) VALUES (?1, ?2, ?2, ?2, 'privada', ?3, 30, ?1, 0, ?4)",
    )
    const addMember = database.query('INSERT INTO room_members (room_id, person_id, name, since, seen) VALUES (?1, ?2, ?3, ?4, 0)')
    const ids = secrets.map((one, person) => {
      const id = person === 0 ? idOfFirst(database) : `bench${String(person).padStart(11, '0')}`
      if (person > 0) addUser.run(id, usernameOf(person), nameOf(person))
      addSession.run(createHash('sha256').update(one).digest('hex'), id, now)
      return id
    })
    function room(code: string, kept: boolean, members: readonly number[]): void {
      const id = code.toLowerCase().padEnd(16, '0')
      addRoom.run(id, code, kept ? 1 : 0, now)
      for (const person of members) addMember.run(id, ids[person % people]!, nameOf(person % people), now)
    }
    for (const [name, { members, kept }] of Object.entries(rooms)) room(codeOf(name), kept, range(0, members))
    for (let number = 0; number < classes.count; number++) {
      room(classCode(number), false, range(number * classes.members, classes.members))
    }
    for (let number = 0; number < circles.count; number++) {
      room(circleCode(number), number % 2 === 1, range(number * circles.members, circles.members))
    }
  })()
  database.close()
  return tokens
}

/** Another row like that of the first person: with whatever columns people have, and the same password. */
function likeTheFirst(database: Database): string {
  const columns = (database.query("SELECT name FROM pragma_table_info('users')").all() as { name: string }[]).map(({ name }) => name)
  const own: Record<string, string> = { id: '?1', username: '?2', name: '?3', role: "'cliente'" }
  const values = columns.map((column) => own[column] ?? column)
  return `INSERT INTO users (${columns}) SELECT ${values} FROM users WHERE username = '${usernameOf(0)}'`
}

function idOfFirst(database: Database): string {
  return (database.query('SELECT id FROM users').get() as { id: string }).id
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}

function usernameOf(person: number): string {
  return person === 0 ? 'ana' : `persona${person}`
}

function nameOf(person: number): string {
  return person === 0 ? 'Ana' : `Persona ${person}`
}

/** Codes are eight signs of an alphabet without those that are mistaken for one another. */
function codeOf(room: string): string {
  return room
    .toUpperCase()
    .replace(/[^2-9A-HJKMNP-TV-Z]/g, 'Z')
    .padEnd(8, '2')
    .slice(0, 8)
}

function circleCode(number: number): string {
  return `RD${String(number).padStart(4, '0').replaceAll('0', 'X').replaceAll('1', 'Y')}ZZ`
}

function classCode(number: number): string {
  return `CZ${String(number).padStart(3, '0').replaceAll('0', 'X').replaceAll('1', 'Y')}ZZZ`
}
