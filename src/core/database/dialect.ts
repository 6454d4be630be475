// SPDX-License-Identifier: GPL-3.0-or-later
import type { Database } from 'bun:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { bind } from './parameters'
import type { Parameter } from './protocol'

/** Kysely over a connection that only reads, on the thread that asks: a lookup takes less time than a message to another thread. */
export function readingDialect(database: Database): Dialect {
  const connection = new ReadingConnection(database)
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createDriver: () => new ReadingDriver(connection),
  }
}

class ReadingDriver implements Driver {
  constructor(private readonly connection: DatabaseConnection) {}

  async init() {}
  async acquireConnection() {
    return this.connection
  }
  async releaseConnection() {}
  async destroy() {}

  // The connection is shared by everybody who reads: a transaction on it would freeze all of them in the past.
  async beginTransaction() {
    throw new Error('reads have no transactions; what has to happen together goes through writeAll')
  }
  async commitTransaction() {}
  async rollbackTransaction() {}
}

class ReadingConnection implements DatabaseConnection {
  constructor(private readonly database: Database) {}

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return { rows: this.database.query<Row, Parameter[]>(sql).all(...bind(parameters)) }
  }

  // An open cursor keeps the write-ahead log from being emptied for as long as somebody holds it.
  // biome-ignore lint/correctness/useYield: it never gets that far
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('reads are not streamed; ask page by page')
  }
}
