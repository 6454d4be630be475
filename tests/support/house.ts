// SPDX-License-Identifier: GPL-3.0-or-later
//
// The composed app as the product composes it, in this process: with a clock that tests move, a journal that tests read and a folder of its
// own. `await using house = await openHouse()`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app'
import { readConfig } from '../../src/appliance'
import { type Clock, createHosts, createLog, type ManualClock, manualClock } from '../../src/core'
import type { Scanner } from '../../src/files'
import { type JournalLine, readJournal } from './appliance'
import { type Door, innerDoor, networkDoor } from './door'
import { cast, Person } from './people'
import { routesOf } from './routes'

interface Options<C extends Clock> {
  clock?: C
  /** As in the environment: `{ PICHAT_FORM_BYTES: '4KiB' }`. */
  settings?: Record<string, string>
  /** The machine's addresses as the app sees them now. */
  addresses?: () => readonly string[]
  data?: string
  /** With the cast of people.ts (the default), or as it comes out of the box: unclaimed. */
  demo?: boolean
  /** Left out: none. */
  scanner?: Scanner
}

/** A documentation address (RFC 5737): nobody's, so what is accepted is what the test said. */
export const ownAddress = '192.0.2.10'

export async function openHouse<C extends Clock = ManualClock>({
  clock = manualClock() as unknown as C,
  settings = {},
  addresses = () => [ownAddress, '2001:db8::10'],
  data: given,
  demo = true,
  scanner,
}: Options<C> = {}) {
  const data = given ?? (await mkdtemp(join(tmpdir(), 'pichat-test-')))
  let journal = ''
  const log = createLog({
    level: 'debug',
    write: (line) => {
      journal += line
    },
  })
  const { config } = readConfig([], { ...settings, PICHAT_DATA: data })
  const app = await createApp({
    config,
    clock,
    log,
    demo,
    ...(scanner ? { scanner } : {}),
    secret: { key: 'a secret of the tests, long enough for HS256', instance: 'test0001' },
    hosts: createHosts({ names: [...config.hosts, 'pichat.local', 'pichat'], addresses }),
  })
  const { elysia, database } = app
  const door = innerDoor(elysia)

  return {
    app,
    elysia,
    clock,
    config,
    data,
    database,
    /** Without a network. */
    door,
    /** The `Cookie` of this person's session; empty while there are no accounts. */
    async cookieOf(name: keyof typeof cast): Promise<string> {
      if (!routesOf(elysia).some((route) => route.name === 'POST /entrar')) return ''
      return (await new Person(door, cast[name]).signIn()).cookie
    },
    /** Everything the journal says so far. */
    journal: (): JournalLine[] => readJournal(journal),
    journalText: () => journal,
    /** On a free port of the loopback, for sockets and for what a library would not send. */
    listen(): Door & { port: number } {
      if (!elysia.server) {
        elysia.listen({ port: 0, hostname: '127.0.0.1' })
        knowThisProcess(elysia.server)
      }
      const port = elysia.server?.port ?? 0
      return { ...networkDoor(`http://localhost:${port}`), port }
    },
    async [Symbol.asyncDispose]() {
      await elysia.server?.stop(true)
      await database.close()
      if (!given) await rm(data, { recursive: true, force: true })
    },
  }
}

/** What a test asks without the network comes from this machine too; to a server it looks like somebody who has hung up. */
function knowThisProcess(server: Pick<Bun.Server<unknown>, 'requestIP'> | null): void {
  if (!server) return
  const addressOf = server.requestIP.bind(server)
  server.requestIP = (request) => addressOf(request) ?? { address: '127.0.0.1', family: 'IPv4', port: 0 }
}

export type OpenHouse = Awaited<ReturnType<typeof openHouse>>
