// SPDX-License-Identifier: GPL-3.0-or-later
export { adminRoutes } from './routes'
export { type Admin, createAdmin } from './service'
