// SPDX-License-Identifier: GPL-3.0-or-later
export { art } from './art'
export { asset, assetRoutes } from './assets'
export { echoRoutes } from './echo'
export { type House, type Section, type SideRoom, sideRooms, type View } from './layout'
export {
  avatar,
  belowField,
  field,
  icon,
  initials,
  mark,
  notice,
  passwordField,
  qr,
  shownCount,
  sprout,
  tile,
  toast,
  toneOf,
} from './parts'
export { createPages, type Pages, sentence } from './respond'
export { answerFault, hideTokens } from './road'
export { selfTestPage } from './self-test'
export { createVisitor, localeCookie, type Theme, themeCookie, type Viewer, type Visitor } from './visitor'
