// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file drop alone, behind its real doors on a real port, with people known by a cookie. `await using drop = await openDrop()`.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { createDoorkeeper, createGuards, type Person } from '../../src/accounts'
import { createPasswords } from '../../src/accounts/passwords'
import { createTokens } from '../../src/accounts/tokens'
import {
  type AuditTables,
  auditMigrations,
  type Clock,
  createAudit,
  createHosts,
  createLog,
  edge,
  openDatabase,
  readCookie,
  systemClock,
} from '../../src/core'
import {
  createFiles,
  type FilesLimits,
  type FilesOptions,
  type FilesTables,
  filesDoors,
  filesMigrations,
  filesRoutes,
} from '../../src/files'
import { answerFault, assetRoutes, createPages } from '../../src/views'

export const people = {
  ana: { id: 'ana0000000000000', username: 'ana', name: 'Ana Torres', role: 'administrator' },
  beto: { id: 'beto000000000000', username: 'beto', name: 'Beto Ríos', role: 'cliente' },
  diego: { id: 'diego00000000000', username: 'diego', name: 'Diego Paz', role: 'cliente' },
  carla: { id: 'carla00000000000', username: 'carla', name: 'Carla Núñez', role: 'usuario' },
} as const satisfies Record<string, Person>
export type Name = keyof typeof people

const MiB = 1024 * 1024

export const usualLimits: FilesLimits = {
  maxFileBytes: 8 * MiB,
  reservePercent: 5,
  reserveBytes: 512 * MiB,
  uploadsPerPerson: 3,
  uploadStall: 20_000,
  uploadLife: 86_400_000,
  unfinishedUploads: 100,
  quotaAdministrator: 0,
  quotaCliente: 0,
  quotaTotal: 0,
  linkDays: 7,
  linkDaysMaximum: 365,
  linksPerFile: 20,
  linkUsesMaximum: 1000,
  linkResume: 86_400_000,
  linkGuesses: 5,
  zipFiles: 500,
  zipsPerPerson: 2,
  release: 'automatic',
  trashDays: 7,
  fileDays: 0,
  fileFolders: 200,
  previewBytes: 65_536,
  thumbnailPixels: 25_000_000,
  thumbnailSource: 32 * MiB,
  thumbnailTime: 20_000,
  thumbnailCache: 64 * MiB,
  scanConnect: 5_000,
  scanStall: 30_000,
  scanTotal: 600_000,
  scanTries: 5,
  scanWait: 86_400_000,
}

interface Options extends Partial<Pick<FilesOptions, 'scanner' | 'freeSpace'>> {
  mayShare?(person: string): Promise<boolean>
  limits?: Partial<FilesLimits>
  clock?: Clock
  data?: string
  folder?: string
  /** With styles and script, for a browser; the browser part must be built. */
  assets?: boolean
}

interface Asked {
  as?: Name
  headers?: Record<string, string>
  body?: BodyInit
}

export async function openDrop({
  limits = {},
  clock = systemClock(),
  data: given,
  folder,
  mayShare,
  assets = false,
  ...rest
}: Options = {}) {
  const data = given ?? (await mkdtemp(join(tmpdir(), 'pichat-drop-')))
  let journal = ''
  const log = createLog({
    level: 'debug',
    write: (line) => {
      journal += line
    },
  })
  const database = await openDatabase<FilesTables & AuditTables>({
    path: join(data, 'pichat.db'),
    migrations: [...auditMigrations, ...filesMigrations],
    log,
  })
  const cuarentena = folder ?? join(data, 'cuarentena')
  const files = await createFiles({
    database,
    audit: createAudit(database, clock),
    clock,
    log,
    folder: cuarentena,
    limits: { ...usualLimits, ...limits },
    sharers: {
      mayShare: mayShare ?? (async () => true),
      // Cheap: what is tried is the door, not the hash.
      hasher: createPasswords({ log, atOnce: 2, waiting: 16, cost: { memoryCost: 1024, timeCost: 1, parallelism: 1 } }),
      passes: createTokens('the key of a drop that is gone in a second').link,
    },
    ...rest,
  })
  const doorkeeper = createDoorkeeper(async (request) => {
    const person = people[readCookie(request.headers.get('cookie'), 'who') as Name]
    return person ? { id: person.id, person, mustChange: false, locale: null } : null
  })
  const guards = createGuards(doorkeeper)
  const pages = createPages(async () => ({ place: '', demo: false, hostName: 'pichat.local', sideRooms: [] }))
  const app = new Elysia({
    normalize: false,
    handler: { standardHostname: false },
    serve: { development: false, reusePort: false, idleTimeout: 120, maxRequestBodySize: Number.MAX_SAFE_INTEGER },
  })
    .onError({ as: 'global' }, async ({ error, code, request, server }) =>
      answerFault(pages, { visitor: await doorkeeper.visitorOf(request, server), error, code, log }),
    )
    .use(edge({ hosts: createHosts({ names: [], addresses: () => [] }), ...filesDoors, formBytes: 64 * 1024 }))
    .use(assets ? await assetRoutes() : new Elysia())
    .use(guards)
    .use(filesRoutes({ files, pages, guards, clock }))
    .get('/salud', () => 'bien')
    .listen({ port: 0, hostname: '127.0.0.1' })
  const port = app.server?.port ?? 0
  const origin = `http://localhost:${port}`

  function ask(method: string, path: string, { as, headers = {}, body }: Asked = {}): Promise<Response> {
    return fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        origin,
        ...(as ? { cookie: `who=${as}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
  }

  return {
    files,
    app,
    port,
    origin,
    data,
    folder: cuarentena,
    database,
    ask,
    /** Uploads as a page does, and answers what the server said of it. */
    async put(name: string, body: BodyInit, as: Name = 'beto'): Promise<Described> {
      const answer = await ask('PUT', `/archivos/${encodeURIComponent(name)}`, { as, body })
      if (answer.status !== 201) throw new Error(`${name} was not taken: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as Described
    },
    journal: () => journal,
    /** What lies in the folder: names, partials with their folder. */
    async lying(): Promise<string[]> {
      const all = await readdir(cuarentena, { recursive: true })
      return all.filter((name) => name !== 'parciales').sort()
    },
    rows: () => database.read.selectFrom('files').selectAll().orderBy('n').execute(),
    async close() {
      await app.server?.stop(true)
      await files.stop()
      await database.close()
    },
    async [Symbol.asyncDispose]() {
      await this.close()
      if (!given) await rm(data, { recursive: true, force: true })
    },
  }
}

export type Drop = Awaited<ReturnType<typeof openDrop>>

export interface Described {
  id: string
  name: string
  size: number
  sha256: string
  type: string
  state: string
  url: string
}
