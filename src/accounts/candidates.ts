// SPDX-License-Identifier: GPL-3.0-or-later

/** As our tokens look (RFC 7519): whatever else another service at this address has set under our name costs nothing to pass over. */
const shape = /^[\w-]{1,200}\.[\w-]{1,400}\.[\w-]{1,100}$/

/**
 * Every value of a cookie that may be a token. Cookies ignore ports: whatever else runs at this address can set one of our name, even one
 * that comes first, and that must not keep anybody out.
 */
export function tokensIn(header: string | null, name: string): string[] {
  if (!header) return []
  const found: string[] = []
  const start = `${name}=`
  for (const part of header.split(';')) {
    const pair = part.trim()
    if (pair.startsWith(start) && shape.test(pair.slice(start.length))) found.push(pair.slice(start.length))
  }
  return found
}
