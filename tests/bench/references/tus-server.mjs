// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nothing but @tus/server on Node, as its README shows it: pieces into a file, without a hash, a sync or a database.
import { createServer } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const tus = new Server({ path: '/files', datastore: new FileStore({ directory: process.env.BENCH_FOLDER ?? '.' }) })

createServer((request, response) => {
  if (request.url === '/salud') response.end('bien')
  else tus.handle(request, response)
}).listen(Number(process.env.PICHAT_PORT), process.env.PICHAT_HOST)
