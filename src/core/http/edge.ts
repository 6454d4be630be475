// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { Refusal } from '../errors'
import { newReference } from '../ids'
import { readBody } from './bodies'
import type { Hosts } from './hosts'

/** What a door takes in its body. Everything not declared is a small form. */
export interface BodyRule {
  method: 'POST' | 'PUT' | 'PATCH'
  /** The path begins with this, or is it, when `exact`. */
  path: string
  exact?: boolean
  /** Bytes. */
  limit: number
  /** Media types taken; any when left out. */
  types?: readonly string[]
  /** Whether a body may come without `Content-Length`; the door then counts itself. */
  chunked?: boolean
}

/** Where programs knock, with a key and no page around them. */
export interface ProgramDoor {
  /** Any, when left out. */
  method?: string
  /** The door and what is below it. */
  path: string
  /** What stands below it is a name for people and never an address here: whatever it hides is taken out of it later. */
  names?: true
  /** On every answer, those of the edge included. */
  headers?: Readonly<Record<string, string>>
}

interface Options {
  hosts: Hosts
  bodies: readonly BodyRule[]
  programs?: readonly ProgramDoor[]
  /** Bytes a form may weigh where nothing else is declared. */
  formBytes: number
  /** Milliseconds in which the whole of a form has to come; the server's own patience when left out. */
  formWithin?: number
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const formTypes = ['application/x-www-form-urlencoded', 'application/json'] as const

/** On every answer, errors and files included. Doors that serve files tighten the policy further. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // no-referrer would make forms send `Origin: null`, which the origin check refuses.
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': 'no-store',
} as const

const requestIds = new WeakMap<Request, string>()

/** The reference a person can read out and an administrator can find in the journal. */
export function requestIdOf(request: Request): string {
  let id = requestIds.get(request)
  if (!id) {
    id = newReference()
    requestIds.set(request, id)
  }
  return id
}

/** The path of a request without query, as sent (still encoded). */
export function pathOf(request: Request): string {
  const { url } = request
  const start = url.indexOf('/', url.indexOf('//') + 2)
  if (start < 0) return '/'
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}

/** What every request passes before it meets a route: headers, Host, method, origin, type and size of its body; and every answer after. */
export function edge({ hosts, bodies, programs = [], formBytes, formWithin = 0 }: Options) {
  return new Elysia({ name: 'core.edge' })
    .onRequest(({ request, set, server }) => {
      Object.assign(set.headers, securityHeaders)
      set.headers['x-request-id'] = requestIdOf(request)
      const path = pathOf(request)
      const door = programAt(request, path)
      if (door?.headers) Object.assign(set.headers, door.headers)

      const host = request.headers.get('host') ?? (server ? '' : new URL(request.url).host)
      if (host.includes(',') || host === '') throw new Refusal('unreadable', 'errors.unreadable')
      if (!hosts.accepts(host)) return new Response(null, { status: 421 })
      if (!methods.has(request.method)) throw new Refusal('not-allowed', 'errors.method')

      if (!isReadable(path, door?.names)) throw new Refusal('unreadable', 'errors.unreadable')

      const changes = request.method !== 'GET' && request.method !== 'HEAD'
      if ((changes || request.headers.has('upgrade')) && !comesFromUs(request, host)) {
        if (door && isBare(request)) throw new Refusal('signed-out', 'errors.keyWanted')
        throw new Refusal('forbidden', 'errors.origin')
      }
      if (changes && checkBody(request, path) && formWithin > 0) server?.timeout(request, Math.ceil(formWithin / 1000))
    })
    .onParse({ as: 'global' }, ({ request, contentType }) => {
      // Left for whoever streams it: with a parser of the house, `parse: 'none'` alone no longer keeps Elysia from reading it.
      if (ruleOf(request, pathOf(request))?.chunked) return null
      if (contentType === 'application/json') return readBody(request, 'json')
      return contentType === 'application/x-www-form-urlencoded' ? readBody(request, 'form') : undefined
    })
    .mapResponse({ as: 'global' }, ({ response, set }) => {
      if (!(response instanceof Response)) return
      // An answer that brings the reference brings all the others, as files do: looking at twenty and setting each costs more than a small file.
      if (!response.headers.has('x-request-id')) complete(response.headers, set.headers)
      // Left to itself, Elysia takes an answer apart and builds it anew to add a header: the dearest part of a small page.
      set.headers = {}
      return response
    })

  /** Asked of every request: nothing is made for the answer. */
  function programAt({ method }: Request, path: string): ProgramDoor | undefined {
    for (const door of programs) {
      if (door.method !== undefined && door.method !== method) continue
      if (path.startsWith(door.path) && (path.length === door.path.length || path[door.path.length] === '/')) return door
    }
    return undefined
  }

  function ruleOf({ method }: Request, path: string): BodyRule | undefined {
    return bodies.find((body) => body.method === method && (body.exact ? body.path === path : path.startsWith(body.path)))
  }

  /** Answers whether a form is to come: it is small, and whoever lets it drip holds a connection that others need. */
  function checkBody(request: Request, path: string): boolean {
    const length = request.headers.get('content-length')
    const chunked = request.headers.has('transfer-encoding')
    if (!chunked && (length === null || length === '0')) return false
    // Unpacking what a stranger packed is how bombs go off.
    if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') throw new Refusal('unsupported', 'errors.unsupported')

    const rule = ruleOf(request, path)
    const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
    const types: readonly string[] | undefined = rule ? rule.types : formTypes
    if (types && !types.includes(type)) throw new Refusal('unsupported', 'errors.unsupported')
    if (chunked && !rule?.chunked) throw new LengthRequired()
    if (length !== null && Number(length) > (rule?.limit ?? formBytes)) throw new Refusal('too-large', 'errors.bodyTooLarge')
    // Doors that take bodies of any length count and time them themselves.
    return !rule?.chunked
  }
}

/** What the answer says itself wins. */
function complete(headers: Headers, wanted: Record<string, unknown>): void {
  for (const name in wanted) if (!headers.has(name)) headers.set(name, String(wanted[name]))
}

/** RFC 9110 §15.5.12: the one refusal with a status no feature needs. */
class LengthRequired extends Refusal {
  constructor() {
    super('unreadable', 'errors.lengthRequired')
  }
  override get status(): number {
    return 411
  }
}

/**
 * CSRF and cross-site sockets: cookies ignore ports and `SameSite` treats another port of this address as ours, so the whole origin must
 * match, the scheme too: what listens on 443 of this name is somebody else, unless a proxy says that it passes on what came by https. No page
 * elsewhere can add that header to what a browser sends. A Bearer token is never sent by a browser on its own: such requests need no origin.
 */
function comesFromUs({ headers }: Request, host: string): boolean {
  const ours = { host, protocol: headers.get('x-forwarded-proto') === 'https' ? 'https:' : 'http:' }
  const origin = headers.get('origin')
  if (origin !== null) return isOf(origin, ours)
  if (headers.get('authorization')?.startsWith('Bearer ')) return true
  const referer = headers.get('referer')
  return referer !== null && isOf(referer, ours)
}

/** Neither a browser, which sends where it comes from, nor anything that would act in somebody's name: a program that forgot its key. */
function isBare({ headers }: Request): boolean {
  return !['cookie', 'origin', 'referer', 'authorization', 'upgrade'].some((name) => headers.has(name))
}

function isOf(address: string, { host, protocol }: { host: string; protocol: string }): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === protocol && url.host === new URL(`${protocol}//${host}`).host
}

/** A path that cannot be decoded, or hides a control character, is nobody's address. A name may hide one. */
function isReadable(path: string, names = false): boolean {
  if (!path.includes('%')) return true
  try {
    return !/[\u0000-\u001f\u007f]/.test(decodeURIComponent(path)) || names
  } catch {
    return false
  }
}
