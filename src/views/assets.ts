// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { staticPlugin } from '@elysiajs/static'
import { Elysia } from 'elysia'
import { pathOf } from '../core'

/** Where the bundled browser part lies: inside the executable, or in `dist/web` of a working tree. */
const folder = [join(import.meta.dir, 'web'), join(import.meta.dir, '../../dist/web')].find((path) =>
  existsSync(join(path, 'manifest.json')),
)

const manifest: Record<string, string> = folder ? JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) : {}

const prefix = '/activos'
const yearSeconds = 31_536_000

/** The address of an asset by its plain name (`main.css`). The name carries a hash of the content, so it may be kept for ever. */
export function asset(name: string): string {
  return `${prefix}/${manifest[name] ?? name}`
}

const kept = {
  'cache-control': `public, max-age=${yearSeconds}, immutable`,
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
}

/** Serves the embedded assets. Their names change with their content: no validators, no revalidation. */
export async function assetRoutes() {
  if (!folder) throw new Error('The browser part is not built. Run: bun run build')
  const packed = packedAssets(folder)
  const plain = await staticPlugin({
    assets: folder,
    prefix,
    alwaysStatic: true,
    etag: false,
    // It reads and hashes all it serves at the start, whatever `etag` says: not what goes another way.
    ignorePatterns: [/\.gz$/, /\/manifest\.json$/],
    indexHTML: false,
    // The static routes take only these headers: `maxAge` and `directive` have no effect without an ETag.
    headers: kept,
  })
  return new Elysia({ name: 'views.assets' })
    .onRequest(({ request }) => {
      const path = pathOf(request)
      // Nothing called behind `return`: Elysia would take the hook for one that has to be waited for, at every request.
      let answer: Response | undefined
      if (path.startsWith(prefix) && request.method === 'GET' && request.headers.get('accept-encoding')?.includes('gzip'))
        answer = packed.get(path)?.clone()
      return answer
    })
    .use(plain)
}

/** The same files as gzip, made by the build: a phone on a weak Wi-Fi loads a quarter of the bytes. */
function packedAssets(from: string): Map<string, Response> {
  const packed = new Map<string, Response>()
  for (const name of Object.values(manifest)) {
    const path = join(from, `${name}.gz`)
    if (!existsSync(path)) continue
    const headers = { ...kept, 'content-encoding': 'gzip', 'content-type': Bun.file(join(from, name)).type }
    packed.set(`${prefix}/${name}`, new Response(readFileSync(path), { headers }))
  }
  return packed
}
