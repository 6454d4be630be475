// SPDX-License-Identifier: GPL-3.0-or-later
//
// The cast. Ana administers, Beto is a member of the room in question, Carla is the one outside of it.
import { type Door, type Line, openSocket } from './door'

export type Role = 'administrator' | 'cliente' | 'usuario'

export interface Credentials {
  usuario: string
  clave: string
  nombre: string
  role: Role
}

/** The accounts that `pichat demo` starts with. */
export const cast = {
  ana: { usuario: 'admin', clave: 'admin123', nombre: 'Ana', role: 'administrator' },
  beto: { usuario: 'cliente', clave: 'cliente123', nombre: 'Beto', role: 'cliente' },
  carla: { usuario: 'usuario', clave: 'usuario123', nombre: 'Carla', role: 'usuario' },
} as const satisfies Record<string, Credentials>

type Fields = Record<string, string>

/** A browser's worth of a person: cookies, the right Origin, and words for what one does. Redirects are answers to look at. */
export class Person {
  readonly #cookies = new Map<string, string>()

  constructor(
    readonly door: Door,
    readonly credentials?: Credentials,
  ) {}

  /** Through the sign-in form, as everybody. Fails when no session came of it. */
  async signIn({ usuario, clave } = this.credentials ?? { usuario: '', clave: '' }): Promise<this> {
    const answer = await this.post('/entrar', { usuario, clave })
    if (answer.status !== 303) throw new Error(`${usuario} was not signed in: ${answer.status}\n${(await answer.text()).slice(0, 400)}`)
    return this
  }

  async signOut(): Promise<Response> {
    return this.post('/salir', {})
  }

  get(path: string, headers: Fields = {}): Promise<Response> {
    return this.request('GET', path, { headers })
  }

  head(path: string, headers: Fields = {}): Promise<Response> {
    return this.request('HEAD', path, { headers })
  }

  /** A form, as a page without script posts it. */
  post(path: string, fields: Fields | FormData, headers: Fields = {}): Promise<Response> {
    return this.request('POST', path, { body: fields instanceof FormData ? fields : new URLSearchParams(fields), headers })
  }

  put(path: string, body?: BodyInit, headers: Fields = {}): Promise<Response> {
    return this.request('PUT', path, { ...(body === undefined ? {} : { body }), headers })
  }

  delete(path: string, headers: Fields = {}): Promise<Response> {
    return this.request('DELETE', path, { headers })
  }

  /** A JSON answer instead of a page. */
  async json<T = Record<string, unknown>>(path: string): Promise<T> {
    const answer = await this.get(path, { accept: 'application/json' })
    return (await answer.json()) as T
  }

  /** Any method; `Origin` goes along with everything but GET and HEAD, as browsers do it. */
  async request(method: string, path: string, { headers = {}, ...init }: { headers?: Fields; body?: BodyInit } = {}): Promise<Response> {
    const sent: Fields = {
      'accept-language': 'es',
      accept: 'text/html',
      ...(method === 'GET' || method === 'HEAD' ? {} : { origin: this.door.origin }),
      ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}),
      ...headers,
    }
    const answer = await this.door.fetch(path, { method, redirect: 'manual', headers: sent, ...init })
    this.#keep(answer)
    return answer
  }

  /** A socket of a running server, with this person's session. */
  socket<Frame = Record<string, unknown>>(path: string, headers: Fields = {}): Promise<Line<Frame>> {
    return openSocket<Frame>(this.door.origin, path, { cookie: this.cookie, ...headers })
  }

  /** The `Cookie` header a browser would send. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  forgetCookies(): void {
    this.#cookies.clear()
  }

  #keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const equals = pair.indexOf('=')
      const name = pair.slice(0, equals)
      const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || isPast(attribute))
      if (gone) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(equals + 1))
    }
  }
}

/** Ana, Beto and Carla at this door, signed in, and a stranger who is not. */
export async function arrive(door: Door): Promise<Record<keyof typeof cast, Person> & { stranger: Person }> {
  const ana = await new Person(door, cast.ana).signIn()
  const beto = await new Person(door, cast.beto).signIn()
  const carla = await new Person(door, cast.carla).signIn()
  return { ana, beto, carla, stranger: new Person(door) }
}

/** Claims a fresh box: the first administrator, signed in. */
export async function claim(
  door: Door,
  codigo: string,
  credentials: Credentials = { ...cast.ana, clave: 'once palabras bien raras' },
): Promise<Person> {
  const person = new Person(door, credentials)
  const { usuario, nombre, clave } = credentials
  const answer = await person.post('/primer-arranque', { codigo, usuario, nombre, clave })
  if (answer.status !== 303) throw new Error(`The box was not claimed: ${answer.status}\n${(await answer.text()).slice(0, 400)}`)
  return person.cookies.size > 0 ? person : person.signIn()
}

function isPast(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=')
  return name.toLowerCase() === 'expires' && Date.parse(value) < Date.now()
}
