// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { isLoopback, Refusal } from '../core'
import { createVisitor, type Visitor } from '../views'
import type { Role, Scope, Session } from './model'
import { bearerOf } from './program-keys'

export interface Server {
  requestIP(request: Request): { address: string } | null
}

export interface Doorkeeper {
  /** The living session of a request, or null. Asked at most once per request. */
  sessionOf(request: Request): Promise<Session | null>
  /** Who asks, also where no route was found and on the road of errors. */
  visitorOf(request: Request, server: Server | null): Promise<Visitor>
  /** The same as if nobody was signed in: for the road of errors, when sessions cannot be read. */
  strangerAt(request: Request, server: Server | null): Visitor
}

/** Remembers per request what the cookie meant: guards, views and the error road ask for the same thing. */
export function createDoorkeeper(identify: (request: Request) => Promise<Session | null>): Doorkeeper {
  const sessions = new WeakMap<Request, Promise<Session | null>>()
  const visitors = new WeakMap<Request, Promise<Visitor>>()

  function sessionOf(request: Request): Promise<Session | null> {
    const known = sessions.get(request)
    if (known) return known
    const session = identify(request)
    sessions.set(request, session)
    return session
  }

  async function makeVisitor(request: Request, server: Server | null): Promise<Visitor> {
    // Before anything is waited for: whoever hangs up meanwhile has no address any more.
    const ip = addressOf(request, server)
    const session = await sessionOf(request)
    return createVisitor({ request, viewer: session?.person ?? null, ip, locale: session?.locale })
  }

  return {
    sessionOf,
    visitorOf(request, server) {
      const known = visitors.get(request)
      if (known) return known
      const visitor = makeVisitor(request, server)
      visitors.set(request, visitor)
      return visitor
    },
    strangerAt: (request, server) => createVisitor({ request, viewer: null, ip: addressOf(request, server) }),
  }
}

/** Without a server it is this process that asks. Whoever hung up before they could be looked at is nobody, and not this machine. */
function addressOf(request: Request, server: Server | null): string {
  if (!server) return '127.0.0.1'
  return plainAddress(server.requestIP(request)?.address ?? nowhere)
}

/** RFC 6890: of no host that could be asking. */
const nowhere = '0.0.0.0'

/** `::ffff:192.168.1.9` is 192.168.1.9 seen through a dual-stack socket. */
function plainAddress(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice(7) : ip
}

/** Where somebody whose password must change may still go. */
const openWhileChanging = new Set(['/perfil/clave', '/salir'])

/** A door for people and for programs: a program's key must have this scope. With `role`, whose person must have one of these roles. */
interface Access {
  programs: Scope
  role?: Role | readonly Role[]
}

/**
 * Puts `visitor` into every handler and guards routes and upgrades with macros: `signedIn: true`, `role: 'administrator'`,
 * `role: ['administrator', 'cliente']` are for people alone, `access: { programs: 'read' }` also for programs. Guarded handlers get
 * `session` and `user`. `thisMachineOr: { programs: 'read' }` lets in whatever runs on this machine, and others as `access` does.
 */
export function createGuards({ sessionOf, visitorOf }: Doorkeeper) {
  async function requireSession(request: Request, scope: Scope | null): Promise<Session> {
    const session = await sessionOf(request)
    if (!session) throw new Refusal('signed-out', bearerOf(request.headers) === null ? 'errors.signedOut' : 'accounts.keyUnknown')
    if (session.scopes && (scope === null || !session.scopes.includes(scope))) throw new Refusal('forbidden', 'accounts.keyNotForThis')
    if (session.mustChange && !openWhileChanging.has(new URL(request.url).pathname)) throw new PasswordMustChange()
    return session
  }

  interface Wanted {
    scope?: Scope | null
    role?: Role | readonly Role[] | undefined
  }

  // A type and no interface: Elysia wants something with an index.
  type Admitted = {
    session: Session
    user: Session['person']
  }

  async function admit(request: Request, { scope = null, role }: Wanted): Promise<Admitted> {
    const session = await requireSession(request, scope)
    const allowed: readonly string[] | undefined = typeof role === 'string' ? [role] : role
    if (allowed && !allowed.includes(session.person.role)) {
      throw new Refusal('forbidden', allowed.includes('cliente') ? 'errors.forbiddenToReaders' : 'errors.forbidden')
    }
    return { session, user: session.person }
  }

  /** Who was let in, from the first question of a guard to the second. */
  const admitted = new WeakMap<Request, Admitted>()

  // Asked once, answered twice: `transform` comes before the schemas, so that who may not is told that and nothing about the form;
  // `resolve` comes after them and gives handlers their session.
  async function first(request: Request, wanted: Wanted): Promise<void> {
    admitted.set(request, await admit(request, wanted))
  }
  async function second(request: Request, wanted: Wanted): Promise<Admitted> {
    return admitted.get(request) ?? admit(request, wanted)
  }

  return new Elysia({ name: 'accounts.guards' })
    .derive({ as: 'global' }, async ({ request, server }) => ({ visitor: await visitorOf(request, server) }))
    .macro({
      signedIn: (_wanted: boolean) => ({
        transform: async ({ request }) => {
          await first(request, {})
        },
        resolve: ({ request }) => second(request, {}),
      }),
      role: (role: Role | readonly Role[]) => ({
        transform: async ({ request }) => {
          await first(request, { role })
        },
        resolve: ({ request }) => second(request, { role }),
      }),
      access: ({ programs: scope, role }: Access) => ({
        transform: async ({ request }) => {
          await first(request, { scope, role })
        },
        resolve: ({ request }) => second(request, { scope, role }),
      }),
      thisMachineOr: ({ programs: scope, role }: Access) => ({
        transform: async ({ request, server }) => {
          if (!isLoopback(addressOf(request, server))) await admit(request, { scope, role })
        },
      }),
    })
}

export type Guards = ReturnType<typeof createGuards>

/** The road of errors turns this into a redirect to the page where the password is changed. */
export class PasswordMustChange extends Refusal {
  constructor() {
    super('forbidden', 'accounts.mustChange')
  }
}
