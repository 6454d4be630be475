// SPDX-License-Identifier: GPL-3.0-or-later
import type { Entry } from './entry'

type Chosen = Pick<Entry['file'], 'name' | 'size' | 'lastModified'>

/** Names of so many files fit into any browser's session many times over. */
const most = 2_000

/**
 * What was chosen in this tab and had no address yet when the page was left: a page can keep no file, but it can say which ones are missing.
 * For one person and one place; gone with the tab.
 */
export function createUnsent({ me = '', sala = '', carpeta = '' }: { me?: string; sala?: string; carpeta?: string }) {
  const key = `pichat:faltan:${me}:${sala}:${carpeta}`

  return {
    load(): Chosen[] {
      try {
        const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
        return Array.isArray(kept) ? kept : []
      } catch {
        return []
      }
    },
    keep(files: readonly Chosen[]): void {
      const list = files.slice(0, most).map(({ name, size, lastModified }) => ({ name, size, lastModified }))
      try {
        if (list.length === 0) sessionStorage.removeItem(key)
        else sessionStorage.setItem(key, JSON.stringify(list))
      } catch {
        // Full or forbidden: nothing is said of them.
      }
    },
  }
}

export type Unsent = ReturnType<typeof createUnsent>
