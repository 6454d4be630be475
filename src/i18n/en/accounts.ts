// SPDX-License-Identifier: GPL-3.0-or-later
import type { accounts as es } from '../es/accounts'
import type { Translated } from '../phrase'

export const accounts: Translated<typeof es> = {
  whatIsPiChat: 'What PiChat is',
  coverOne: 'What is said and shared here stays in this house.',
  coverTwo: 'PiChat lives on a small computer on this network. No cloud, no internet.',
}
