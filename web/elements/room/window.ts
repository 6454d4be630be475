// SPDX-License-Identifier: GPL-3.0-or-later

interface WindowOptions {
  /** The person is back, or the page. */
  back: () => void
  /** The network came or went. */
  network: () => void
  visible: (now: boolean) => void
  /** Perhaps; it may be said twice. */
  leaving: () => void
  /** Another tab removed an entry of this browser's storage. */
  removed: (key: string) => void
  /** True when leaving would lose something that is nowhere else. */
  wouldLose: () => boolean
  signal: AbortSignal
}

/** What happens to the page as a whole. */
export function watchWindow({ back, network, visible, leaving, removed, wouldLose, signal }: WindowOptions): void {
  for (const name of ['online', 'offline'] as const) window.addEventListener(name, network, { signal })
  window.addEventListener('pageshow', back, { signal })
  window.addEventListener('pagehide', leaving, { signal })
  const look = () => {
    const now = document.visibilityState === 'visible'
    visible(now)
    if (now) back()
  }
  document.addEventListener('visibilitychange', look, { signal })
  const forget = ({ key, newValue }: StorageEvent) => {
    if (key !== null && newValue === null) removed(key)
  }
  window.addEventListener('storage', forget, { signal })
  const warn = (event: BeforeUnloadEvent) => {
    leaving() // before the next page is asked for, which may be this one anew
    if (wouldLose()) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn, { signal })
}
