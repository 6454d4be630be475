// SPDX-License-Identifier: GPL-3.0-or-later
import type { rooms as es } from '../es/rooms'
import type { Translated } from '../phrase'

export const rooms: Translated<typeof es> = {
  title: 'x',
}
