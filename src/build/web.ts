// SPDX-License-Identifier: GPL-3.0-or-later
import { mkdir, readdir, rm } from 'node:fs/promises'
import { at, dist } from './paths'
import { BuildStopped, reason, showSize, tell } from './report'
import { dropUnused, joinStyles, minifyStyles } from './styles'

/**
 * What the first page of a room loads: script and styles together, in bytes as plain http sends them, which is gzip. A phone on a weak
 * Wi-Fi has them in a second.
 */
const budget = 60_000

/** What other pages load beside it, and what is fetched with the first file of a visit, may weigh this much each. */
const laterBudget = 18_000

const icons = ['sprite.svg', 'pichat.svg', 'favicon.svg', 'favicon-unread.svg'] as const

/**
 * dist/web: every file named by its content, so that browsers may keep it for ever, and manifest.json, which says which file
 * stands for which name.
 */
export async function buildWeb(): Promise<void> {
  const folder = dist('web')
  await mkdir(folder, { recursive: true })

  const manifest: Record<string, string> = {}
  async function put(name: string, content: string): Promise<void> {
    manifest[name] = hashed(name, content)
    await Bun.write(dist('web', manifest[name]), content)
    // Browsers take brotli over https only; on the plain http of a house it is gzip or nothing.
    await Bun.write(dist('web', `${manifest[name]}.gz`), pack(content))
  }

  for (const name of icons) await put(name, await Bun.file(at('web/icons', name)).text())
  const values = {
    SPRITE_FILE: manifest['sprite.svg'],
    FAVICON_FILE: manifest['favicon.svg'],
    FAVICON_UNREAD_FILE: manifest['favicon-unread.svg'],
  }
  const resumable = await bundle('web/resumable.ts', values)
  await put('resumable.js', resumable)
  const uploads = await bundle('web/uploads.ts', { ...values, RESUMABLE_FILE: manifest['resumable.js'] })
  await put('uploads.js', uploads)
  const script = await bundle('web/main.ts', { ...values, UPLOADS_FILE: manifest['uploads.js'] })
  await put('main.js', script)
  const others = await bundle('web/pages.ts', values)
  await put('pages.js', others)
  const selfTest = await bundle('web/self-test.ts', values)
  await put('self-test.js', selfTest)
  const sheets = await Promise.all(['index', 'pages'].map(async (name) => minifyStyles(await joinStyles(at(`web/styles/${name}.css`)))))
  const [css = '', pages = ''] = dropUnused(sheets, script + uploads + others + selfTest)
  await put('main.css', css)
  await put('pages.css', pages)
  await Bun.write(dist('web/manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  // Last, so that a server that is running from this folder misses nothing.
  const wanted = new Set([...Object.values(manifest).flatMap((file) => [file, `${file}.gz`]), 'manifest.json'])
  for (const file of await readdir(folder)) if (!wanted.has(file)) await rm(dist('web', file), { recursive: true })

  for (const [name, content] of Object.entries({
    'uploads.js': uploads,
    'resumable.js': resumable,
    'self-test.js': selfTest,
    'pages.js': others,
    'pages.css': pages,
  })) {
    const weight = weigh(name, content)
    if (weight > laterBudget) throw new BuildStopped(`${name} weighs ${showSize(weight)} compressed, more than ${showSize(laterBudget)}.`)
  }
  const compressed = weigh('main.js', script) + weigh('main.css', css)
  tell(`a room's first page ${showSize(compressed)} of ${showSize(budget)} allowed`)
  if (compressed > budget) {
    throw new BuildStopped(
      `Script and styles of a room's first page weigh ${showSize(compressed)} compressed, more than ${showSize(budget)}: take something out of web/.`,
    )
  }
}

async function bundle(entry: string, values: Record<string, string | undefined>): Promise<string> {
  const result = await Bun.build({
    entrypoints: [at(entry)],
    target: 'browser',
    format: 'esm',
    minify: true,
    define: {
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])),
    },
  }).catch((problem: unknown) => {
    throw new BuildStopped(`The browser's script does not bundle: ${reason(problem)}.`)
  })
  const [output] = result.outputs
  if (!output || result.outputs.length > 1)
    throw new BuildStopped(`${entry} is one script: what is fetched later is a bundle of its own, and its name is written in.`)
  return output.text()
}

/** `main.js` → `main-1a2b3c4d5e.js` */
function hashed(name: string, content: string): string {
  const hash = new Bun.CryptoHasher('sha256').update(content).digest('hex').slice(0, 10)
  const dot = name.lastIndexOf('.')
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`
}

function weigh(name: string, content: string): number {
  const weight = pack(content).length
  tell(`${name} ${showSize(Buffer.byteLength(content))}, gzip ${showSize(weight)}`)
  return weight
}

/** Made once and read by every phone: the slowest level of libdeflate, which is a twentieth smaller than zlib's best. */
function pack(content: string): Uint8Array<ArrayBuffer> {
  return Bun.gzipSync(content, { library: 'libdeflate', level: 12 })
}
