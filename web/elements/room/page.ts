// SPDX-License-Identifier: GPL-3.0-or-later
import type { Stop } from './connection'

const stops: Record<number, Stop> = { 401: 'session', 403: 'removed', 404: 'closed' }

/** The room's log as its page would show it now. Throws when it cannot be had. */
export async function fetchLog(page: string): Promise<HTMLElement> {
  const answer = await request(page)
  if (!answer.ok) throw new Error(`The room's page answered ${answer.status}`)
  const log = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('messages')
  if (!log) throw new Error("The room's page has no log")
  return document.importNode(log, true)
}

/**
 * Why a socket to this room would be refused; null when there is no reason, or nobody answers. A room that got another code is another
 * address, and still among one's own: `moveTo` is called with it, and the answer is `moved`.
 */
export async function askPage(page: string, room: string, moveTo: (page: string) => void): Promise<Stop | 'moved' | null> {
  const why = stops[(await request(page)).status] ?? null
  if (why !== 'closed') return why
  const now = await addressOf(room)
  if (now === null || now === page) return why
  moveTo(now)
  return 'moved'
}

/** Where the list of one's own rooms says that this one is; null when it is not there. */
async function addressOf(room: string): Promise<string | null> {
  const answer = await request('/salas/lateral')
  if (!answer.ok) return null
  const side = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return side.querySelector(`[data-room="${CSS.escape(room)}"]`)?.getAttribute('href') ?? null
}

function request(page: string): Promise<Response> {
  return fetch(page, {
    cache: 'no-store',
    redirect: 'manual',
    headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial', Accept: 'text/html' },
    signal: AbortSignal.timeout?.(15_000),
  })
}
