// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real hasher, except that the password `die` ends its thread.
import '../../src/accounts/hasher'
import type { Computation } from '../../src/accounts/hasher'

declare const self: Worker

const real = self.onmessage
self.onmessage = (event: MessageEvent<Computation>) => {
  if (event.data.password === 'die') throw new Error('a fault of ours')
  real?.call(self, event)
}
