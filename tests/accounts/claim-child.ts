// SPDX-License-Identifier: GPL-3.0-or-later
//
// A fresh box in a process of its own, for claim.test.ts to kill in the middle: `bun claim-child.ts <data folder>`. It claims the box with
// its first room, and prints what it was told.
import { ana, openBox } from './box'

const [data = ''] = process.argv.slice(2)
const box = await openBox({ data })
const { read } = box.database
await box.accounts.claims.claim({ ...ana, codigo: box.codes[0] ?? '', lugar: 'Casa' }, '127.0.0.1', ({ id }) => [
  read.insertInto('settings').values({ name: 'first-room', value: id }),
])
console.log('claimed')
process.exit(0)
