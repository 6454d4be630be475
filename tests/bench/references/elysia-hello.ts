// SPDX-License-Identifier: GPL-3.0-or-later
//
// The least that Elysia can be: one word, one page of a given size, one socket. Also compiled, with the flags of PiChat's own build.
import { Elysia } from 'elysia'

// A compiled Elysia is in development mode unless this is set while it runs.
Bun.env.NODE_ENV = 'production'

const page = '<!doctype html>'.padEnd(Number(process.env.BENCH_PAGE_BYTES ?? 0), '.')

new Elysia({
  serve: { development: false, reusePort: false },
  websocket: { perMessageDeflate: false, idleTimeout: 120, backpressureLimit: 1 << 20, closeOnBackpressureLimit: true },
})
  .get('/salud', () => 'bien')
  .get('/pagina', () => new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } }))
  .ws('/vivo', {
    open(ws) {
      ws.subscribe('room')
    },
    message() {},
  })
  .listen({ port: Number(process.env.PICHAT_PORT), hostname: process.env.PICHAT_HOST })
