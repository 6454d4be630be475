// SPDX-License-Identifier: GPL-3.0-or-later
import type { admin as es } from '../es/admin'
import type { Translated } from '../phrase'

export const admin: Translated<typeof es> = {
  title: 'x',
}
