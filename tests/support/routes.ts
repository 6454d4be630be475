// SPDX-License-Identifier: GPL-3.0-or-later
//
// The routes of the composed app, read from the app itself: a table made of them has every route in it, also those written next year.

/** The part of an Elysia app that tells its routes. */
interface Routed {
  routes: readonly { method: string; path: string }[]
}

export interface Route {
  method: string
  /** As declared: `/salas/:codigo`. */
  path: string
  /** `GET /salas/:codigo`. */
  name: string
}

/** Every route once, sorted; Elysia lists a socket as method `WS`. */
export function routesOf(app: Routed): Route[] {
  const seen = new Map<string, Route>()
  for (const { method, path } of app.routes) {
    const name = `${method} ${path}`
    seen.set(name, { method, path, name })
  }
  return [...seen.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** Routes whose answer may change something. */
export function changing(routes: readonly Route[]): Route[] {
  return routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS', 'WS'].includes(method))
}

/** The route with its parameters filled in; those not given get a value that exists nowhere. */
export function pathOf({ path }: Route, values: Record<string, string> = {}): string {
  return path
    .replace(/:(\w+)\??/g, (_, name: string) => values[name] ?? unknownOf(name))
    .replace(/\*$/, () => values['*'] ?? 'nothing-of-this-name')
}

function unknownOf(parameter: string): string {
  return parameter === 'codigo' ? 'ZZZZZZZZ' : 'zzzzzzzzzzzzzzzz'
}
