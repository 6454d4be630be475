// SPDX-License-Identifier: GPL-3.0-or-later
import type { Audit, Clock, Database, Log } from '../../core'
import { createTally } from '../downloads/tally'
import type { FilesLimits } from '../model'
import type { FilesTables } from '../tables'
import { createLinkLock, type Hasher, type LinkLock, type Passes } from './link-lock'
import type { LinkTime } from './link-time'
import { createLinkUses, type LinkUses } from './link-uses'
import { createLinks, type Links } from './links'
import { createSendings } from './sendings'

/** What links want from the accounts of the house. */
export interface Sharers {
  /** Whether the account may still share: it exists, is not disabled, and its role allows it. */
  mayShare(person: string): Promise<boolean>
  hasher: Hasher
  passes: Passes
}

interface Options {
  database: Database<FilesTables>
  audit: Audit
  clock: Clock
  log: Log
  time: LinkTime
  limits: FilesLimits
  /** Where what is swept at start lies. */
  partials: string
  sharers: Sharers
}

export interface Sharing {
  links: Links
  linkUses: LinkUses
  linkLock: LinkLock
}

/** Direct links, what is left of them, and their passwords. */
export async function createSharing({ partials, sharers, ...house }: Options): Promise<{ sharing: Sharing; stop: () => Promise<void> }> {
  const { database, clock, log } = house
  const tally = createTally({
    database,
    clock,
    log,
    statement: (id, more) =>
      database.read
        .updateTable('file_links')
        .set((row) => ({ uses: row('uses', '+', more) }))
        .where('id', '=', id),
  })
  const sendings = createSendings({ folder: partials, log })
  const links = createLinks({ ...house, tally, mayShare: sharers.mayShare, settle: sendings.settle })
  const linkUses = createLinkUses({ ...house, sendings, tally })
  await linkUses.sweep()
  return {
    sharing: { links, linkUses, linkLock: createLinkLock({ ...house, ...sharers }) },
    async stop() {
      sendings.stop()
      await tally.stop()
    },
  }
}
