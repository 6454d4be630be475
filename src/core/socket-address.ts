// SPDX-License-Identifier: GPL-3.0-or-later

/** Where another program of this machine or network listens. */
export type SocketAddress = { readonly path: string } | { readonly host: string; readonly port: number }

/** `/run/clamav/clamd.ctl`, `127.0.0.1:3310`, `[::1]:3310`; null for what is neither an absolute path nor a host with a port. */
export function readSocketAddress(text: string): SocketAddress | null {
  const typed = text.trim().replace(/^(unix|tcp):(\/\/)?/, '')
  if (typed.startsWith('/')) return typed.length > 1 ? { path: typed } : null
  const [, host = '', port = ''] =
    /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i.exec(typed)?.filter((part) => part !== undefined) ?? []
  const number = Number(port)
  return host !== '' && number >= 1 && number <= 65_535 ? { host, port: number } : null
}
