// SPDX-License-Identifier: GPL-3.0-or-later
import { cookie, readCookie } from '../core'
import type { Visitor } from '../views'
import type { Session } from './model'
import type { Browser, SignedIn } from './sign-in-service'

interface CookieNames {
  session: string
  device: string
}

const yearSeconds = 31_536_000

/** The browser behind a request, as far as signing in is concerned. */
export function browserOf(
  names: CookieNames,
  { request, visitor, session }: { request: Request; visitor: Visitor; session: Session | null },
): Browser {
  return {
    ip: visitor.ip,
    userAgent: request.headers.get('user-agent') ?? '',
    device: readCookie(request.headers.get('cookie'), names.device),
    session,
  }
}

/** A shared computer keeps the session until the browser closes, and does not remember that anybody was in. */
export function signedInCookies(names: CookieNames, { token, device }: SignedIn): string[] {
  if (device === null) return [cookie(names.session, token)]
  return [cookie(names.session, token, { maxAge: yearSeconds }), ...deviceCookies(names, device)]
}

/** None for a browser that is not remembered. */
export function deviceCookies(names: CookieNames, device: string | null): string[] {
  return device === null ? [] : [cookie(names.device, device, { maxAge: yearSeconds })]
}

export function signedOutCookies(names: CookieNames): string[] {
  return [cookie(names.session, '', { maxAge: 0 })]
}

/** For a choice that is no secret: language, theme. */
export function choiceCookie(name: string, value: string): string {
  return cookie(name, value, { maxAge: yearSeconds })
}
