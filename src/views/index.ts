// SPDX-License-Identifier: GPL-3.0-or-later
export { art } from './art'
export { asset, assetRoutes } from './assets'
export type { House, Section, SideRoom, View } from './layout'
export { avatar, belowField, field, icon, initials, mark, notice, passwordField, qr, sprout, tile, toast, toneOf } from './parts'
export { createPages, type Pages, sentence } from './respond'
export { answerFault, hideTokens } from './road'
export { createVisitor, localeCookie, type Theme, themeCookie, type Viewer, type Visitor } from './visitor'
