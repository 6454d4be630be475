// SPDX-License-Identifier: GPL-3.0-or-later
import { accounts } from './en/accounts'
import { admin } from './en/admin'
import { audit } from './en/audit'
import { errors } from './en/errors'
import { files } from './en/files'
import { rooms } from './en/rooms'
import { selfTest } from './en/self-test'
import { shared } from './en/shared'
import { shelf } from './en/shelf'
import type { es } from './es'
import type { Translated } from './phrase'

export const en: { [Name in keyof typeof es]: Translated<(typeof es)[Name]> } = {
  shared,
  errors,
  accounts,
  files,
  shelf,
  rooms,
  admin,
  audit,
  selfTest,
}
