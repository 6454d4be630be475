// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nothing but the password hasher with PiChat's parameters, as many at once as PiChat allows itself.
import { hash, verify } from '@node-rs/argon2'

const [seconds = 3, atOnce = 2] = process.argv.slice(2).map(Number)
const known = await hash('once palabras bien raras', { algorithm: 2, memoryCost: 19456, timeCost: 2, parallelism: 1 })
const begin = performance.now()
let done = 0

await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (performance.now() - begin < seconds * 1000) {
      if (await verify(known, 'once palabras bien raras')) done++
    }
  }),
)
console.log(done / ((performance.now() - begin) / 1000))
