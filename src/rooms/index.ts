// SPDX-License-Identifier: GPL-3.0-or-later

export { seedRooms } from './demo'
export type { Creation } from './door/creation'
export type { Directory, LobbyData, MyRoom, RoomSummary } from './door/lobby'
export type { Hub } from './live/hub'
export type { Fault } from './live/live'
export type { History, Item, Kind, Present, Room, RoomEvents, RoomLimits, Said, Who } from './model'
export type { RoomRow } from './order/administration'
export { createRooms, type Rooms, type RoomsOptions } from './rooms'
export { roomsRoutes } from './routes'
export type { Hasher } from './service'
export { type RoomsTables, roomsMigrations } from './tables'
export { exportAnswer, exportQuery } from './views/export'
