// SPDX-License-Identifier: GPL-3.0-or-later
import { pathOf, readCookie, requestIdOf } from '../core'
import { type Locale, locales, negotiateLocale, type T, translator } from '../i18n'

export type Theme = 'light' | 'dark' | 'system'

/** The person in front of the page, as far as a page needs to know. */
export interface Viewer {
  id: string
  username: string
  name: string
  role: 'administrator' | 'cliente' | 'usuario'
}

/** Who asks, in which language, and for what kind of answer. Made once per request. */
export interface Visitor {
  viewer: Viewer | null
  locale: Locale
  /** The account has a language of its own: a choice kept in a cookie would change nothing. */
  ownLanguage: boolean
  t: T
  theme: Theme
  /** htmx asks for a fragment of the page it shows. */
  partial: boolean
  /** The request was made by htmx at all: a redirect travels in a header. */
  htmx: boolean
  json: boolean
  path: string
  /** The page htmx stands on, from `HX-Current-URL`. */
  currentPath: string | null
  /** A browser goes to a page: not a form, not a fragment, not a socket, not a program. */
  navigates: boolean
  /** The page to come back to after signing in: the one asked for, or the one whose form was sent. */
  returnPath: string | null
  /** A sentence left by the action before, shown once. */
  flash: string | null
  /** `http://host:port` as the person typed it. */
  origin: string
  host: string
  ip: string
  requestId: string
  /** The same one as if nobody was signed in. */
  asStranger(): Visitor
  /** The same one where all who come are programs. */
  asProgram(): Visitor
}

export const localeCookie = 'pichat_idioma'
export const themeCookie = 'pichat_tema'
export const flashCookie = 'pichat_aviso'

interface Source {
  request: Request
  viewer: Viewer | null
  ip: string
  /** The language a person chose for the account; wins over the browser's. */
  locale?: Locale | null
  /** Answered in JSON, whatever the request says. */
  program?: true
}

export function createVisitor(source: Source): Visitor {
  return new RequestVisitor(source)
}

/** What is asked of a visitor is found out when it is asked: a download wants none of it, and every request has one. */
class RequestVisitor implements Visitor {
  private readonly request: Request
  private readonly headers: Headers
  private language: Locale | null
  readonly viewer: Viewer | null
  readonly ip: string

  constructor(private readonly source: Source) {
    this.request = source.request
    this.headers = source.request.headers
    this.language = source.locale ?? null
    this.viewer = source.viewer
    this.ip = source.ip
  }

  get locale() {
    this.language ??=
      locales.find((known) => known === readCookie(this.headers.get('cookie'), localeCookie)) ??
      negotiateLocale(this.headers.get('accept-language'))
    return this.language
  }
  get ownLanguage() {
    return Boolean(this.source.locale)
  }
  get t() {
    return translator(this.locale)
  }
  get theme() {
    const theme = readCookie(this.headers.get('cookie'), themeCookie)
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  }
  get htmx() {
    return this.headers.get('hx-request') === 'true'
  }
  get partial() {
    return this.htmx && this.headers.get('hx-request-type') === 'partial'
  }
  get json() {
    return (
      this.source.program ??
      (wantsJson(this.headers) || (!this.htmx && programMethods.has(this.request.method) && !wantsHtml(this.headers)))
    )
  }
  get path() {
    return pathOf(this.request)
  }
  get currentPath() {
    return pathOfPage(this.headers.get('hx-current-url'))
  }
  get navigates() {
    return this.request.method === 'GET' && !this.htmx && !this.headers.has('upgrade') && wantsHtml(this.headers)
  }
  get returnPath() {
    return this.navigates ? pathOfPage(this.request.url) : (this.currentPath ?? pathOfPage(this.headers.get('referer')))
  }
  get flash() {
    return decoded(readCookie(this.headers.get('cookie'), flashCookie))
  }
  get origin() {
    return `http://${this.host}`
  }
  get host() {
    // Of HTTP/1.0 without a host even the address is none; it has been refused by then, and the refusal is drawn for somebody.
    return this.headers.get('host') ?? (URL.canParse(this.request.url) ? new URL(this.request.url).host : '')
  }
  get requestId() {
    return requestIdOf(this.request)
  }

  asStranger(): Visitor {
    return new RequestVisitor({ ...this.source, viewer: null })
  }
  asProgram(): Visitor {
    return new RequestVisitor({ ...this.source, program: true })
  }
}

/** No link and no form asks with these. */
const programMethods: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE'])

function wantsJson(headers: Headers): boolean {
  if (headers.get('authorization')?.startsWith('Bearer ')) return true
  const accept = headers.get('accept') ?? ''
  return accept.includes('application/json') && !wantsHtml(headers)
}

function wantsHtml(headers: Headers): boolean {
  return (headers.get('accept') ?? '').includes('text/html')
}

function pathOfPage(address: string | null): string | null {
  if (!address || !URL.canParse(address)) return null
  const { pathname, search } = new URL(address)
  return pathname + search
}

function decoded(value: string | null): string | null {
  if (!value || value.length > 2_000) return null
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
