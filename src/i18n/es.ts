// SPDX-License-Identifier: GPL-3.0-or-later
import { accounts } from './es/accounts'
import { admin } from './es/admin'
import { audit } from './es/audit'
import { errors } from './es/errors'
import { files } from './es/files'
import { rooms } from './es/rooms'
import { selfTest } from './es/self-test'
import { shared } from './es/shared'
import { shelf } from './es/shelf'

/** Every word a person reads, Spanish first. One file per feature; the English ones are typed by these. */
export const es = { shared, errors, accounts, files, shelf, rooms, admin, audit, selfTest } as const
