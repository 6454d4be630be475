// SPDX-License-Identifier: GPL-3.0-or-later
export { createDoorkeeper, createGuards, type Doorkeeper, type Guards, PasswordMustChange } from './guard'
export { type Person, type Role, roles, type Session } from './model'
