// SPDX-License-Identifier: GPL-3.0-or-later
import { Database } from 'bun:sqlite'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Written for themselves, whatever a person does: when somebody was last here, and who was refused. */
const always = new Set(['audit'])

/**
 * Everything that is stored, as one short text per table and one for the names and sizes in the quarantine. Two that are equal mean that
 * nothing was written in between.
 */
export async function fingerprint(data: string, { except = [] }: { except?: readonly string[] } = {}): Promise<Record<string, string>> {
  const prints: Record<string, string> = {}
  const database = new Database(join(data, 'pichat.db'), { readonly: true })
  try {
    const tables = database
      .query<{ name: string }, []>(
        "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%' and name not like 'sqlite_%' order by name",
      )
      .all()
    for (const { name } of tables) {
      if (always.has(name) || except.includes(name)) continue
      const rows = database.query(`select * from "${name}"`).values()
      prints[name] = hash(
        rows
          .map((row) => JSON.stringify(row, unbig))
          .sort()
          .join('\n'),
      )
    }
  } finally {
    database.close()
  }
  const files = await readdir(join(data, 'cuarentena'), { recursive: true }).catch(() => [])
  prints.cuarentena = hash([...files].sort().join('\n'))
  return prints
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function unbig(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
