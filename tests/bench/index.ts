// SPDX-License-Identifier: GPL-3.0-or-later
//
// `bun run bench` measures everything, `bun run bench fanout start` some of it. A measurement is no test: it ends with 0 whatever it finds.
import { existsSync } from 'node:fs'
import { executable } from '../support/appliance'
import type { Figure } from './figure'
import { diskWrites } from './figures/disk'
import { download, smallFiles, zip } from './figures/downloads'
import { fanout } from './figures/fanout'
import { flood } from './figures/flood'
import { keptRoom } from './figures/kept'
import { eventLoop } from './figures/loop'
import { million } from './figures/million'
import { signInPage } from './figures/page'
import { roomPage } from './figures/roompage'
import { signIn } from './figures/signin'
import { slowReader } from './figures/slow'
import { manyRooms } from './figures/sockets'
import { start } from './figures/start'
import { smallUploads, uploads } from './figures/uploads'
import { markdown, sentence, table } from './report'
import { prepare, type Stage } from './stage'

const figures: Record<string, (stage: Stage) => Promise<Figure>> = {
  fanout,
  start,
  download,
  small: smallFiles,
  zip,
  upload: uploads,
  'small-uploads': smallUploads,
  signin: signIn,
  page: signInPage,
  loop: eventLoop,
  kept: keptRoom,
  disk: diskWrites,
  sockets: manyRooms,
  'slow-reader': slowReader,
  flood,
  'room-page': roomPage,
  million,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(figures, name))
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. There are: ${Object.keys(figures).join(', ')}.`)
  process.exit(2)
}
if (!existsSync(executable)) {
  console.error('dist/pichat is missing: run "bun run build" first.')
  process.exit(2)
}

const begin = performance.now()
const done: Figure[] = []
console.log('Preparing a PiChat with a thousand people …')
const stage = await prepare()
try {
  for (const name of wanted.length > 0 ? wanted : Object.keys(figures)) {
    const from = performance.now()
    console.log(`\nMeasuring ${name} …`)
    try {
      const figure = await figures[name]!(stage)
      done.push(figure)
      console.log(`${table(figure)}\n  (${((performance.now() - from) / 1000).toFixed(0)} s)`)
    } catch (error) {
      console.error(`  ${name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    }
  }
} finally {
  await stage.end()
}
console.log(`\n${sentence(done.flatMap(({ rows }) => rows))}`)
console.log(`\n--- for the README ---\n\n${markdown(done, (performance.now() - begin) / 1000)}`)
process.exit(0)
