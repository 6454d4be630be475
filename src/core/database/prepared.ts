// SPDX-License-Identifier: GPL-3.0-or-later
import type { Database as Sqlite } from 'bun:sqlite'
import type { CompiledQuery, Kysely } from 'kysely'
import { once } from '../once'
import type { Compilable } from './database'
import { bind } from './parameters'
import type { Parameter } from './protocol'

type Value = string | number | null

/**
 * A statement that is built once, when it is first used, and used again and again: making the SQL text costs more than running it, and
 * leaves 20 KB to the garbage collector. `build` gets a stand-in for each name, which the values replace. Writes take it as it is, `first` reads with it.
 */
export function prepared<const Names extends readonly string[], O>(
  names: Names,
  build: (standIn: Record<Names[number], never>) => Compilable<O>,
): (values: Record<Names[number], Value>) => CompiledQuery<O> {
  const standIns = Object.fromEntries(names.map((name) => [name, `value of ${name}`])) as Record<Names[number], never>
  const statement = once(() => {
    const built = build(standIns)
    const compiled = 'compile' in built ? built.compile() : built
    const places = compiled.parameters.map(
      (parameter) => names.find((name) => standIns[name as Names[number]] === parameter) as Names[number] | undefined,
    )
    return { compiled, places }
  })
  return (values) => {
    const { compiled, places } = statement()
    return { ...compiled, parameters: places.map((name, i) => (name === undefined ? compiled.parameters[i] : values[name])) }
  }
}

/** The connections behind those who read, for statements that are built already: the way through Kysely costs more than the row. */
export const readers = new WeakMap<object, Sqlite>()

/** The first row that a prepared statement finds. */
export async function first<Tables, O>(read: Kysely<Tables>, query: CompiledQuery<O>): Promise<O | undefined> {
  const reader = readers.get(read)
  if (!reader) return (await read.executeQuery(query)).rows[0]
  return reader.query<O, Parameter[]>(query.sql).get(...bind(query.parameters)) ?? undefined
}
