// SPDX-License-Identifier: GPL-3.0-or-later
import type { Spoken } from './settings/kinds'

interface Where {
  readonly host: string
  readonly port: number
}

export interface Probe {
  readonly well: boolean
  /** The address asked. */
  readonly address: string
  /** The one word it answered, or why there was none. */
  readonly answer: string
}

/** Asks the running service on this machine how it is; `pichat status` and the container's health check. Waits at most `deadline` ms. */
export async function probe({ host, port }: Where, locale: keyof Spoken = 'es', deadline = 3_000): Promise<Probe> {
  const local = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host
  const address = `http://${local.includes(':') ? `[${local}]` : local}:${port}/salud`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(deadline), redirect: 'error' })
    const answer = (await response.text()).trim().slice(0, 40)
    return { well: response.status === 200, address, answer: answer || String(response.status) }
  } catch (error) {
    return { well: false, address, answer: silence(error, deadline)[locale] }
  }
}

function silence(error: unknown, deadline: number): Spoken {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { es: `no contestó en ${deadline / 1000} s`, en: `no answer within ${deadline / 1000} s` }
  }
  return { es: 'ahí no contesta nadie', en: 'nobody answers there' }
}
