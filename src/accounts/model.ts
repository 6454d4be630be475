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
  /** The hash of the secret in the cookie: good for naming a session, worthless for being in it. */
  id: string
  person: Person
  /** The person has to choose a new password before anything else. */
  mustChange: boolean
  locale: 'es' | 'en' | null
  /** What a program may do in the name of the person; left out for people themselves, who may do all their role allows. */
  scopes?: readonly Scope[]
}

/** What a key for programs opens: bringing files, listing and downloading them, writing in rooms. */
export const scopes = ['upload', 'read', 'chat'] as const
export type Scope = (typeof scopes)[number]

/** A key as its owner sees it: the secret itself is shown once and kept by nobody. */
export interface ProgramKey {
  id: string
  name: string
  scopes: readonly Scope[]
  createdAt: number
  /** Written rarely; null: never used. */
  usedAt: number | null
}

/** An account as those see it who run the house. */
export interface Account extends Person {
  mustChange: boolean
  /** A paused account keeps everything and opens nothing. */
  disabled: boolean
  createdAt: number
  /** null: has never signed in. Written rarely, so it may be some minutes old. */
  lastSeenAt: number | null
  sessions: number
}

/** A session as its owner sees it in the profile. */
export interface OpenSession {
  id: string
  /** `Firefox · Windows`, as the browser says of itself. */
  device: string
  phone: boolean
  ip: string
  lastSeenAt: number
  current: boolean
}

/** Who does it, for the audit log: a person in a browser, or nobody known, at the box's own console. */
export interface Actor {
  who: { id: string; name: string } | null
  from: string | null
}

export const atTheConsole: Actor = { who: null, from: null }

export type EndReason = 'signed-out' | 'ended' | 'password' | 'disabled' | 'replaced' | 'expired'

/** What the rest of the house hears after the commit. */
export interface AccountEvents {
  'session.ended': { sessionId: string; userId: string; reason: EndReason }
  /** Name, role or language are others now, or the account is paused. */
  'person.changed': { userId: string; person: Person; disabled: boolean }
  'box.claimed': { place: string }
}

/** The settings of accounts; each is declared with its unit and reason in the appliance. */
export interface AccountLimits {
  sessionsPerPerson: number
  sessionDays: number
  keysPerPerson: number
  signInTries: number
  signInWindow: number
  sprayTries: number
  signInTriesPerHour: number
  signInDelay: number
  signInDelayMaximum: number
  hashesAtOnce: number
  hashQueue: number
  passwordMinimum: number
  passwordMaximum: number
  claimTries: number
  claimPause: number
  /** The first code of a fresh box; empty: made at random. */
  setupCode: string
  /** Bytes of a sign-in or claim form. */
  signInBytes: number
}
