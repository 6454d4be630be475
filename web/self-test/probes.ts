// SPDX-License-Identifier: GPL-3.0-or-later

/** How a probe ended, by the name the page has a sentence for; `n` goes into its place. */
export interface Found {
  end: string
  n?: number
}

/** What is used of a WebSocket. */
interface Socket {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(text: string): void
  close(): void
}

/** The best of so many: the first pays for the opening. */
const rounds = 5
const patience = 6_000

/** Opens a socket that says back what it hears, and measures the way there and back. */
export function askSocket(
  address: URL,
  { open = openSocket, now = () => performance.now() }: { open?: (address: URL) => Socket | null; now?: () => number } = {},
): Promise<Found> {
  const socket = open(address)
  if (!socket) return Promise.resolve({ end: 'old' })
  return new Promise((resolve) => {
    const times: number[] = []
    let sentAt = 0
    const end = (found: Found) => {
      clearTimeout(timer)
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
      resolve(found)
    }
    const timer = setTimeout(() => end({ end: 'cut' }), patience)
    const ask = () => {
      sentAt = now()
      socket.send(String(times.length))
    }
    socket.onopen = ask
    socket.onmessage = () => {
      times.push(now() - sentAt)
      if (times.length < rounds) ask()
      else end({ end: 'ok', n: Math.max(1, Math.round(Math.min(...times))) })
    }
    socket.onclose = () => end({ end: 'cut' })
  })
}

function openSocket(address: URL): Socket | null {
  try {
    return typeof WebSocket === 'undefined' ? null : new WebSocket(address)
  } catch {
    return null
  }
}

/** Clocks that are a little apart trouble nobody, and the page itself needs a moment to come. */
const tolerated = 60_000

export function askTime(theirs: number, ours: number): Found {
  const apart = ours - theirs
  if (!(Math.abs(apart) >= tolerated)) return { end: 'ok' }
  const n = Math.round(Math.abs(apart) / 60_000)
  return { end: `${apart > 0 ? 'ahead' : 'behind'}${n === 1 ? 'One' : 'Other'}`, n }
}

export function askUpload(): Found {
  const able = typeof XMLHttpRequest !== 'undefined' && 'upload' in XMLHttpRequest.prototype && typeof Blob.prototype.slice === 'function'
  return { end: able ? 'ok' : 'no' }
}

export function askCookies(): Found {
  const trial = 'pichat-prueba=1'
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is only there in secure contexts.
  document.cookie = `${trial}; path=/diagnostico; SameSite=Lax`
  const kept = document.cookie.includes(trial)
  // biome-ignore lint/suspicious/noDocumentCookie: as above.
  document.cookie = `${trial}; path=/diagnostico; SameSite=Lax; Max-Age=0`
  return { end: kept ? 'ok' : 'no' }
}

export function askStorage(): Found {
  try {
    localStorage.setItem('pichat:prueba', '1')
    const kept = localStorage.getItem('pichat:prueba') === '1'
    localStorage.removeItem('pichat:prueba')
    return { end: kept ? 'ok' : 'no' }
  } catch {
    return { end: 'no' }
  }
}

export function askNotifications(): Found {
  if (!window.isSecureContext || !('Notification' in window)) return { end: 'no' }
  return { end: { granted: 'ok', denied: 'blocked', default: 'ask' }[Notification.permission] }
}

export function askSound(): Found {
  return { end: 'AudioContext' in window ? 'ok' : 'no' }
}

export function askClipboard(): Found {
  if (window.isSecureContext && 'clipboard' in navigator) return { end: 'ok' }
  return { end: document.queryCommandSupported?.('copy') ? 'old' : 'no' }
}
