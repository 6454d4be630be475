// SPDX-License-Identifier: GPL-3.0-or-later

/** The value of one cookie, or null. The first of its name counts: browsers send the most specific first. */
export function readCookie(header: string | null, name: string): string | null {
  if (!header) return null
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return null
}

interface CookieOptions {
  /** Seconds; left out, the cookie ends with the browser. 0 removes it. */
  maxAge?: number
}

/**
 * A `Set-Cookie` value. HttpOnly and SameSite=Lax always; no Domain, so no other host name of the network gets it. `Secure` is not
 * possible on plain http.
 */
export function cookie(name: string, value: string, { maxAge }: CookieOptions = {}): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${maxAge === undefined ? '' : `; Max-Age=${maxAge}`}`
}
