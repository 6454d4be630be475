// SPDX-License-Identifier: GPL-3.0-or-later
export { accountsCommands, CommandRefused } from './commands'
export { deviceOfRequest as deviceOf } from './devices'
export { firstRunGate } from './first-run-routes'
export { createDoorkeeper, createGuards, type Doorkeeper, type Guards, PasswordMustChange } from './guard'
export {
  type Account,
  type AccountEvents,
  type AccountLimits,
  type Actor,
  atTheConsole,
  type EndReason,
  type OpenSession,
  type Person,
  type Role,
  roles,
  type Session,
} from './model'
export { ownPath } from './paths'
export { accountsBodies, accountsRoutes } from './routes'
export { type Accounts, createAccounts } from './service'
export { type AccountsTables, accountsMigrations } from './tables'
