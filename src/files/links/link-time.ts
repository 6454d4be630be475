// SPDX-License-Identifier: GPL-3.0-or-later
import { type Clock, createLine, type Database, type Line } from '../../core'
import type { FilesTables } from '../tables'

/** How long links live. */
export type LinkTime = Pick<Line, 'now' | 'mark'>

export async function openLinkTime({ database, clock }: { database: Database<FilesTables>; clock: Clock }): Promise<Line> {
  const known = await database.read.selectFrom('file_time').selectAll().executeTakeFirst()
  return createLine({
    clock,
    known,
    store: (mark) =>
      database.read
        .insertInto('file_time')
        .values({ one: 1, ...mark })
        .onConflict((conflict) => conflict.column('one').doUpdateSet(mark)),
    write: database.write,
  })
}
