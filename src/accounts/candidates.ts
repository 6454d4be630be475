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
  for (let from = 0; from < header.length; ) {
    const semicolon = header.indexOf(';', from)
    const end = semicolon < 0 ? header.length : semicolon
    const part = header.slice(from, end).trim()
    if (part.startsWith(start) && shape.test(part.slice(start.length))) found.push(part.slice(start.length))
    from = end + 1
  }
  return found
}
