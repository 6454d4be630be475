// SPDX-License-Identifier: GPL-3.0-or-later
//
// Run under a TZ: what the C library says of each moment that is read from its standard input, beside what ICU says, in minutes.
import { machineOffset } from '../../src/core/wall-clock'

const known = machineOffset()
if (!known) throw new Error('There is no C library that knows its zone.')
const moments: number[] = await Bun.stdin.json()
console.log(JSON.stringify(moments.map((at) => [known(at) / 60_000, -new Date(at).getTimezoneOffset()])))
