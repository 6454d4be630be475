// SPDX-License-Identifier: GPL-3.0-or-later
//
// The drop as a process of its own, to be killed: `bun drop-child.ts <data>` prints its port.
import { openDrop } from './drop'

const [data = ''] = process.argv.slice(2)
const drop = await openDrop({ data })
console.log(drop.port)
