// SPDX-License-Identifier: GPL-3.0-or-later
import type { files as es } from '../es/files'
import type { Translated } from '../phrase'

export const files: Translated<typeof es> = {
  title: 'x',
}
