// SPDX-License-Identifier: GPL-3.0-or-later

/** More than another service at this address would leave behind by accident; each costs a signature. */
const most = 4

/**
 * Every value of a cookie. Cookies ignore ports: whatever else runs at this address can set one of our name, even one that comes first,
 * and that must not keep anybody out.
 */
export function valuesOf(header: string | null, name: string): string[] {
  if (!header) return []
  const start = `${name}=`
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start) && part.length > start.length)
    .slice(0, most)
    .map((part) => part.slice(start.length))
}
