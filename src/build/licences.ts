// SPDX-License-Identifier: GPL-3.0-or-later
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { entryPoints } from './entry-points'
import { at, dist } from './paths'
import { BuildStopped, reason, tell } from './report'

/** What the executable carries besides bundled packages. */
const carried = [
  { name: 'lucide-static', why: 'the icons' },
  { name: 'bun', why: 'the runtime', text: 'bun-types/docs/project/license.mdx' },
] as const

/** The head of a page of documentation. */
const frontMatter = /^---\n[\s\S]*?\n---\n/

interface Part {
  name: string
  version: string
  licence: string
  text: string
}

/**
 * dist/licenses.txt: name, version, licence and its text for every package whose code is in the executable or in what it sends
 * to browsers, found by bundling both. `pichat licenses` prints it.
 */
export async function collectLicences(): Promise<void> {
  const names = new Set([...(await packagesOf(await entryPoints(), 'bun')), ...(await packagesOf(await browserParts(), 'browser'))])
  const parts = await Promise.all([...names].map((name) => partOf(name)))
  parts.push(commonPasswords(await Bun.file(at('src/accounts/common-passwords.LICENSE')).text()))
  for (const { name, ...more } of carried) parts.push(await partOf(name, 'text' in more ? more.text : undefined))
  parts.sort((a, b) => a.name.localeCompare(b.name, 'en'))

  const own: { version: string } = await Bun.file(at('package.json')).json()
  const line = '='.repeat(100)
  // Whoever gets the executable gets the licence with it (GPL-3.0 §4 and §6), also where nothing else came along.
  const whole = { name: 'PiChat', version: own.version, licence: 'GPL-3.0-or-later', text: await Bun.file(at('LICENSE')).text() }
  const text = [
    `PiChat ${own.version} is free software under the GNU General Public License, version 3 or any later version (GPL-3.0-or-later).`,
    'It contains the following works of others.',
    '',
    ...parts.map(({ name, version, licence }) => `  ${name} ${version} · ${licence}`),
    ...[...parts, whole].flatMap(({ name, version, licence, text: said }) => [
      '',
      line,
      `${name} ${version} · ${licence}`,
      line,
      '',
      said.trim(),
    ]),
    '',
  ].join('\n')
  await Bun.write(dist('licenses.txt'), text)
  tell(`${parts.length} works in dist/licenses.txt`)
}

/** Every script at the top of web/ is sent to browsers by itself. */
async function browserParts(): Promise<string[]> {
  return (await readdir(at('web'))).filter((name) => name.endsWith('.ts')).map((name) => at('web', name))
}

async function packagesOf(entrypoints: string[], target: 'bun' | 'browser'): Promise<string[]> {
  const result = await Bun.build({ entrypoints, target, metafile: true, define: { 'process.env.NODE_ENV': '"production"' } }).catch(
    (problem: unknown) => {
      throw new BuildStopped(`${target === 'bun' ? 'The program' : 'The browser’s script'} does not bundle: ${reason(problem)}.`)
    },
  )
  return Object.keys(result.metafile?.inputs ?? {}).flatMap((path) => {
    const name = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]
    return name ? [withoutFlavour(name)] : []
  })
}

/** The native part of the password hasher has a package per machine, all under the licence of the whole. */
function withoutFlavour(name: string): string {
  return name.startsWith('@node-rs/argon2-') ? '@node-rs/argon2' : name
}

async function partOf(name: string, textAt?: string): Promise<Part> {
  const folder = at('node_modules', name)
  const about: { version: string; license?: string; author?: string | { name: string } } = await Bun.file(
    join(folder, 'package.json'),
  ).json()
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const path = textAt ? at('node_modules', textAt) : file && join(folder, file)
  const text = path ? (await Bun.file(path).text()).replace(frontMatter, '') : standardText(about.license, about.author)
  if (!text) throw new BuildStopped(`The package ${name} carries no licence text: leave it out, or add its text to src/build/licences.ts.`)
  return { name, version: about.version, licence: about.license ?? nameOf(text), text }
}

/** Not a package: the list lies in the source. */
function commonPasswords(text: string): Part {
  return { name: 'zxcvbn (list of common passwords)', version: '4.4.2', licence: 'MIT', text }
}

function nameOf(text: string): string {
  return /permission is hereby granted, free of charge/i.test(text) ? 'MIT' : 'see below'
}

function standardText(licence: string | undefined, author: string | { name: string } | undefined): string | undefined {
  if (licence !== 'MIT') return undefined
  const holder = typeof author === 'string' ? author : author?.name
  return mit.replace('{holder}', holder ?? 'its authors')
}

const mit = `Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
