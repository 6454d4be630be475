// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import type { BodyRule, Compilable } from '../core'
import { doorRoutes, entranceRoutes, type RouteDeps } from './entrance-routes'
import { firstRunRoutes } from './first-run-routes'
import type { AccountLimits, Person } from './model'
import { profileRoutes } from './profile-routes'
import { resetRoutes } from './reset-routes'

interface Deps extends RouteDeps {
  /** What else arises in the transaction of the claim: the first room. */
  alongsideClaim?: (admin: Person) => readonly Compilable[]
}

export function accountsRoutes({ alongsideClaim, ...deps }: Deps) {
  return (
    new Elysia({ name: 'accounts.routes' })
      // First: the guards, which the others bring along, would stand before it.
      .use(doorRoutes(deps))
      .use(entranceRoutes(deps))
      .use(profileRoutes(deps))
      .use(resetRoutes(deps))
      .use(firstRunRoutes({ ...deps, ...(alongsideClaim ? { alongside: alongsideClaim } : {}) }))
  )
}

const formTypes = ['application/x-www-form-urlencoded', 'application/json'] as const

/** Doors that strangers knock on take no more than a name and a password; everything larger is refused unread. */
export function accountsBodies({ signInBytes }: Pick<AccountLimits, 'signInBytes'>): BodyRule[] {
  return ['/entrar', '/primer-arranque'].map((path) => ({ method: 'POST', path, exact: true, limit: signInBytes, types: formTypes }))
}
