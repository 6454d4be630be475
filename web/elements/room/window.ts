// SPDX-License-Identifier: GPL-3.0-or-later

interface WindowOptions {
  /** The network or the person may be back. */
  back: () => void
  visible: (now: boolean) => void
  leaving: () => void
  /** Another tab removed an entry of this browser's storage. */
  removed: (key: string) => void
  /** True when leaving would lose something that is nowhere else. */
  wouldLose: () => boolean
  signal: AbortSignal
}

/** What happens to the page as a whole. */
export function watchWindow({ back, visible, leaving, removed, wouldLose, signal }: WindowOptions): void {
  for (const name of ['online', 'offline', 'pageshow'] as const) window.addEventListener(name, back, { signal })
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
    if (wouldLose()) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn, { signal })
}
