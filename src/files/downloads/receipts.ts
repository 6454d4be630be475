// SPDX-License-Identifier: GPL-3.0-or-later
import type { Audit, Clock, Database, Log } from '../../core'

/** A pulled plug loses at most this much; a row for each answer would wear the card out. */
const flushEvery = 30_000
/** Different people and files that wait to be written; beyond it they are written at once. */
const mostWaiting = 1_000

/** Somebody took a file. `viewed`: looked at it in its page, which is on record and does not count as a download. */
export interface Taken {
  file: string
  name?: string
  /** Left out: whoever has the link. */
  by?: { id: string; name: string }
  link?: TakenLink
  /** The address they came from. */
  from?: string
  viewed?: boolean
}

/** The direct link it went out by, and the name of whoever made that. */
interface TakenLink {
  id: string
  maker: string
}

/** The same as it is kept. */
export interface Taking {
  file: { id: string; name: string }
  /** Null: whoever had a direct link. */
  by: { id: string; name: string } | null
  link?: TakenLink | undefined
  from: string | null
  viewed: boolean
}

/** What is told of it later. */
export interface Receipt {
  /** Epoch ms of the first time. */
  at: number
  who: string | null
  whoId: string | null
  from: string | null
  times: number
}

interface Options {
  database: Pick<Database<unknown>, 'writeAll'>
  audit: Audit
  clock: Clock
  log: Log
}

const names = { taken: 'files.downloaded', viewed: 'files.viewed' } as const

export type Receipts = ReturnType<typeof createReceipts>

/**
 * Who took what, in the audit log: gathered in memory and written together now and then, so that one person who takes a file in twenty
 * pieces, or ten times in a row, is one row that says how often.
 */
export function createReceipts({ database, audit, clock, log }: Options) {
  let waiting = new Map<string, Taking & { at: number; times: number }>()

  async function flush(): Promise<void> {
    if (waiting.size === 0) return
    const all = waiting
    waiting = new Map()
    const rows = [...all.values()].map(({ file, by, link, from, viewed, at, times }) =>
      audit.statement({
        at,
        who: by,
        what: viewed ? names.viewed : names.taken,
        target: file,
        from,
        detail: { times, ...(link ? { link: link.id, name: link.maker } : {}) },
      }),
    )
    try {
      await database.writeAll(rows)
    } catch (error) {
      for (const [key, taking] of waiting) all.set(key, { ...taking, times: taking.times + (all.get(key)?.times ?? 0) })
      waiting = all
      log.warn({ err: error }, 'files.receipts-failed')
    }
  }
  const cancel = clock.every(flushEvery, () => void flush())

  return {
    add(taking: Taking): void {
      const key = [taking.file.id, taking.viewed, taking.by?.id ?? taking.from, taking.link?.id].join(' ')
      const known = waiting.get(key)
      waiting.set(key, { ...taking, at: known?.at ?? clock.now(), times: (known?.times ?? 0) + 1 })
      if (waiting.size >= mostWaiting) void flush()
    },

    /** Who took a file, the latest first; `total` counts rows, not times. */
    async of(file: string, limit: number): Promise<{ latest: Receipt[]; total: number }> {
      const pending = [...waiting.values()].filter((taking) => taking.file.id === file && !taking.viewed)
      const { rows, total } = await audit.about({ target: file, what: names.taken, limit })
      const latest = [
        ...pending.map(({ at, by, from, times }) => ({ at, who: by?.name ?? null, whoId: by?.id ?? null, from, times })).reverse(),
        ...rows.map(({ at, who, who_name, from_ip, detail }) => ({ at, who: who_name, whoId: who, from: from_ip, times: timesIn(detail) })),
      ]
      return { latest: latest.slice(0, limit), total: total + pending.length }
    },

    async stop(): Promise<void> {
      cancel()
      await flush()
    },
  }
}

function timesIn(detail: string | null): number {
  const said: { times?: unknown } = JSON.parse(detail ?? '{}')
  return typeof said.times === 'number' ? said.times : 1
}
