// SPDX-License-Identifier: GPL-3.0-or-later
export { cookie, readCookie } from './cookies'
export { type BodyRule, edge, type ProgramDoor, pathOf, requestIdOf, securityHeaders } from './edge'
export { form, noFields, text } from './forms'
export { createHosts, type Hosts, isLoopback } from './hosts'
