// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nothing but Bun: a file by its path, and an upload that is hashed, written and synced. No sessions, no database, no quarantine.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const folder = process.env.BENCH_FOLDER ?? '.'

Bun.serve({
  hostname: process.env.PICHAT_HOST,
  port: process.env.PICHAT_PORT,
  maxRequestBodySize: 2 ** 40,
  idleTimeout: 120,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/salud') return new Response('bien')
    if (request.method === 'GET') return new Response(Bun.file(process.env.BENCH_FILE ?? ''))
    const file = await open(join(folder, pathname.slice(1)), 'w')
    const sum = createHash('sha256')
    for await (const chunk of request.body ?? []) {
      sum.update(chunk)
      await file.write(chunk)
    }
    await file.datasync()
    await file.close()
    return new Response(sum.digest('hex'), { status: 201 })
  },
})
