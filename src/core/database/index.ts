// SPDX-License-Identifier: GPL-3.0-or-later
export { WriterLost } from './channel'
export { type AllWritten, type Compilable, type Database, expecting, type Guarded, openDatabase, type Written } from './database'
export { DatabaseBusy, DatabaseFailure, DatabaseFull, ForeignKeyViolation, UniqueViolation, UnmetExpectation } from './failures'
export { ForeignDatabase, type Migration, MissingMigrations, UnknownMigrations } from './migrations'
export { first, prepared } from './prepared'
export { isDiskFull } from './reserve'
