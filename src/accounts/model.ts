// SPDX-License-Identifier: GPL-3.0-or-later
import type { Viewer } from '../views'

/** Stored exactly so. `administrator` runs the house, `cliente` brings files, `usuario` talks and downloads. */
export const roles = ['administrator', 'cliente', 'usuario'] as const
export type Role = (typeof roles)[number]

/** Somebody with an account. */
export interface Person extends Viewer {
  role: Role
}

/** A signed-in browser. The row in the database decides whether it lives. */
export interface Session {
  id: string
  person: Person
  /** The person has to choose a new password before anything else. */
  mustChange: boolean
  locale: 'es' | 'en' | null
}
