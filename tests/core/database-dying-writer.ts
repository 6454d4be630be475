// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real writer, except that a request labelled `die` ends its thread.
import '../../src/core/database/writer'
import { type ToWriter, unpack } from '../../src/core/database/protocol'

declare const self: Worker

const real = self.onmessage
self.onmessage = (event: MessageEvent<string>) => {
  const message = unpack<ToWriter>(event.data)
  if (message.kind === 'group' && message.requests.some(({ label }) => label === 'die')) throw new Error('a fault of ours')
  real?.call(self, event)
}
